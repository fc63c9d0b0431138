"""The exchanges of a run's journal: read line by line, and joined to what was said before them.

A journal may be far larger than memory: what was read last is at hand, cases from before that are
packed, and replies that old are forgotten, since a question's turns and modes stand close together.
"""

import pickle
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    ExchangeRecorded,
    RunStarted,
    TargetSeen,
    event_from_json,
)
from toolfuzz.core.exchange import Exchange, asked_again
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import guess, wire_format
from toolfuzz.recordings.recorded import Recorded
from toolfuzz.worlds.play import gone_on

__all__ = ["JournalLines", "Questions", "question_name"]

_CASES = 512
"""Cases that are at hand. A slow target may ask one long after the others."""
_MOST = 2_000
"""Questions whose replies are kept, many more than are under way at once."""


def question_name(of: Exchange | Verdict) -> str:
    """Return a name for the question that an exchange or a verdict belongs to, in any mode."""
    return f"{of.case_id}/{of.target}/{of.repeat}"


class JournalLines:
    """Reads the lines of one journal: formats and cases stand before the exchanges."""

    def __init__(self) -> None:
        self._formats: dict[str, str] = {}
        self._cases = _Cases()

    def read(self, data: JsonObject) -> Recorded | None:
        """Read an event; None for one that holds no exchange. Raises UsageError."""
        match event_from_json(data):
            case RunStarted() as begun:
                self._formats |= {target.name: target.format for target in begun.targets}
            case TargetSeen(target):
                self._formats[target.name] = target.format
            case CaseDrawn(case):
                self._cases.add(case)
            case ExchangeRecorded(exchange):
                return self._exchange(exchange)
        return None

    def _exchange(self, exchange: Exchange) -> Recorded:
        case = self._cases.get(exchange.case_id)
        if case is None:
            raise UsageError(f"no case {exchange.case_id} stands before this exchange")
        if exchange.last.withheld:
            raise UsageError("its body was withheld, since it spelled a secret")
        known_format = self._formats.get(exchange.target)
        format_ = wire_format(known_format or guess(exchange.request).name)
        return Recorded(
            id=f"{exchange.case_id}/{exchange.turn}/{exchange.target}/{exchange.repeat}",
            case=case,
            replies=[format_.read(exchange.last, stream=exchange.stream)],
            cap=format_.cap(exchange.request),
            format=format_.name,
            request=exchange.request,
            attempt=exchange.last,
            stream=exchange.stream,
            turn=exchange.turn,
            source=exchange.target,
            question=question_name(exchange),
            repeat=exchange.repeat,
        )


class _Cases:
    """The cases of a journal, packed to about a tenth but for the latest."""

    def __init__(self) -> None:
        self._latest: OrderedDict[str, Case] = OrderedDict()
        self._packed: dict[str, bytes] = {}

    def add(self, case: Case) -> None:
        self._latest[case.id] = case
        while len(self._latest) > _CASES:
            id_, old = self._latest.popitem(last=False)
            if id_ not in self._packed:
                self._packed[id_] = zlib.compress(pickle.dumps(old), level=1)

    def get(self, id_: str) -> Case | None:
        if id_ in self._latest:
            self._latest.move_to_end(id_)
        elif packed := self._packed.get(id_):
            self.add(pickle.loads(zlib.decompress(packed)))
        return self._latest.get(id_)


class Questions:
    """What was replied to the latest questions of a run, turn by turn, plain and streamed."""

    def __init__(self) -> None:
        self._replies: OrderedDict[tuple[str, bool], dict[int, Reply]] = OrderedDict()

    def join(self, recorded: Recorded) -> Recorded:
        """Return the exchange with the replies before it, and the plain ones; raises UsageError."""
        turn, stream = recorded.turn, recorded.stream
        before = self._before(recorded.question, turn, stream=stream)
        if None in before:
            # Of an agent that was observed each exchange is one question, history and all.
            told = wire_format(recorded.format).read_request(recorded.request).replies
            before = [reply or told_of for reply, told_of in zip_longest(before, told[:turn])]
        case = gone_on(recorded.case, [reply for reply in before if reply is not None])
        if turn >= len(case.turns):
            raise UsageError(f"case {case.id} has no turn {turn + 1}")
        lost = ", ".join(str(n + 1) for n, earlier in enumerate(before) if earlier is None)
        plain = self._before(recorded.question, turn + 1, stream=False) if stream else ()
        return replace(
            recorded,
            case=case,
            replies=[*before, *recorded.replies],
            counterpart=plain,
            again=self._again(recorded) if stream else (),
            note=f"turn {turn + 1} is here without turn {lost}" if lost else "",
        )

    def _again(self, recorded: Recorded) -> Sequence[tuple[Reply, Reply]]:
        """Return what was replied when both modes were asked again."""
        asked = recorded.question.rpartition("/")[0]
        pairs = []
        for repeat in asked_again(recorded.repeat) if recorded.repeat >= 0 else ():
            plain, streamed = (
                self._replies.get((f"{asked}/{repeat}", stream), {}).get(recorded.turn)
                for stream in (False, True)
            )
            if plain is not None and streamed is not None:
                pairs.append((plain, streamed))
        return pairs

    def remember(self, recorded: Recorded, reply: Reply) -> None:
        """Keep the reply to a turn for those after it."""
        key = recorded.question, recorded.stream
        self._replies.setdefault(key, {})[recorded.turn] = reply
        self._replies.move_to_end(key)
        while len(self._replies) > _MOST:
            self._replies.popitem(last=False)

    def _before(self, question: str, turn: int, *, stream: bool) -> Sequence[Reply | None]:
        known = self._replies.get((question, stream), {})
        return [known.get(n) for n in range(turn)]
