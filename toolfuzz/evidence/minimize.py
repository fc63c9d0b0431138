"""From a failing case to the smallest one that still fails, with its passing neighbour."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from toolfuzz.analyze.contrast import Tally
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import Case
from toolfuzz.evidence.reduce import (
    BudgetSpentError,
    Probe,
    Reduction,
    Tree,
    all_answers,
    reduce_tree,
    still_fails,
    sweep_tree,
)
from toolfuzz.evidence.simplify import CharacterTree, PlainTree, long_strings
from toolfuzz.evidence.suspicion import Rates
from toolfuzz.evidence.tree import CaseTree, size

__all__ = ["Minimized", "Report", "Standing", "minimize"]

Fails = Callable[[Case], Awaitable[bool | None]]

CONFIRM_FAILURES = 6
CONFIRM_CALLS = 48
LOWEST_RATE = 0.1
FINAL_CALLS = 16
NEIGHBOURS_TRIED = 8
_TOO_MANY_UNANSWERED = 20
_ATTEMPTS = 2
_LOST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person sees while it runs: the stage, sizes, calls, rounds, rate."""

    stage: str
    size: int
    original_size: int
    calls: int
    rounds: int
    rate: float | None


Report = Callable[[Standing], None]


@dataclass(frozen=True, slots=True)
class Minimized:
    """The outcome. ``reproduced`` of ``asked`` final questions failed (``low``, ``high``: Wilson).

    ``complete`` is False when a budget ended it early or it was not worth doing; ``reason`` says
    why. ``neighbour`` is the nearest case found that passed all of its questions.
    """

    case: Case
    original: Case
    rate: float
    reproduced: int
    asked: int
    low: float
    high: float
    neighbour: Case | None
    calls: int
    rounds: int
    complete: bool
    reason: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the failure was seen again at all."""
        return self.reproduced > 0 or self.rate > 0

    @property
    def seen(self) -> Tally | None:
        """How often the minimal case failed when it was asked again, None when it didn't."""
        return Tally(self.reproduced, self.asked) if self.reproduced else None


class _Shrinkable(Tree[Any], Protocol):
    def build(self, removed: frozenset[Any]) -> Case | None: ...


class _Reducer(Protocol):
    async def __call__(
        self,
        tree: Tree[Any],
        probe: Probe[Any],
        rates: Rates,
        progress: Reduction[Any],
        *,
        slots: int,
    ) -> None: ...


class _Study:
    """One minimization under way: the case so far and what it took."""

    def __init__(
        self, case: Case, fails: Fails, slots: int, deterministic: bool, report: Report
    ) -> None:
        self.original = self.case = case
        self.rates = Rates(1.0, deterministic=deterministic)
        self.rate: float | None = None
        self.stage = "confirming"
        self.progress: Reduction[Any] = Reduction(tell=self.tell)
        self._ask = fails
        self._unanswered = 0
        self._slots = slots
        self._report = report
        self._original_size = size(case)
        self._calls = self._rounds = 0

    async def fails(self, case: Case) -> bool | None:
        """Ask once; raises BudgetSpentError when nothing that can be judged comes any more."""
        answer = await self._ask(case)
        self._unanswered = self._unanswered + 1 if answer is None else 0
        if self._unanswered >= _TOO_MANY_UNANSWERED:
            raise BudgetSpentError(
                f"the last {_TOO_MANY_UNANSWERED} questions got no answer that could be judged"
            )
        return answer

    async def times(self, case: Case, n: int) -> list[bool]:
        """Ask the same case n times at once; unanswered questions are left out."""
        answers = await all_answers([self.fails(case) for _ in range(n)])
        self._calls += n
        self._rounds += 1
        self.tell()
        return [a for a in answers if a is not None]

    @property
    def calls(self) -> int:
        return self._calls + self.progress.calls

    @property
    def rounds(self) -> int:
        return self._rounds + self.progress.rounds

    def tell(self) -> None:
        self._report(
            Standing(
                self.stage,
                size(self.case),
                self._original_size,
                self.calls,
                self.rounds,
                self.rate,
            )
        )

    async def confirm(self) -> None:
        """Estimate how often the original fails."""
        failed = asked = 0
        width = 1 if self.rates.deterministic else min(2 * CONFIRM_FAILURES, self._slots)
        while (
            failed < (1 if self.rates.deterministic else CONFIRM_FAILURES) and asked < CONFIRM_CALLS
        ):
            answers = await self.times(self.case, width)
            asked += len(answers)
            failed += sum(answers)
        self.rate = failed / asked if asked else 0.0
        self.rates = replace(self.rates, fails=min(max(self.rate, LOWEST_RATE), 0.97))

    async def reduce(self, tree: "_Shrinkable", how: _Reducer = reduce_tree) -> None:
        """Reduce over a tree; the case is kept up to date, also when the budget ends."""
        # Each tree has nodes of its own, so each reduction begins with nothing removed.
        self.progress = Reduction(
            calls=self.progress.calls, rounds=self.progress.rounds, tell=self.tell
        )

        async def probe(removed: frozenset[Any]) -> bool | None:
            case = tree.build(removed)
            return None if case is None else await self.fails(case)

        try:
            await how(tree, probe, self.rates, self.progress, slots=self._slots)
        finally:
            self.case = tree.build(self.progress.removed) or self.case

    async def accept(self, case: Case | None) -> bool:
        """Go on with a case if it still fails."""
        if case is None or case == self.case:
            return False
        kept = await still_fails(lambda: self.fails(case), self.rates, self.progress, self._slots)
        if kept:
            self.case = case
        return kept


