"""A run's journal as far as statistics need it, taken in line by line."""

from array import array
from collections import Counter
from dataclasses import dataclass, replace

from toolfuzz.analyze.columns import Cases, Names
from toolfuzz.analyze.questions import NONE, Exchanges, Questions
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseSkipped,
    Event,
    RunFinished,
    RunStarted,
    TargetGivenUp,
    TargetSeen,
)
from toolfuzz.core.glance import (
    CaseGlance,
    ExchangeGlance,
    Glance,
    UpstreamGlance,
    VerdictGlance,
)
from toolfuzz.core.nature import says_simulated

__all__ = ["Ledger", "Traffic"]


@dataclass(slots=True)
class Traffic:
    """HTTP calls made to a target, retries included, and how many of them were retries.

    ``simulated``: our own simulator answered, whatever the address was.
    """

    calls: int = 0
    retries: int = 0
    simulated: bool = False


class Ledger:
    """What a journal says so far. It grows by some hundred bytes a verdict.

    ``doubled``: it began again as it had begun, so that what follows may stand in it already.
    """

    def __init__(self) -> None:
        names = Names()
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.doubled = False
        self._begun: RunStarted | None = None
        self._two_runs = False
        self.cases = Cases(names)
        self.questions = Questions(self.cases, names)
        self.exchanges = Exchanges()
        # A case that can't be asked is noted in both stream modes, and again by a resumed run.
        self.skipped: dict[CaseSkipped, None] = {}
        self.traffic: dict[str, Traffic] = {}
        self.given_up: dict[str, TargetGivenUp] = {}
        self.upstream: dict[str, Counter[str]] = {}

    @property
    def opening(self) -> RunStarted:
        """How it began; raises UsageError when it didn't."""
        if self.started is None:
            raise UsageError(
                "the journal has no run-started line",
                "give the run.jsonl of a run; `toolfuzz judge FILE --out DIR` makes a run of "
                "recorded exchanges",
            )
        return self.started

    def take(self, said: Glance | Event, place: int) -> None:
        """Take in a line that stands at ``place``; raises UsageError for numbers beyond bounds."""
        match said:
            case VerdictGlance():
                self.questions.take(said, place)
                if said.status != "unjudged":
                    self.given_up.pop(said.target, None)
            case ExchangeGlance():
                row = self.questions.number(said)
                if self.doubled and self.exchanges.places(row):
                    return
                self._count(said)
                self.exchanges.take(row, place)
            case CaseGlance():
                self.cases.take(said, place)
            case UpstreamGlance():
                self.upstream.setdefault(said.target, Counter())[said.format] += 1
            case RunStarted() if self.started is None:
                self.started = self._begun = said
            case RunStarted():
                self.doubled = said == self._begun
                self._two_runs = self._two_runs or not self.doubled
            case TargetSeen(target=target) if self.started is not None:
                targets = (*self.started.targets, target)
                self.started = replace(self.started, targets=targets)
            case CaseSkipped():
                self.skipped[said] = None
            case TargetGivenUp():
                self.given_up[said.target] = said
            case RunFinished():
                self.finished = said

    def _count(self, exchange: ExchangeGlance) -> None:
        seen = self.traffic.get(exchange.target)
        if seen is None:
            seen = self.traffic[exchange.target] = Traffic()
        seen.calls += exchange.attempts
        seen.retries += exchange.attempts - 1
        seen.simulated = seen.simulated or says_simulated(exchange.headers)

    def check(self, *, lines_are_missing: bool) -> None:
        """Raise UsageError when it holds two runs, or judges a target or, although no line is
        missing, a case that it doesn't know."""
        if self._two_runs:
            raise UsageError(
                "the journal holds two runs", "cut it in front of its second run-started line"
            )
        questions, place = self.questions, self.cases.place
        known = {target.name for target in self.opening.targets}
        strange = [n for n, name in enumerate(questions.targets.texts) if name not in known]
        unknown = -1 in place and not lines_are_missing
        if not strange and not unknown:
            return
        for row, status in enumerate(questions.status):
            if status == NONE:
                continue
            case, target = questions.case[row], questions.target[row]
            if place[case] < 0 and unknown:
                id_ = self.cases.ids.texts[case]
                raise UsageError(f"the journal judges case {id_}, which it never drew")
            if place[case] >= 0 and target in strange:
                name = questions.targets.texts[target]
                raise UsageError(f"the journal judges {name!r}, which it never asked")

    def rows(self, *, respelled: bool) -> "array[int]":
        """Return the questions that have a verdict: those on respelled cases, or on the others."""
        questions, cases = self.questions, self.cases
        asked = zip(questions.status, questions.case, strict=True)
        return array(
            "q",
            (
                row
                for row, (status, case) in enumerate(asked)
                if status != NONE and cases.place[case] >= 0 and cases.respelled[case] == respelled
            ),
        )
