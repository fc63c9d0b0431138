"""What request readers share: the earlier replies and the tool results of a conversation."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

from toolfuzz.core import json as strictjson
from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import JsonObject, Message
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.text import clip

__all__ = [
    "Beside",
    "argument_object",
    "argument_text",
    "conversation",
    "in_order",
    "misfit",
    "replied",
    "unpaired",
]


def replied(
    text: str = "",
    calls: Sequence[ToolCall] = (),
    *,
    reasoning: str = "",
    extra: Sequence[Any] = (),
    places: Sequence[int] = (),
) -> Called:
    """Return an earlier reply as far as a request tells of it."""
    return Called(
        Reply(
            "",
            False,
            None,
            text=text,
            reasoning=reasoning,
            calls=tuple(calls),
            extra=tuple(extra),
            places=tuple(places),
        )
    )


class Beside:
    """What stands beside a reply's calls, in its order.

    It goes back as it came when the service wants some of it back (``wanted``), because that may
    not be moved among the rest, and when some came after a call.
    """

    def __init__(self, wanted: Callable[[JsonObject], bool]) -> None:
        self._wanted = wanted
        self._parts: list[tuple[JsonObject, int]] = []

    def add(self, part: JsonObject, calls: int) -> None:
        """Add a part that came after so many calls."""
        self._parts.append((part, calls))

    @property
    def _kept(self) -> list[tuple[JsonObject, int]]:
        kept = any(calls or self._wanted(part) for part, calls in self._parts)
        return self._parts if kept else []

    @property
    def extra(self) -> tuple[JsonObject, ...]:
        """The parts, where they must go back as they came."""
        return tuple(part for part, _ in self._kept)

    @property
    def places(self) -> tuple[int, ...]:
        """How many calls stood before each; nothing where none did before any."""
        places = tuple(calls for _, calls in self._kept)
        return places if any(places) else ()


def in_order(reply: Reply, calls: Iterable[Any]) -> Iterator[Any]:
    """Yield what is sent back of a reply: its ``extra`` and its calls, in the order they came."""
    left = iter(calls)
    sent = 0
    for part, place in zip_longest(reply.extra, reply.places[: len(reply.extra)], fillvalue=0):
        for call in islice(left, max(0, place - sent)):
            yield call
            sent += 1
        yield part
    yield from left


def conversation(parts: Iterable[Message | Called | ToolResult]) -> tuple[Said, ...]:
    """Put results that stand in a row together, each with the name of the tool that was called."""
    said: list[Said] = []
    names: dict[str | None, str | None] = {}
    results: list[ToolResult] = []

    def answer() -> None:
        if results:
            said.append(Answered(tuple(results)))
            results.clear()

    for part in parts:
        if isinstance(part, ToolResult):
            tool = part.tool or names.get(part.call_id)
            results.append(ToolResult(part.call_id, tool, part.content))
            continue
        answer()
        if isinstance(part, Called):
            names = {call.id: call.name for call in part.reply.calls}
        said.append(part)
    answer()
    return tuple(said)


def argument_text(call: ToolCall) -> str:
    """Return a call's arguments as the text that is sent back: its own, as far as there is one."""
    if call.arguments_raw is not None:
        return call.arguments_raw
    return strictjson.dumps(call.arguments) if call.arguments is not None else "{}"


def argument_object(call: ToolCall) -> JsonObject:
    """Return a call's arguments where they are an object that can be sent again, else none."""
    if call.arguments_raw is None:
        return call.arguments if isinstance(call.arguments, dict) else {}
    try:
        document = strictjson.parse(call.arguments_raw)
    except strictjson.JsonError:
        return {}
    sendable = all(issue.kind != "nonfinite" for issue in document.issues)
    return document.value if sendable and isinstance(document.value, dict) else {}


def misfit(ask: Ask) -> str | None:
    """Say which call of a request's history has no result, or which result no call; None if none.

    Every wire format wants the results of a reply's calls right behind it. Where the server goes on
    from a reply that it keeps, the first results answer calls of that.
    """
    waiting: Sequence[ToolCall] = ()
    goes_on = bool(ask.continues) and bool(ask.said) and isinstance(ask.said[0], Answered)
    for said in ask.said[goes_on:]:
        wrong = unpaired(waiting, said.results if isinstance(said, Answered) else ())
        if wrong:
            return wrong
        waiting = said.reply.calls if isinstance(said, Called) else ()
    return unpaired(waiting, ())


def unpaired(calls: Sequence[ToolCall], results: Sequence[ToolResult]) -> str | None:
    """Say which of these calls has no result among these, or the other way round; None if none."""
    made, given = Counter(c.id for c in calls), Counter(r.call_id for r in results)
    if None in made or None in given:
        if len(calls) == len(results):
            return None
        return f"{len(calls)} calls have {len(results)} results"
    for call_id in made - given:
        return f"the call {_shown(call_id)} has no result"
    for call_id in given - made:
        return f"the result for {_shown(call_id)} answers no call"
    return None


def _shown(call_id: str | None) -> str:
    return clip(call_id or "without an id", 80)
