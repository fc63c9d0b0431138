"""The failures of a run, question by question: numbered, the worst first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from toolfuzz.analyze.answers import Answers
from toolfuzz.analyze.load import RunData, causes
from toolfuzz.analyze.worst import FailedCause, by_cause
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.verdict import Finding, Verdict

__all__ = ["Failing", "failing"]


@dataclass(frozen=True, slots=True)
class Failing:
    """All of them in their order: cause by cause, each with the smallest case first."""

    run: RunData
    causes: Sequence[FailedCause]

    def __len__(self) -> int:
        return sum(len(cause.rows) for cause in self.causes)

    def starts(self) -> Iterator[tuple[int, FailedCause]]:
        """Give each cause with the number of its first reply; numbers begin at 1."""
        first = 1
        for cause in self.causes:
            yield first, cause
            first += len(cause.rows)

    def verdict(self, number: int) -> Verdict:
        """Return what became of the reply of that number; raises LookupError."""
        for first, cause in self.starts():
            if first <= number < first + len(cause.rows):
                return self._answers(cause)[number - first]
        raise LookupError(number)

    def number(self, verdict: Verdict) -> int:
        """Return the number of a reply, 0 where it isn't among them."""
        asked = self.run.verdicts.questions
        row = asked.find(verdict.case_id, verdict.target, verdict.repeat, verdict.stream)
        for first, cause in self.starts():
            if row is not None and row in cause.rows:
                return first + cause.rows.index(row)
        return 0

    def some(self, start: int, stop: int) -> Iterator[JsonObject]:
        """Give those from one place in their order to another as JSON, counted from 0."""
        for first, cause in self.starts():
            begin = max(start + 1 - first, 0)
            answers = self._answers(cause)[begin : max(stop + 1 - first, 0)]
            for number, verdict in enumerate(answers, first + begin):
                yield _entry(number, verdict, self.run.cases[verdict.case_id])

    def entries(self, most: int | None = None) -> Iterator[JsonObject]:
        """Give the failures as JSON, of each cause at most so many."""
        for first, cause in self.starts():
            for number, verdict in enumerate(self._answers(cause)[:most], first):
                yield _entry(number, verdict, self.run.cases[verdict.case_id])

    def _answers(self, cause: FailedCause) -> Answers:
        return self.run.verdicts.at(cause.rows)


def failing(
    run: RunData, wanted: Callable[[str, str], bool] = lambda target, slug: True
) -> Failing:
    """Return a run's failures; ``wanted`` says of a target and a defect whether it is."""
    return Failing(run, by_cause(run, wanted))


def _entry(number: int, verdict: Verdict, case: Case) -> JsonObject:
    failed = causes(verdict)
    first = failed[0]
    return {
        "number": number,
        "case": verdict.case_id,
        "target": verdict.target,
        "stream": verdict.stream,
        "repeat": verdict.repeat,
        "slug": first.slug,
        "slugs": list(dict.fromkeys(finding.slug for finding in failed)),
        "shape": first.shape,
        "tool": first.tool or _tool(first, case),
        "turn": first.turn,
        "pointer": first.pointer,
        "expected": first.expected,
        "actual": first.actual,
        "message": first.message,
    }


def _tool(found: Finding, case: Case) -> str | None:
    """Return the tool that is meant, None where it may be any of several."""
    if case.world is not None or not 0 <= found.turn < len(case.turns):
        return None
    called = [call.tool for call in case.turns[found.turn].expect.calls]
    names = called or [tool.name for tool in case.tools_at(found.turn)]
    if found.call is not None and found.call < len(called):
        return called[found.call]
    return names[0] if len(set(names)) == 1 else None
