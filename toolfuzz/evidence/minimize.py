"""From a failing case to the smallest one that still fails, with its passing neighbour."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolfuzz.analyze.contrast import Tally
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import Case
from toolfuzz.evidence.control import nearby
from toolfuzz.evidence.progress import (
    CONFIRM_CALLS,
    LOWEST_RATE,
    Asks,
    Report,
    Standing,
    Study,
)
from toolfuzz.evidence.rebuild import rebuild
from toolfuzz.evidence.reduce import hardly_any, most
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
)
from toolfuzz.evidence.simplify import CharacterTree, PlainTree, long_strings
from toolfuzz.evidence.suspicion import Rates
from toolfuzz.evidence.telling import more_telling
from toolfuzz.evidence.tree import CaseTree
from toolfuzz.evidence.worlds import shrink_world

__all__ = ["Minimized", "Report", "Standing", "minimize"]

# What fails each time shows that in the first half.
FINAL_CALLS = 16
CONTROLS_TRIED = 8
# What fails whatever is sent passes for a control so often, by chance.
FALSE_CONTROL = 0.02
_FIRST_PASSES = 4
_ATTEMPTS = 2
_LOST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Minimized:
    """The outcome. ``reproduced`` of ``asked`` final questions failed (``low``, ``high``: Wilson).

    ``complete`` is False when a budget ended it early or it was not worth doing; ``reason`` says
    why. ``neighbour`` is the nearest case found that passed each of ``neighbour_asked`` questions.
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
    neighbour_asked: int = 0

    @property
    def confirmed(self) -> bool:
        """Whether the failure was seen again at all."""
        return self.reproduced > 0 or self.rate > 0

    @property
    def needs_nothing(self) -> bool:
        """Whether it still fails with nothing of the case left, and no case near it passes."""
        if not self.complete or self.neighbour is not None or not self.case.knows_arguments(-1):
            return False
        return not CaseTree(self.case).candidates(frozenset())

    @property
    def seen(self) -> Tally | None:
        """How often the minimal case failed when it was asked again, None when it didn't."""
        return Tally(self.reproduced, self.asked) if self.reproduced else None


async def minimize(
    case: Case,
    fails: Asks,
    *,
    passes: Asks | None = None,
    siblings: Sequence[Case] = (),
    controlled: bool = True,
    slots: int = 16,
    deterministic: bool = False,
    report: Report = lambda standing: None,
) -> Minimized:
    """Minimize a case. ``fails`` asks once and says whether the same failure came; ``passes``
    whether nothing at all was wrong, which the control must show.

    ``siblings`` are other cases with the same failure: the one that fails most often is taken.
    Not ``controlled``: no control is looked for, since none would show anything.
    ``deterministic``: the endpoint answers the same question always the same way, so that one
    call a step is enough. Never raises for a spent budget: the smallest case so far is returned.
    """
    study = Study(case, fails, slots, deterministic, report)
    answers: list[bool] = []
    try:
        await study.choose(siblings)
        await study.confirm()
        rate = study.rate or 0.0
        if rate == 0 or (not deterministic and rate * CONFIRM_CALLS < 2):
            return _result(study, [], "not reproduced: it may have been a chance failure")
        if rate < LOWEST_RATE:
            reason = f"fails in only {rate:.0%} of askings: minimizing would cost too many calls"
            return _result(study, [], reason)
        for _ in range(_ATTEMPTS):
            await _shrink(study)
            study.stage = "asking again"
            answers = await _ask_again(study)
            if sum(answers) > _LOST_SHARE * rate * len(answers):
                break
            # By chance too much was removed and the failure is gone: begin anew.
            study.case, answers = study.original, []
        else:
            return _result(study, [], "the failure got lost each time while minimizing")
        study.stage = "looking for the control"
        if not controlled:
            return _result(study, answers, "")
        neighbour, asked = await _control(study, passes or _not(fails), len(answers))
    except BudgetSpentError as spent:
        return _result(study, answers, str(spent))
    return _result(study, answers, "", neighbour, asked)


def _not(fails: Asks) -> Asks:
    async def passes(case: Case) -> bool | None:
        answer = await fails(case)
        return None if answer is None else not answer

    return passes


async def _shrink(study: Study) -> None:
    if study.case.world is not None:
        await shrink_world(study)
        return
    study.stage = "fewer turns"
    for fewer in _fewer_turns(study.case):
        if await study.accept(fewer):
            break
    study.stage = "removing"
    await study.reduce(CaseTree(study.case))
    study.stage = "simplifying"
    await _simplify(study)
    study.stage = "making sure"
    await study.reduce(CaseTree(study.case), most)
    # With less left, more may be plain (the names of the parameters, above all), and less needed.
    swept = study.case
    await study.reduce(PlainTree(study.case), most)
    if study.case != swept:
        await study.reduce(CaseTree(study.case), most)
    if study.rates.deterministic:
        study.stage = "making it telling"
        for cases in more_telling(study.case):
            for case in cases:
                if await study.accept(case):
                    break


async def _simplify(study: Study) -> None:
    # Mostly all of it can be made plain at once.
    await study.reduce(PlainTree(study.case), hardly_any)
    for call, path in list(long_strings(study.case)):
        await study.reduce(CharacterTree(study.case, call, path))


def _fewer_turns(case: Case) -> Iterator[Case | None]:
    """Yield a conversation with fewer turns: the last one alone, then with the one before it.

    Each then says itself what it wants, as does the whole in the end: no call follows from a result
    any more, so that turns can go.
    """
    count = len(case.turns)
    if count > 1:
        for first in dict.fromkeys((count - 1, count - 2, 0)):
            yield rebuild(case, case.tools, case.calls, turns=range(first, count), probe="echo")


async def _ask_again(study: Study) -> list[bool]:
    if study.rates.deterministic:
        return await study.times(study.case, 1)
    answers = await study.times(study.case, FINAL_CALLS // 2)
    if not all(answers):
        answers += await study.times(study.case, FINAL_CALLS // 2)
    return answers


async def _control(study: Study, passes: Asks, least: int) -> tuple[Case | None, int]:
    """Return the nearest case that passes as often as the failure was asked for, and how often."""
    # Where one asking shows it, all of them can be tried.
    limit = None if study.rates.deterministic else CONTROLS_TRIED
    for tried, case in enumerate(nearby(study.case)[:limit], 1):
        passed = 0
        for times in _portions(_enough_passes(study.rates, least, tried)):
            answers = await study.times(case, times, passes)
            passed += len(answers)
            if not all(answers):
                break
        else:
            if passed:
                return case, passed
    return None, 0


def _portions(times: int) -> tuple[int, ...]:
    """A few first: most of what doesn't pass shows it at once."""
    return (_FIRST_PASSES, times - _FIRST_PASSES) if times > _FIRST_PASSES else (times,)


def _enough_passes(rates: Rates, least: int, tried: int) -> int:
    """So many passes in a row that a case which still fails would show it, 98 times of 100 over
    all cases that are tried: this is the ``tried``-th.
    """
    if rates.deterministic:
        return 1
    level = FALSE_CONTROL / (tried * (tried + 1))
    return max(math.ceil(math.log(level) / math.log(1 - rates.fails)), least)


def _result(
    study: Study,
    answers: list[bool],
    reason: str,
    neighbour: Case | None = None,
    neighbour_asked: int = 0,
) -> Minimized:
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
        neighbour_asked=neighbour_asked,
    )
