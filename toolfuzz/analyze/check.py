"""May this model replace that one? The rule of ``toolfuzz check``, without any asking.

``decide`` is a pure function of all answers so far: it returns what to ask next, or the decision.
The caller asks and calls it again, so a check can be cut off and resumed at any point.

The margin says which drop is small enough to pass. It does not excuse one that fresh answers
confirm: a change that always breaks the same 2% of the cases passes more often than it fails, but
it fails in about four of ten checks. ``benchmarks/check_rule.py`` measures all of this.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist, fmean
from typing import Literal

from toolfuzz.analyze.paired import (
    CasePair,
    CaseResult,
    Table,
    defect_p_values,
    holm,
    mcnemar_worse,
    newcombe,
    tabulate,
)

__all__ = ["AskPairs", "CheckDecision", "CheckRule", "Fresh", "Reask", "decide"]

_CONFIRMED_CASES = 2
_CANDIDATE_FAILS = 0.75
_BASELINE_FAILS = 0.25
_FRESH_Z = 1.28


@dataclass(frozen=True, slots=True)
class CheckRule:
    """``margin``: the drop that would be tolerated. ``looks``: at how many pairs to decide.

    ``alpha`` is one-sided and per look; 0.0232 is Pocock's value for three looks. ``times``: how
    often a suspicious case is asked again on each side.
    """

    margin: float = 0.05
    looks: tuple[int, ...] = (100, 200, 300)
    alpha: float = 0.0232
    times: int = 4

    @property
    def z(self) -> float:
        """The normal quantile of ``alpha``."""
        return NormalDist().inv_cdf(1 - self.alpha)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The answers when a case was asked again; unjudged ones are left out."""

    baseline: tuple[CaseResult, ...]
    candidate: tuple[CaseResult, ...]


@dataclass(frozen=True, slots=True)
class AskPairs:
    """Ask both sides more cases until ``pairs`` are judged on both."""

    pairs: int


@dataclass(frozen=True, slots=True)
class Reask:
    """Ask these cases ``times`` more on both sides: something looks worse."""

    case_ids: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class CheckDecision:
    """The end. ``confirmed`` are the cases that were worse again when asked afresh.

    ``suspects`` names what looked worse: defect slugs, and "" for the pass rate as a whole.
    """

    outcome: Literal["PASS", "FAIL", "INCONCLUSIVE"]
    reason: str
    table: Table
    low: float
    high: float
    suspects: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()


def decide(
    pairs: Sequence[CasePair],
    fresh: Mapping[str, Fresh],
    rule: CheckRule = CheckRule(),
    *,
    exhausted: bool = False,
    can_reask: bool = True,
    unseen: int = 0,
) -> AskPairs | Reask | CheckDecision:
    """Return what to ask next, or the decision, given every answer so far.

    ``fresh`` holds the cases that were asked again, by id. ``exhausted``: there are no more cases,
    so the last look is at what there is. ``can_reask=False``: the baseline can't be called any
    more, so a suspicion is final and false alarms are about 4% instead of under 1%. ``unseen``
    cases passed on the baseline and could not be judged on the candidate: they are no failures,
    but a PASS has to hold also if all of them were.
    """
    looks = [n for n in rule.looks if n <= len(pairs)]
    if exhausted and len(pairs) not in looks and len(pairs) < rule.looks[-1]:
        looks.append(len(pairs))
    for look in looks:
        seen = pairs[:look]
        suspects = _suspects(seen, rule)
        if not suspects:
            if _upper(seen, rule, unseen) < rule.margin:
                return _decision("PASS", seen, rule)
            continue
        if not can_reask:
            return _decision("FAIL", seen, rule, suspects, note=_NO_CONFIRMATION)
        flipped = {slug: _flipped(seen, slug) for slug in suspects}
        missing = tuple(dict.fromkeys(c for ids in flipped.values() for c in ids if c not in fresh))
        if missing:
            return Reask(missing, rule.times)
        for slug in suspects:
            again = {case_id: fresh[case_id] for case_id in flipped[slug]}
            worse, z = _confirm(again, slug)
            if len(worse) >= _CONFIRMED_CASES or z > _FRESH_Z:
                note = _confirmation(again, worse, z)
                named = (slug,) if slug else suspects
                return _decision("FAIL", seen, rule, named, tuple(worse), note)
    if exhausted or len(pairs) >= rule.looks[-1]:
        return _inconclusive(pairs[: rule.looks[-1]], fresh, rule, unseen)
    return AskPairs(next(n for n in rule.looks if n > len(pairs)))


def _suspects(pairs: Sequence[CasePair], rule: CheckRule) -> tuple[str, ...]:
    """What looks worse: "" for the pass rate, else the slug of a defect."""
    table = tabulate(pairs)
    inferior_so_far = _upper(pairs, rule) >= rule.margin
    overall = inferior_so_far and mcnemar_worse(table.worse, table.better) <= rule.alpha
    slugs = [s for s, p in holm(defect_p_values(pairs)).items() if p <= rule.alpha]
    return (*([""] if overall else []), *slugs)


