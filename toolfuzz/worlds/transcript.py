"""What was said and done in a world, line by line, with what was wrong beside the step."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.core.case import Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.verdict import Finding

__all__ = ["Line", "condensed", "transcript"]

_FIRST, _LAST, _BEFORE = 6, 4, 3


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said, or one call with its result.

    ``text`` is what was said, of a call its arguments as they came. ``wrong`` are the findings on
    this step.
    """

    who: Literal["system", "user", "model", "call"]
    text: str
    tool: str = ""
    result: str = ""
    wrong: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the tool answered with an error."""
        try:
            result = json.loads(self.result)
        except (ValueError, RecursionError):
            return False
        return isinstance(result, dict) and "error" in result


def transcript(
    history: Iterable[tuple[Turn, Reply]], findings: Sequence[Finding]
) -> Iterator[Line]:
    """Return the lines of a scenario; its turns hold the results (see ``play.gone_on``)."""
    left = list(findings)
    rounds = list(history)
    for number, (turn, reply) in enumerate(rounds):
        for message in turn.messages:
            yield Line(message.role, message.content)
        last = number == len(rounds) - 1
        if reply.text.strip() or not reply.calls:
            here = [] if reply.calls else [f for f in left if last or f.turn == number]
            yield Line("model", reply.text, wrong=tuple(here))
            left = [f for f in left if f not in here]
        for place, call in enumerate(reply.calls):
            wrong = [f for f in left if _is_at(f, number, place, len(reply.calls), last=last)]
            result = turn.results[place] if place < len(turn.results) else ""
            yield Line("call", _given(call), call.name or "", result, tuple(wrong))
            left = [f for f in left if f not in wrong]


def condensed(lines: Sequence[Line]) -> list[Line | None]:
    """Return how a talk began and ended and what led to each wrong step; None where more was."""
    near: set[int] = {*range(_FIRST), *range(len(lines) - _LAST, len(lines))}
    for place, line in enumerate(lines):
        if line.wrong:
            near.update(range(place - _BEFORE, place + 1))
    kept: list[Line | None] = []
    for place, line in enumerate(lines):
        if place in near:
            kept.append(line)
        elif kept[-1] is not None:
            kept.append(None)
    return kept


def _is_at(finding: Finding, number: int, place: int, calls: int, *, last: bool) -> bool:
    """Whether a finding belongs to a call; what no single call did stands at the last of all."""
    if finding.call is None:
        return last and place == calls - 1
    return (finding.turn, finding.call) == (number, place)


def _given(call: ToolCall) -> str:
    if call.arguments_raw is not None:
        return call.arguments_raw
    return json.dumps(call.arguments, ensure_ascii=False)
