"""Exchanges of one file that belong to one conversation, judged beside what was answered before.

A request's history is what the client says was answered. Where the exchange before it stands in the
same file, what was really answered is known: a client may have given out new ids or mended
arguments, and a service that keeps the conversation itself is sent no history at all.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from msgspec import structs

from toolfuzz.core import json as strictjson
from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult, answered
from toolfuzz.core.case import Expectation, Json, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import wire_format
from toolfuzz.formats.history import unpaired
from toolfuzz.recordings.recorded import Recorded

__all__ = ["Conversations"]

_ANSWERED = 200
_MOST = 2_000
_MOST_ALIKE = 20
"""Exchanges that are kept, and how many of them that asked the same; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An exchange that others may go on from: its turns and what was answered to each."""

    label: str
    turns: tuple[Turn, ...]
    replies: tuple[Reply | None, ...]
    tools: tuple[Tool, ...] = ()

    @property
    def reply(self) -> Reply | None:
        """What was answered to the last one."""
        return self.replies[-1]


_UNKNOWN = "what the request goes on from is not in this file"
_LOST = _Kept("", (Turn((), Expectation("unknown")),), (None,))


class Conversations:
    """What was answered so far, by all that had been said before it and by the exchange's id."""

    def __init__(self) -> None:
        self._asked: OrderedDict[bytes, list[_Kept]] = OrderedDict()
        self._last: OrderedDict[str, _Kept] = OrderedDict()

    def join(self, recorded: Recorded) -> Recorded:
        """Return the exchange with what was really answered before it, as far as it is known.

        Raises UsageError where its tools were offered before, and that isn't known.
        """
        ask = recorded.ask
        if ask is None:
            return recorded
        if ask.continues or (_first_results(ask) and not ask.replies):
            return self._behind(recorded, ask)
        replies, changed, lost = list(recorded.replies), "", ""
        for number, (key, told) in enumerate(zip(_keys(ask.said)[:-1], ask.replies, strict=True)):
            known = self._answered(key, recorded.id, told)
            if known is not None:
                replies[number] = known
                changed, lost = changed or _changed(known, told), lost or _left_out(known, told)
        misfit, note = recorded.misfit or changed or None, recorded.note
        if changed or lost:
            odd = f"the history that was sent is not what was answered: {changed or lost}"
            note = note or odd
        return replace(recorded, replies=replies, misfit=misfit, note=note)

    def remember(self, recorded: Recorded, reply: Reply) -> None:
        """Keep what was answered for the exchanges that go on from it; an error is no answer."""
        if recorded.ask is None or reply.error is not None or reply.status != _ANSWERED:
            return
        # A stream's events would take the most room, and are done with.
        replies = (*recorded.replies[:-1], structs.replace(reply, fragments=()))
        kept = _Kept(recorded.id, recorded.case.turns, replies, recorded.case.tools)
        for name in filter(None, (recorded.id, *reply.chunk_ids[:1])):
            self._last[name] = kept
            self._last.move_to_end(name)
        key = _keys(recorded.ask.said)[-1]
        self._asked[key] = [*self._asked.pop(key, ())[1 - _MOST_ALIKE :], kept]
        for held in (self._asked, self._last):
            while len(held) > _MOST:
                held.popitem(last=False)

    def _answered(self, key: bytes, label: str, told: Reply) -> Reply | None:
        """Return what was answered to all that was said, where it is known to be this.

        Many exchanges may ask the same: the one with the calls that the history tells of is meant,
        or with the same id, whatever the history has made of its calls.
        """
        alike = [(kept.label, reply) for kept in self._asked.get(key, ()) if (reply := kept.reply)]
        same = [reply for _, reply in alike if not _changed(reply, told)]
        mine = [reply for own, reply in alike if own == label]
        return next(reversed(same or mine), None)

    def _behind(self, recorded: Recorded, ask: Ask) -> Recorded:
        """Put an exchange behind the one that it goes on from: the named one, or one of its id."""
        kept = self._last.get(ask.continues or recorded.id, _LOST)
        results = _first_results(ask)
        wrong = unpaired(kept.reply.calls, results) if kept.reply else _UNKNOWN
        if wrong and not ask.continues:
            return recorded
        before = answered(kept.turns[-1], kept.reply) if kept.reply else kept.turns[-1]
        told = replace(before, results=tuple(result.content for result in results))
        *between, asked = recorded.case.turns
        asked = replace(asked, continues=bool(ask.continues))
        turns = (*kept.turns[:-1], told, *between, asked)
        tools = recorded.case.tools
        if ask.continues and wire_format(recorded.format).traits.keeps_tools:
            if kept is _LOST:
                raise UsageError(f"{_UNKNOWN}, and so are its tools")
            tools = kept.tools
        case = replace(recorded.case, turns=turns, tools=tools)
        replies = [*kept.replies, *recorded.replies]
        return replace(recorded, case=case, replies=replies, misfit=wrong, note=wrong or "")


def _first_results(ask: Ask) -> tuple[ToolResult, ...]:
    """Return the results with which a request begins, of calls that were made before it."""
    match ask.said:
        case (Answered(results), *_):
            return results
        case _:
            return ()


def _keys(said: Sequence[Said]) -> list[bytes]:
    """Return what stands for all that others had said before each reply, and before the next."""
    heard, keys = blake2b(digest_size=16), []
    for part in said:
        match part:
            case Called():
                keys.append(heard.digest())
                heard.update(b"replied")
            case Message(role, content):
                heard.update(f"{role} {len(content)} {content}".encode(errors="replace"))
            case Answered(results):
                contents = "".join(f"{len(r.content)} {r.content}" for r in results)
                heard.update(contents.encode(errors="replace"))
    return [*keys, heard.digest()]


def _changed(known: Reply, told: Reply) -> str:
    """Say what a history changed of the calls that were answered; "" for nothing."""
    if len(known.calls) != len(told.calls):
        return f"{len(told.calls)} calls instead of {len(known.calls)}"
    for was, now in zip(known.calls, told.calls, strict=True):
        if was.name != now.name:
            return f"a call of {now.name!r} instead of {was.name!r}"
        if was.id and now.id and was.id != now.id:
            return f"the id {now.id!r} instead of {was.id!r}"
        if _arguments(was) != _arguments(now):
            return f"other arguments of {was.name!r}"
    return ""


def _left_out(known: Reply, told: Reply) -> str:
    """Say what a history leaves out that the service may want back; "" for nothing."""
    for was, now in zip(known.calls, told.calls, strict=False):
        if was.extra is not None and now.extra is None:
            return f"what came with the call of {was.name!r} is left out"
    return "signed reasoning is left out" if known.extra and not told.extra else ""


def _arguments(call: ToolCall) -> Json:
    if call.arguments_raw is None:
        return call.arguments
    try:
        return canonical(strictjson.parse(call.arguments_raw).value)
    except strictjson.JsonError:
        return call.arguments_raw
