"""Asking known failures again: fixed, still failing, or too little to say."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import Case
from toolfuzz.core.verdict import Verdict
from toolfuzz.evidence.examiner import Examiner
from toolfuzz.evidence.reduce import BudgetSpentError

__all__ = ["KnownFailure", "Outcome", "Replayed", "outcome_of", "replay_known", "worst"]

Outcome = Literal["FIXED", "STILL FAILS", "INCONCLUSIVE"]

ENOUGH_PASSES = 8
"""So many passes without a failure are needed to speak of fixed: a failure that still came in one
of three askings would show in 96 of 100 such series."""


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A known failure: its case, and the defect that it showed (None: any failing counts).

    ``stream`` is the mode in which it was seen, None when that doesn't matter; ``name`` is for
    people.
    """

    name: str
    case: Case
    slug: str | None = None
    stream: bool | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: ``failed`` of ``asked`` judged answers showed the defect (95% Wilson).

    ``otherwise`` are answers that failed in another way; ``unjudged`` could not be judged.
    """

    known: KnownFailure
    outcome: Outcome
    failed: int
    otherwise: int
    asked: int
    unjudged: int
    reason: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """95% interval of the failure's rate."""
        return wilson(self.failed, self.asked)

    @property
    def words(self) -> str:
        """For people."""
        low, high = self.interval
        told = f"{self.failed} of {self.asked} failed (95% interval {low:.0%} – {high:.0%})"
        if self.otherwise:
            told += f", {self.otherwise} failed in another way"
        if self.unjudged:
            told += f", {self.unjudged} could not be judged"
        return f"{told}; {self.reason}" if self.reason else told


async def replay_known(
    known: KnownFailure, examiner: Examiner, times: int, *, deterministic: bool
) -> Replayed:
    """Ask the case ``times`` times; once where the same question always gets the same answer."""
    wanted = 1 if deterministic else times
    answers = await asyncio.gather(
        *(examiner.ask(known.case) for _ in range(wanted)), return_exceptions=True
    )
    verdicts: list[Verdict] = []
    reason = ""
    for answer in answers:
        if isinstance(answer, BudgetSpentError):
            reason = str(answer)
        elif isinstance(answer, BaseException):
            raise answer
        elif answer is not None:
            verdicts.append(answer)
    judged = [v for v in verdicts if v.status != "unjudged"]
    reason = reason or next((v.reason or "" for v in verdicts if v.status == "unjudged"), "")
    failed = sum(_shows(v, known.slug) for v in judged)
    otherwise = sum(v.status == "fail" and not _shows(v, known.slug) for v in judged)
    if not verdicts and not reason:
        reason = "this target can't be asked this case"
    outcome = outcome_of(failed, otherwise, len(judged), deterministic=deterministic)
    unjudged = wanted - len(judged)
    return Replayed(known, outcome, failed, otherwise, len(judged), unjudged, reason)


def outcome_of(failed: int, otherwise: int, asked: int, *, deterministic: bool = False) -> Outcome:
    """Say what the counts allow: one failure is enough to fail, passes must be many."""
    if failed:
        return "STILL FAILS"
    if asked >= (1 if deterministic else ENOUGH_PASSES) and not otherwise:
        return "FIXED"
    return "INCONCLUSIVE"


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome of several together."""
    for outcome in ("STILL FAILS", "INCONCLUSIVE"):
        if outcome in outcomes:
            return outcome
    return "FIXED"


def _shows(verdict: Verdict, slug: str | None) -> bool:
    if slug is None:
        return verdict.status == "fail"
    return any(f.slug == slug for f in verdict.findings)
