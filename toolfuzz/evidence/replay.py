"""Asking known failures again: fixed, still failing, or too little to say.

Fixed means that the rate at which it failed before is no longer credible. So a case carries how
often that was, and is asked as often as it takes; a rare failure takes many askings.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.analyze.contrast import Tally, askings_to_exclude
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.verdict import Verdict
from toolfuzz.evidence.examiner import Examiner
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
)

__all__ = [
    "EASY",
    "KnownFailure",
    "Outcome",
    "Replayed",
    "askings",
    "outcome_of",
    "replay_known",
    "worst",
]

Outcome = Literal["FIXED", "STILL FAILS", "INCONCLUSIVE"]

LEVEL = 0.05
"""What was seen before must be this unlikely beside nothing but passes."""

UNKNOWN = Tally(100, 1000)
"""Taken where no rate is known: one in ten is the rarest that `minimize` works on."""

FEWEST, MOST = 8, 96


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A known failure: its case, and the defect that it showed (None: any failing counts).

    ``stream`` is the mode in which it was seen, None when that doesn't matter; ``name`` is for
    people. ``seen`` is how often it failed when it was asked again and again, None when unknown.
    """

    name: str
    case: Case
    slug: str | None = None
    stream: bool | None = None
    seen: Tally | None = None

    @property
    def passes_needed(self) -> int:
        """How many passes without a failure show that it is fixed."""
        return max(askings_to_exclude(self.seen or UNKNOWN, LEVEL), FEWEST)


_TOOL = Tool(
    "get_weather",
    "Current weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
_ASKED = Message("user", 'Call the tool "get_weather" with city "Paris".')
EASY = Case(
    "generated",
    "echo",
    ("string",),
    (_TOOL,),
    (Turn((_ASKED,), Expectation("calls", (ExpectedCall("get_weather", {"city": "Paris"}),))),),
)
"""A question that any server answers which is well."""


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
        if self.known.seen:
            told += f"; before: {self.known.seen.words}"
        elif not self.failed:
            told += "; how often it failed before is not known, 1 in 10 is taken"
        if self.outcome == "INCONCLUSIVE" and self.asked and not self.failed:
            told += f"; {self.known.passes_needed} passes would show that it is fixed"
        return f"{told}; {self.reason}" if self.reason else told


def askings(known: KnownFailure, times: int | None) -> int:
    """Return how often to ask: ``times``, or as often as it takes, within reason."""
    return times or min(known.passes_needed, MOST)


async def replay_known(
    known: KnownFailure, examiner: Examiner, times: int | None, *, deterministic: bool
) -> Replayed:
    """Ask the case ``times`` times (None: as often as it takes to call it fixed); once where the
    same question always gets the same answer.
    """
    wanted = 1 if deterministic else askings(known, times)
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
    needed = 1 if deterministic else known.passes_needed
    outcome = outcome_of(failed, otherwise, len(judged), needed)
    unjudged = wanted - len(judged)
    return Replayed(known, outcome, failed, otherwise, len(judged), unjudged, reason)


def outcome_of(failed: int, otherwise: int, asked: int, needed: int) -> Outcome:
    """Say what the counts allow: one failure is enough to fail, ``needed`` passes to be fixed."""
    if failed:
        return "STILL FAILS"
    if asked >= needed and not otherwise:
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
