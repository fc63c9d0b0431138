"""One minimization under way: the case so far, what was asked, and how often it fails."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from toolfuzz.analyze.contrast import Tally
from toolfuzz.core.case import Case
from toolfuzz.evidence.reduce import Expected, few, reduce_tree
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
    Reduction,
    Tree,
    all_answers,
    still_fails,
)
from toolfuzz.evidence.suspicion import Rates
from toolfuzz.evidence.tree import size

__all__ = ["CONFIRM_CALLS", "LOWEST_RATE", "Asks", "Report", "Standing", "Study"]

Asks = Callable[[Case], Awaitable[bool | None]]
"""Ask a case once; None when nothing came that could be judged."""

CONFIRM_FAILURES = 6
CONFIRM_CALLS = 48
LOWEST_RATE = 0.1
_TOO_MANY_UNANSWERED = 20
_TRIED, _CLEARLY = 4, 3


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


class Shrinkable(Tree[Any], Protocol):
    def build(self, removed: frozenset[Any]) -> Case | None: ...


class Study:
    """One minimization under way: the case so far and what it took."""

    def __init__(
        self, case: Case, fails: Asks, slots: int, deterministic: bool, report: Report
    ) -> None:
        self.original = self.case = case
        self.rates = Rates(1.0, deterministic=deterministic)
        self.rate: float | None = None
        self.stage = "confirming"
        self.progress: Reduction[Any] = Reduction(tell=self.tell)
        self.seen = Tally()
        self._ask = fails
        self._unanswered = 0
        self._slots = slots
        self._report = report
        self._original_size = size(case)
        self._calls = self._rounds = 0

    async def fails(self, case: Case) -> bool | None:
        """Ask once whether it fails."""
        return await self._answer(case, self._ask)

    async def _answer(self, case: Case, ask: Asks) -> bool | None:
        """Ask once; raises BudgetSpentError when nothing that can be judged comes any more."""
        answer = await ask(case)
        if answer is None and self.rates.deterministic:
            # A parser can't be tired: what its format can't carry it never can, so that asking
            # the same again would go on until the reduction is given up.
            return False
        self._unanswered = self._unanswered + 1 if answer is None else 0
        if self._unanswered >= _TOO_MANY_UNANSWERED:
            raise BudgetSpentError(
                f"the last {_TOO_MANY_UNANSWERED} questions got no answer that could be judged"
            )
        return answer

    async def times(self, case: Case, n: int, ask: Asks | None = None) -> list[bool]:
        """Ask the same case n times at once; unanswered questions are left out."""
        answers = await all_answers([self._answer(case, ask or self._ask) for _ in range(n)])
        self._calls += n
        self._rounds += 1
        self.tell()
        return [a for a in answers if a is not None]

    @property
    def calls(self) -> int:
        """How many questions it took so far."""
        return self._calls + self.progress.calls

    @property
    def rounds(self) -> int:
        """How many times the questions under way at once had to be waited for."""
        return self._rounds + self.progress.rounds

    def tell(self) -> None:
        """Report where it stands."""
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

    async def choose(self, siblings: Sequence[Case]) -> None:
        """Take the case that fails most often: the first one that clearly does, else the best."""
        if not siblings or self.rates.deterministic:
            return
        tried: list[tuple[Tally, Case]] = []
        for case in (self.case, *siblings):
            answers = await self.times(case, _TRIED)
            tried.append((Tally(sum(answers), len(answers)), case))
            if tried[-1][0].failed >= _CLEARLY:
                break
        # The first one, which is the smallest, wins a draw.
        self.seen, self.case = max(tried, key=lambda one: one[0].rate)
        self.original = self.case

    async def confirm(self) -> None:
        """Estimate how often the original fails."""
        seen, sure = self.seen, self.rates.deterministic
        enough, asked = (1 if sure else CONFIRM_FAILURES), seen.asked
        while seen.failed < enough and asked < (1 if sure else CONFIRM_CALLS):
            # As many as are likely to show the failures that are still wanted.
            wanted = math.ceil(
                (enough - seen.failed) / max(seen.rate, 0.25 if seen.asked else 0.75)
            )
            width = 1 if sure else min(wanted, self._slots, CONFIRM_CALLS - asked)
            answers = await self.times(self.case, width)
            asked += width
            seen += Tally(sum(answers), len(answers))
        self.rate = seen.rate
        self.rates = replace(self.rates, fails=min(max(self.rate, LOWEST_RATE), 0.97))

    async def reduce(self, tree: "Shrinkable", expected: Expected = few) -> None:
        """Reduce over a tree; the case is kept up to date, also when the budget ends."""
        # Each tree has nodes of its own, so each reduction begins with nothing removed.
        self.progress = Reduction(
            calls=self.progress.calls, rounds=self.progress.rounds, tell=self.tell
        )

        async def probe(removed: frozenset[Any]) -> bool | None:
            case = tree.build(removed)
            return None if case is None else await self.fails(case)

        try:
            await reduce_tree(
                tree, probe, self.rates, self.progress, expected=expected, slots=self._slots
            )
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
