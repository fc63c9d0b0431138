"""What is shown of each cause of a trial: its minimal case where there is one, else a drawn one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.analyze.load import Question, RunData, question
from toolfuzz.analyze.relay import Cause
from toolfuzz.core.case import Case
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.relay.minimal import FOLDER, Minimal, read_minimal
from toolfuzz.evidence.relay.sides import Sides, sides_in
from toolfuzz.runs.reading import load_run

__all__ = ["Evidence", "gathered"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An asking that shows a cause, with its turns. ``again`` are the askings of the minimal case
    at each door, where there is one, ``nearest`` is the nearest case that passes."""

    cause: Cause
    verdict: Verdict
    finding: Finding
    case: Case
    turns: Sequence[Sides]
    minimal: Minimal | None = None
    nearest: Case | None = None
    again: Sequence[Verdict] = ()

    @property
    def sides(self) -> Sides:
        """The turn in which it shows."""
        return next(s for s in self.turns if s.client.turn == self.finding.turn)

    @property
    def front(self) -> str:
        """The front door's wire format."""
        return self.verdict.target.partition(" ")[0]

    @property
    def upstream(self) -> str:
        """The upstream's wire format; "nothing" where it was not asked."""
        return self.sides.upstream[-1].format if self.sides.upstream else "nothing"


def gathered(folder: Path, run: RunData, causes: Sequence[Cause]) -> Iterator[Evidence]:
    """Yield what is known of each cause that fails, as far as the journals hold it."""
    asked = sides_in(folder)
    minimal = {one.cause: one for one in read_minimal(folder)}
    small = load_run(folder / FOLDER) if minimal else None
    small_asked = sides_in(folder / FOLDER) if minimal else {}
    for cause in causes:
        if cause.severity != "error":
            continue
        one = minimal.get(cause.name)
        found = _of_minimal(cause, one, small, small_asked) if one and small else None
        found = found or _of_run(cause, run, asked)
        if found is not None:
            yield found


def _of_minimal(
    cause: Cause, one: Minimal, run: RunData, asked: Mapping[Question, list[Sides]]
) -> Evidence | None:
    again = [v for v in run.verdicts if v.case_id == one.case]
    for verdict in again:
        if (verdict.target, verdict.stream) == (one.target, one.stream):
            for finding in verdict.findings:
                if cause.shows(finding):
                    nearest = run.cases.get(one.nearest) if one.nearest else None
                    turns = asked[question(verdict)]
                    case = run.cases[one.case]
                    return Evidence(cause, verdict, finding, case, turns, one, nearest, again)
    return None


def _of_run(cause: Cause, run: RunData, asked: Mapping[Question, list[Sides]]) -> Evidence | None:
    verdict, finding = cause.example
    turns = asked.get(question(verdict), [])
    if all(sides.client.turn != finding.turn for sides in turns):
        return None  # a journal may say anything
    return Evidence(cause, verdict, finding, run.cases[verdict.case_id], turns)
