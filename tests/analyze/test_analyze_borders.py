"""Every constant of a decision has two borders, and lies between them.

Each row tells what is decided a little on both sides of a constant's value. With the constant a
fifth smaller or larger (a whole step, for counts) something else is decided, so nobody changes one
without noticing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import pytest
from made_pairs import BAD, OK, bad, fresh, pairs, some
from made_up import TARGETS, case, verdict

from toolfuzz.analyze import compare as comparing
from toolfuzz.analyze import confirm, doubts, ranking, sequential
from toolfuzz.analyze.check import CheckDecision, CheckRule, Reask, decide
from toolfuzz.analyze.confirm import Fresh, asked_again
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.paired import CallPair, drop_interval
from toolfuzz.analyze.sequential import SequentialTest
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import CaseDrawn, Event, RunFinished, RunStarted, VerdictReached
from toolfuzz.report import comparison

RULE = CheckRule()


def told(step: object) -> object:
    """Return what a check does next, in a word."""
    if isinstance(step, CheckDecision):
        return step.outcome
    return "again" if isinstance(step, Reask) else step.cases  # type: ignore[attr-defined]


def margin(rule: CheckRule) -> object:
    return [told(decide(pairs(98, 1, 1), {}, rule)), told(decide(pairs(99, 1), {}, rule))]


def looks(rule: CheckRule) -> object:
    mixed = [
        CallPair(str(n), OK if n % 4 else bad("a"), OK if n % 4 != 2 else bad("a"))
        for n in range(400)
    ]
    counts = (0, 100, 200, 300)
    return [told(decide(mixed[:n], {}, rule)) for n in counts]


def alpha(rule: CheckRule) -> object:
    """McNemar's mid-p of 7 against 1 is 0.0195, of 12 against 4 0.0245."""
    rule = replace(rule, allow_new_defects=True)
    return [told(decide(pairs(100 - w - b, w, b), {}, rule)) for w, b in ((7, 1), (12, 4))]


def defect_alpha(rule: CheckRule) -> object:
    """McNemar's mid-p of 14 against 4 is 0.0096, of 8 against 1 0.0107."""

    def suspects(worse: int, better: int) -> object:
        asked = [CallPair(f"w{n}", OK, bad("a")) for n in range(worse)]
        asked += [CallPair(f"b{n}", bad("a"), OK) for n in range(better)]
        asked += [CallPair(f"s{n}", OK, OK) for n in range(100 - worse - better)]
        step = decide(asked, {}, rule, exhausted=True, can_reask=False)
        return isinstance(step, CheckDecision) and "a" in step.suspects

    return [suspects(14, 4), suspects(8, 1)]


def times(rule: CheckRule) -> object:
    step = decide(pairs(91, 8, 1), {}, rule)
    return isinstance(step, Reask) and step.times


CASES = [f"worse-{n}" for n in range(6)]


def confirmed(answers: list[tuple[int, int, int, int]]) -> bool:
    """Whether six cases are confirmed by (old failed, asked, new failed, asked) of each."""
    again = {
        (name, False): Fresh(some(old, of), some(new, also))
        for name, (old, of, new, also) in zip(CASES, answers, strict=True)
    }
    return asked_again(pairs(94, 6), again, "").confirmed


SAME, LESS = (0, 4, 0, 4), (4, 4, 0, 4)


def fresh_z() -> object:
    """z is 1.41 and 1.13."""
    return [
        confirmed([(0, 4, 1, 4), (0, 4, 1, 4), SAME, SAME, SAME, SAME]),
        confirmed([(0, 4, 2, 4), (0, 4, 1, 4), (0, 4, 1, 4), (1, 4, 0, 4), SAME, SAME]),
    ]


def margin_z() -> object:
    """The fresh answers put the drop at 7.0 and 6.5 points, 1.1 and 0.86 standard errors above."""

    def beyond(worse: int) -> bool:
        again = fresh([f"worse-{n}" for n in range(worse)], bad("a"))
        return asked_again(pairs(200 - worse, worse), again, "").low > RULE.margin

    return [beyond(14), beyond(13)]


def confirmed_cases() -> object:
    more = [(0, 4, 4, 4)]
    return [confirmed([*more * n, *[LESS] * (6 - n)]) for n in (1, 2)]


def candidate_fails() -> object:
    """Three of four are enough; two of three, where one could not be judged, are not."""
    return [confirmed([(0, 4, new, asked)] * 2 + [LESS] * 4) for new, asked in ((3, 4), (2, 3))]


def baseline_fails() -> object:
    """One of four is little enough; two of seven are not."""
    return [confirmed([(old, asked, 4, 4)] * 2 + [LESS] * 4) for old, asked in ((1, 4), (2, 7))]


def run(first: int, last: int) -> RunData:
    """A finished run of these cases, all of which passed."""
    lines: list[Event] = [RunStarted(0.0, "0.1.0", TARGETS[:1])]
    for n in range(first, last):
        lines += [CaseDrawn(case(n)), VerdictReached(verdict(case(n)))]
    return collect([*lines, RunFinished(1.0)])