def _upper(pairs: Sequence[CasePair], rule: CheckRule, unseen: int = 0) -> float:
    """Return the upper end of the drop, where ``unseen`` more cases are taken for worse."""
    table = tabulate(pairs)
    return newcombe(replace(table, worse=table.worse + unseen), rule.z)[1]


def _failed(answer: CaseResult, slug: str) -> bool:
    return slug in answer.defects if slug else not answer.passed


def _flipped(pairs: Sequence[CasePair], slug: str) -> list[str]:
    """Cases that changed either way; those that got better are the fair counterweight."""
    return [p.case_id for p in pairs if _failed(p.baseline, slug) != _failed(p.candidate, slug)]


def _confirm(again: Mapping[str, Fresh], slug: str) -> tuple[list[str], float]:
    """Return the cases that are clearly worse again, and the sign-flip z of the differences."""
    worse, differences = [], []
    for case_id, answers in again.items():
        if not (answers.baseline and answers.candidate):
            continue
        old = fmean(_failed(a, slug) for a in answers.baseline)
        new = fmean(_failed(a, slug) for a in answers.candidate)
        differences.append(new - old)
        if new >= _CANDIDATE_FAILS and old <= _BASELINE_FAILS:
            worse.append(case_id)
    spread = sqrt(sum(d * d for d in differences))
    return worse, sum(differences) / spread if spread else 0.0


_NO_CONFIRMATION = (
    "The baseline can't be asked again, so this was not confirmed on fresh answers: about 4 in "
    "100 such checks fail although nothing changed."
)


def _confirmation(again: Mapping[str, Fresh], worse: Sequence[str], z: float) -> str:
    return (
        f"Asked again, {len(worse)} of {len(again)} changed cases failed on the candidate and "
        f"passed on the baseline at least three times in four (z = {z:.1f})."
    )


def _decision(
    outcome: Literal["PASS", "FAIL", "INCONCLUSIVE"],
    pairs: Sequence[CasePair],
    rule: CheckRule,
    suspects: tuple[str, ...] = (),
    confirmed: tuple[str, ...] = (),
    note: str = "",
) -> CheckDecision:
    table = tabulate(pairs)
    low, high = newcombe(table, rule.z)
    agree = table.both + table.neither
    seen = (
        f"{agree} of {table.pairs} pairs agree; {table.worse} worse, {table.better} better; the "
        f"success rate {_change(table)} (drop between {100 * low:.1f} and {100 * high:.1f} points, "
        f"margin {100 * rule.margin:.1f})."
    )
    slugs = [s for s in suspects if s] or (_grown_most(pairs) if suspects else [])
    named = [f"{s} ({_count(pairs, s)})" for s in slugs]
    looks_worse = f"More often than before: {', '.join(named)}." if named else ""
    reason = " ".join(part for part in (f"{outcome}: {seen}", looks_worse, note) if part)
    return CheckDecision(outcome, reason, table, low, high, suspects, confirmed)


def _change(table: Table) -> str:
    if table.worse == table.better:
        return "did not change"
    return f"{'fell' if table.drop > 0 else 'rose'} by {100 * abs(table.drop):.1f} points"


def _grown_most(pairs: Sequence[CasePair]) -> list[str]:
    """Return the defect that the candidate shows most beyond the baseline, if any."""
    growth: Counter[str] = Counter()
    for pair in pairs:
        growth.update(pair.candidate.defects)
        growth.subtract(pair.baseline.defects)
    return [slug for slug, more in growth.most_common(1) if more > 0]


def _count(pairs: Sequence[CasePair], slug: str) -> str:
    before = sum(slug in p.baseline.defects for p in pairs)
    after = sum(slug in p.candidate.defects for p in pairs)
    return f"{before} → {after}"


def _inconclusive(
    pairs: Sequence[CasePair], fresh: Mapping[str, Fresh], rule: CheckRule, unseen: int
) -> CheckDecision:
    if not pairs:
        table = Table(0, 0, 0, 0)
        return CheckDecision(
            "INCONCLUSIVE", "INCONCLUSIVE: no case was judged on both sides.", table, -1.0, 1.0
        )
    suspects = _suspects(pairs, rule)
    note = "It is neither clearly worse nor shown to be within the margin."
    if _upper(pairs, rule) < rule.margin:
        cases, were = ("case", "was") if unseen == 1 else ("cases", "were")
        note = f"{unseen} {cases} that the baseline passed {were} not judged on the candidate."
    if suspects:
        again = {c: fresh[c] for slug in suspects for c in _flipped(pairs, slug)}
        note = f"It looked worse, but not on fresh answers to the {len(again)} changed cases."
    return _decision("INCONCLUSIVE", pairs, rule, suspects, note=note)