async def minimize(
    case: Case,
    fails: Fails,
    *,
    slots: int = 16,
    deterministic: bool = False,
    report: Report = lambda standing: None,
) -> Minimized:
    """Minimize a single-turn case. ``fails`` asks once and says whether the same failure came.

    ``deterministic``: the endpoint answers the same question always the same way, so that one
    call a step is enough. Never raises for a spent budget: the smallest case so far is returned.
    """
    study = _Study(case, fails, slots, deterministic, report)
    if len(case.turns) > 1:
        return _result(study, [], None, "only single-turn cases can be minimized")
    try:
        await study.confirm()
        rate = study.rate or 0.0
        if rate == 0 or (not deterministic and rate * CONFIRM_CALLS < 2):
            return _result(study, [], None, "not reproduced: it may have been a chance failure")
        if rate < LOWEST_RATE:
            reason = f"fails in only {rate:.0%} of askings: minimizing would cost too many calls"
            return _result(study, [], None, reason)
        for _ in range(_ATTEMPTS):
            await _shrink(study)
            study.stage = "asking again"
            answers = await study.times(study.case, 1 if deterministic else FINAL_CALLS)
            if sum(answers) > _LOST_SHARE * rate * len(answers):
                break
            # By chance too much was removed and the failure is gone: begin anew.
            study.case = study.original
        else:
            return _result(study, [], None, "the failure got lost each time while minimizing")
        study.stage = "looking for the control"
        neighbour = await _neighbour(study)
    except BudgetSpentError as spent:
        return _result(study, [], None, str(spent))
    return _result(study, answers, neighbour, "")


async def _shrink(study: _Study) -> None:
    study.stage = "removing"
    await study.reduce(CaseTree(study.case))
    study.stage = "simplifying"
    await _simplify(study)
    study.stage = "making sure"
    await study.reduce(CaseTree(study.case), sweep_tree)
    # With less left, more may be plain (the names of the parameters, above all), and less needed.
    swept = study.case
    await study.reduce(PlainTree(study.case), sweep_tree)
    if study.case != swept:
        await study.reduce(CaseTree(study.case), sweep_tree)


async def _simplify(study: _Study) -> None:
    plain = PlainTree(study.case)
    everything = frozenset(plain.candidates(0, frozenset()))
    # Mostly all of it can be made plain at once, which one question shows.
    if not (plain.valid(everything) and await study.accept(plain.build(everything))):
        await study.reduce(plain)
    for call, path in list(long_strings(study.case)):
        await study.reduce(CharacterTree(study.case, call, path))


async def _neighbour(study: _Study) -> Case | None:
    """Return the nearest case that passes: one thing less, or one thing said plainly."""
    tree, plain = CaseTree(study.case), PlainTree(study.case)
    nearby = [
        *(
            tree.build(frozenset({n}))
            for depth in reversed(range(tree.levels()))
            for n in tree.candidates(depth, frozenset())
        ),
        *(plain.build(frozenset({n})) for n in plain.candidates(0, frozenset())),
    ]
    for case in nearby[:NEIGHBOURS_TRIED]:
        if case is None or case == study.case:
            continue
        if not any(await study.times(case, _enough_passes(study.rates))):
            return case
    return None


def _enough_passes(rates: Rates) -> int:
    """So many passes in a row that a case which still fails would show it, 99 times of 100."""
    if rates.deterministic:
        return 1
    return min(max(math.ceil(math.log(0.01) / math.log(1 - rates.fails)), 4), 24)


def _result(study: _Study, answers: list[bool], neighbour: Case | None, reason: str) -> Minimized:
    reproduced, asked = sum(answers), len(answers)
    low, high = wilson(reproduced, asked)
    return Minimized(
        case=study.case,
        original=study.original,
        rate=study.rate or 0.0,
        reproduced=reproduced,
        asked=asked,
        low=low,
        high=high,
        neighbour=neighbour,
        calls=study.calls,
        rounds=study.rounds,
        complete=not reason,
        reason=reason,
    )