def beside(shared: int) -> JsonObject:
    """Return the difference of two targets that were asked so many of a hundred cases both."""
    runs = [("a", run(0, 100)), ("b", run(100 - shared, 200 - shared))]
    [difference] = comparing.compare(runs)["differences"]
    return difference  # type: ignore[no-any-return]


def paired_from() -> object:
    return [beside(shared)["paired"] for shared in (55, 45)]


def chance() -> object:
    difference = beside(100)
    width = drop_interval([CallPair(str(n), OK, OK) for n in range(100)], 1.959964)
    return difference["high"] == pytest.approx(width[1], rel=1e-4)


def sure() -> object:
    difference = beside(100)
    for p_holm in (0.045, 0.055):
        difference["defects"][f"p={p_holm}"] = {"better": 0, "worse": 9, "p_holm": p_holm}
    said = comparison.difference_words(difference)
    return ["p=0.045" in said, "p=0.055" in said]


def doubted(judged: int, days: float) -> bool:
    """Whether a run of so many cases is doubted when it is so old."""
    asked = [case(n).id for n in range(200)]
    now = days * 86_400
    baseline = run(0, judged)
    return bool(
        doubts.doubts(
            baseline, TARGETS[0].name, TARGETS[0], asked=asked, judged_alike=True, now=now
        )
    )


def days_fresh() -> object:
    return [doubted(200, 29), doubted(200, 31)]


def fewest_cases() -> object:
    return [doubted(95, 1), doubted(105, 1)]


def few() -> object:
    return [ranking.tone(0.5, calls) for calls in (9, 10)]


def red() -> object:
    return [ranking.tone(share, 50) for share in (0.095, 0.105)]


def yellow() -> object:
    return [ranking.tone(share, 50) for share in (0.0095, 0.0105)]


def cap() -> object:
    return SequentialTest().cap


RULES: dict[str, tuple[Callable[[CheckRule], object], object]] = {
    "margin": (margin, ["PASS", 200]),
    "looks": (looks, [100, 200, 300, "INCONCLUSIVE"]),
    "alpha": (alpha, ["again", 200]),
    "defect_alpha": (defect_alpha, [True, False]),
    "times": (times, 4),
}


@dataclass(frozen=True)
class Border:
    module: ModuleType
    seen: Callable[[], object]
    decided: object


CONSTANTS = {
    "_FRESH_Z": Border(confirm, fresh_z, [True, False]),
    "_MARGIN_Z": Border(confirm, margin_z, [True, False]),
    "_CONFIRMED_CASES": Border(confirm, confirmed_cases, [False, True]),
    "_CANDIDATE_FAILS": Border(confirm, candidate_fails, [True, False]),
    "_BASELINE_FAILS": Border(confirm, baseline_fails, [True, False]),
    "_PAIRED_FROM": Border(comparing, paired_from, [True, False]),
    "_CHANCE": Border(comparing, chance, True),
    "_SURE": Border(comparison, sure, [True, False]),
    "DAYS_FRESH": Border(doubts, days_fresh, [False, True]),
    "_FEWEST_CASES": Border(doubts, fewest_cases, [True, False]),
    "FEW": Border(ranking, few, ["few", "red"]),
    "_RED": Border(ranking, red, ["yellow", "red"]),
    "_YELLOW": Border(ranking, yellow, ["plain", "yellow"]),
    "_CAP_OVER_FIXED": Border(sequential, cap, 271),
}


def other(value: Any, factor: float) -> Any:
    """Return the value a fifth smaller or larger; of a small count the next one."""
    if isinstance(value, tuple):
        return tuple(other(one, factor) for one in value)
    if isinstance(value, float):
        return value * factor
    changed = round(value * factor)
    return changed if changed != value else value + (1 if factor > 1 else -1)


@pytest.mark.parametrize("name", RULES)
def test_the_rules_numbers_are_what_they_are(name: str) -> None:
    seen, expected = RULES[name]
    assert seen(RULE) == expected
    for factor in (0.8, 1.2):
        changed = replace(RULE, **{name: other(getattr(RULE, name), factor)})
        assert seen(changed) != expected, f"nothing notices {name} times {factor}"


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_are_what_they_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    border = CONSTANTS[name]
    assert border.seen() == border.decided
    value = getattr(border.module, name)
    for factor in (0.8, 1.2):
        monkeypatch.setattr(border.module, name, other(value, factor))
        assert border.seen() != border.decided, f"nothing notices {name} times {factor}"


MOVED = [CallPair(f"moved-{n}", BAD, bad("no-call")) for n in range(20)]


@pytest.mark.parametrize("asked", [pairs(70, 30), [*MOVED, *pairs(80)]], ids=["rate", "defect"])
def test_nothing_fails_before_it_was_confirmed(asked: list[CallPair]) -> None:
    """However clear the first answers are, fresh ones that show nothing are no failure."""
    step = decide(asked, {})
    assert isinstance(step, Reask)
    calm = decide(asked, fresh(list(step.case_ids), OK), exhausted=True)
    assert told(calm) == "INCONCLUSIVE"
    worse = bad("no-call", "a")
    assert told(decide(asked, fresh(list(step.case_ids), worse), exhausted=True)) == "FAIL"
