"""May this model replace that one? The rule of ``toolfuzz check``, without any asking.

Two questions are answered, each by itself: whether the rate is worse than the margin allows, and
whether there is a defect that is new or clearly more frequent. ``decide`` is a pure function of all
answers so far: it returns what to ask next, or the decision. The caller asks and calls it again, so
a check can be cut off and resumed at any point. ``benchmarks/check_rule.py`` measures it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Literal

from toolfuzz.analyze import check_words as words
from toolfuzz.analyze.confirm import Again, Fresh, asked_again, changed_questions
from toolfuzz.analyze.mcnemar import mcnemar_worse
from toolfuzz.analyze.paired import (
    DIMENSION,
    CallPair,
    Question,
    Table,
    changed_cases,
    concerned,
    defect_p_values,
    drop_interval,
    holm,
    tabulate,
)

__all__ = ["Answer", "AskCases", "CheckDecision", "CheckRule", "Reask", "decide"]

Outcome = Literal["PASS", "FAIL", "INCONCLUSIVE"]
Reply = Literal["yes", "no", "open"]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """``margin``: the drop that would be tolerated. ``looks``: at how many cases to decide.

    ``alpha`` is one-sided and per look; 0.0232 is Pocock's value for three looks. ``defect_alpha``
    is that of the second question, over all defects: what the baseline has, but too rarely to be
    seen, must not be called new. ``times``: how often what looks worse is asked again on each side.
    ``allow_new_defects`` leaves out the second question, but for dimensions.
    """

    margin: float = 0.05
    looks: tuple[int, ...] = (100, 200, 300)
    alpha: float = 0.0232
    defect_alpha: float = 0.01
    times: int = 4
    allow_new_defects: bool = False

    @property
    def z(self) -> float:
        """The normal quantile of ``alpha``."""
        return NormalDist().inv_cdf(1 - self.alpha)


@dataclass(frozen=True, slots=True)
class AskCases:
    """Ask both sides more until ``cases`` are judged on both."""

    cases: int


@dataclass(frozen=True, slots=True)
class Reask:
    """Ask these cases ``times`` more on both sides: something looks worse."""

    case_ids: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Answer:
    """To one of the two questions; "open" when neither can be said."""

    answer: Reply
    words: str


@dataclass(frozen=True, slots=True)
class CheckDecision:
    """The end. ``rate`` and ``defects`` are the two answers, yes meaning worse.

    ``suspects`` names what looked worse: defect slugs, and "" for the rate. ``confirmed`` are the
    cases that were worse again when asked afresh.
    """

    outcome: Outcome
    reason: str
    table: Table
    low: float
    high: float
    rate: Answer
    defects: Answer
    suspects: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()


def decide(
    pairs: Sequence[CallPair],
    fresh: Mapping[Question, Fresh],
    rule: CheckRule = CheckRule(),
    *,
    exhausted: bool = False,
    can_reask: bool = True,
    unseen: Sequence[CallPair] = (),
) -> AskCases | Reask | CheckDecision:
    """Return what to ask next, or the decision, given every answer so far.

    ``fresh`` holds what was asked again. ``exhausted``: there are no more cases, so the last look
    is at what there is. ``can_reask=False``: the baseline can't be called any more, so nothing can
    be confirmed. ``unseen`` are the calls that passed on the baseline and could not be judged on
    the candidate, taken for failed: a PASS has to hold also if they were.
    """
    cases = list(dict.fromkeys(pair.case_id for pair in pairs))
    looks = [n for n in rule.looks if n <= len(cases)]
    if exhausted and len(cases) not in looks and len(cases) < rule.looks[-1]:
        looks.append(len(cases))
    for n in looks:
        seen = set(cases[:n])
        look = _Look([p for p in pairs if p.case_id in seen], rule, fresh, can_reask, unseen)
        if missing := look.missing():
            return Reask(missing, rule.times)
        decision = look.decision()
        if (
            decision.outcome != "INCONCLUSIVE"
            or n == rule.looks[-1]
            or (exhausted and n == looks[-1])
        ):
            return decision
    return AskCases(next(n for n in rule.looks if n > len(cases)))


@dataclass(frozen=True)
class _Look:
    """One look at the first pairs."""

    pairs: Sequence[CallPair]
    rule: CheckRule
    fresh: Mapping[Question, Fresh]
    can_reask: bool
    unseen: Sequence[CallPair]

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The interval of the drop."""
        return drop_interval(self.pairs, self.rule.z)

    @cached_property
    def suspects(self) -> tuple[str, ...]:
        """The defects whose growth chance doesn't explain; the margin is for known ones, too."""
        found = defect_p_values(self.pairs)
        if self.rule.allow_new_defects:
            found = {slug: p for slug, p in found.items() if slug.startswith(DIMENSION)}
        p_values = holm(found)
        grown = (s for s, p in p_values.items() if p <= self.rule.defect_alpha)
        return tuple(s for s in grown if self._is_new(s) or not self._within(s))

    @cached_property
    def suspicious(self) -> tuple[str, ...]:
        """What looks worse: "" for the rate, then the suspects."""
        rate = mcnemar_worse(*changed_cases(self.pairs)) <= self.rule.alpha and not self._within()
        return ("", *self.suspects) if rate else self.suspects

    def missing(self) -> tuple[str, ...]:
        """Return the cases that have to be asked again before anything can be said."""
        if not self.can_reask:
            return ()
        changed = (q for s in self.suspicious for q in changed_questions(self._of(s), s))
        return tuple(dict.fromkeys(q[0] for q in changed if q not in self.fresh))

    def decision(self) -> CheckDecision:
        """Return the decision that this look allows; INCONCLUSIVE when it allows none."""
        rate, defects = self._rate(), self._defects()
        answers = {rate.answer, defects.answer}
        outcome: Outcome = (
            "FAIL" if "yes" in answers else "PASS" if answers == {"no"} else "INCONCLUSIVE"
        )
        again = [self._again(slug) for slug in self.suspicious]
        low, high = self.interval
        return CheckDecision(
            outcome,
            f"{outcome}: {rate.words} {defects.words}",
            tabulate(self.pairs),
            low,
            high,
            rate,
            defects,
            self.suspicious,
            tuple(dict.fromkeys(c for one in again if one for c in one.cases)),
        )

    def _rate(self) -> Answer:
        suspicious = "" in self.suspicious
        answer: Reply = "open"
        if self._within():
            answer = "no"
        elif suspicious and self._beyond():
            answer = "yes"
        unseen = 0 if self.interval[1] >= self.rule.margin else len(self.unseen)
        again = self._again("") if suspicious else None
        said = words.rate(answer, self.pairs, self.interval, self.rule.margin, again, unseen)
        return Answer(answer, said)

    def _defects(self) -> Answer:
        if not self.suspects:
            dimensions = any(pair.dimension for pair in self.pairs)
            return Answer("no", words.no_defects(self.rule.allow_new_defects, dimensions))
        sure: list[str] = []
        doubtful: list[str] = []
        for slug in self.suspects:
            again, new = self._again(slug), self._is_new(slug)
            worse = (again is None or again.confirmed) if new else self._beyond(slug)
            said = words.defect(slug, self._of(slug), again, new=new, sure=worse)
            (sure if worse else doubtful).append(said)
        return Answer("yes" if sure else "open", " ".join(sure or doubtful))

    def _of(self, slug: str) -> Sequence[CallPair]:
        """Return the pairs that may show a defect."""
        return concerned(self.pairs, slug)

    def _is_new(self, slug: str) -> bool:
        """Whether the baseline never shows it; failing at times is nothing new in a dimension."""
        if slug.startswith(DIMENSION):
            return False
        return not any(slug in pair.baseline.defects for pair in self.pairs)

    def _within(self, slug: str = "") -> bool:
        """Whether the drop (or the growth of a defect) is shown to be smaller than the margin."""
        if slug or self.unseen:
            worst = self._of(slug) if slug else [*self.pairs, *self.unseen]
            return drop_interval(worst, self.rule.z, slug)[1] < self.rule.margin
        return self.interval[1] < self.rule.margin

    def _beyond(self, slug: str = "") -> bool:
        """Whether the margin is exceeded.

        It is on the first answers, and the fresh ones agree; or it is on the fresh ones alone.
        """
        clearly = drop_interval(self._of(slug), self.rule.z, slug)[0] > self.rule.margin
        again = self._again(slug)
        if again is None:
            return clearly
        return (clearly and again.leans) or again.low > self.rule.margin

    def _again(self, slug: str) -> Again | None:
        return asked_again(self._of(slug), self.fresh, slug) if self.can_reask else None
