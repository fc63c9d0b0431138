"""The rule of `toolfuzz monitor` at its borders; benchmarks/monitor.py measures what it does."""

from dataclasses import replace
from math import comb, isfinite, log10

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import beta

from toolfuzz.analyze.watch import USUAL, Count, Evidence, Portion, WatchRule, grown

DAY = 86_400.0


def days(*failed: int, baseline: int = 10, of: int = 20) -> list[Portion]:
    """The baseline, ``baseline`` of 500 failed, then a day each with so many failures of 20."""
    first = Portion(0.0, Count(baseline, 500))
    return [first, *(Portion(DAY * n, Count(f, of)) for n, f in enumerate(failed, 1))]


def by_hand(portions: list[Portion], rule: WatchRule = USUAL) -> float:
    """The evidence written down as docs/monitoring.md has it, slowly."""
    total = 0.0
    for start, one in enumerate(portions):
        before = portions[:start]
        asked = [sum(p.regular.judged for p in before[: n + 1]) for n in range(start)]
        if not asked or asked[-1] < rule.baseline:
            continue
        bounds, error, enough = [], rule.baseline_error / 2, rule.baseline
        while enough <= asked[-1]:
            at = next(n for n, judged in enumerate(asked) if judged >= enough)
            failed = sum(p.regular.failed for p in before[: at + 1])
            passed = asked[at] - failed
            bounds.append(betaincinv(failed + 1, passed, 1 - error) if passed else 1.0)
            error, enough = error / 2, enough * 2
        after = portions[start:]
        k = sum(p.regular.failed + p.burst.failed for p in after)
        n = sum(p.regular.judged + p.burst.judged for p in after)
        bound = min(min(bounds) + rule.margin, 1.0)
        bets = [f**k / (1 + (f - 1) * bound) ** n for f in rule.factors]
        weight = min((one.started - before[-1].started) / DAY, 1.0)
        total += weight * sum(bets) / len(bets)
    return total


def test_the_rule_in_numbers() -> None:
    """Whoever changes one of these measures anew: `python benchmarks/monitor.py --write`."""
    assert USUAL.alarm_at == 73_000
    evidence = USUAL.evidence(days(0, 1, 5, 3))
    assert evidence.log10 == pytest.approx(2.378163, abs=1e-6)
    assert evidence.suspicion == pytest.approx(36828.37, rel=1e-6)
    assert evidence.bound == pytest.approx(0.0446366, abs=1e-7)
    assert evidence.since == 3


@pytest.mark.parametrize(
    ("failed", "alarm"),
    [((8,), False), ((9,), True), ((5, 5), False), ((6, 6), True), ((3, 3, 3, 3, 3), False)],
)
def test_where_the_alarm_falls(failed: tuple[int, ...], alarm: bool) -> None:
    evidence = USUAL.evidence(days(*failed))
    assert evidence.alarm is alarm
    assert evidence.since == 1


@pytest.mark.parametrize(("failed", "more"), [((3,), 0), ((4,), 20), ((1, 3), 0), ((3, 2), 20)])
def test_where_more_is_asked(failed: tuple[int, ...], more: int) -> None:
    assert USUAL.more(USUAL.evidence(days(*failed)), 20, 20) == more


def test_more_is_asked_up_to_a_limit_and_never_after_an_alarm() -> None:
    worse = Evidence(log10=2.0, suspicion=40.0)
    assert [USUAL.more(worse, asked, 30) for asked in (30, 370, 390, 400, 520)] == [
        30,
        30,
        10,
        0,
        0,
    ]
    assert USUAL.more(replace(worse, suspicion=39.9), 30, 30) == 0
    assert USUAL.more(replace(worse, alarm=True), 30, 30) == 0


def test_what_lies_back_longer_than_a_week_asks_for_nothing() -> None:
    asked = [USUAL.more(USUAL.evidence(days(11, *[0] * n)), 20, 20) for n in (6, 7)]
    assert asked == [20, 0]


def test_without_a_baseline_there_is_no_evidence() -> None:
    assert USUAL.evidence(days()) == Evidence()
    short = [Portion(0.0, Count(9, 499)), Portion(DAY, Count(20, 20))]
    assert USUAL.evidence(short) == Evidence()
    assert USUAL.evidence([*short, Portion(2 * DAY, Count(20, 20))]).alarm
    assert not USUAL.alarms(None)


def test_a_failing_baseline_can_not_become_worse() -> None:
    evidence = USUAL.evidence(days(20, 20, 20, baseline=500))
    assert evidence.log10 is not None and evidence.log10 < 1 and evidence.bound == 1.0


def test_the_bound_is_the_lowest_of_those_at_doubling_numbers() -> None:
    quiet = days(*[0] * 25, baseline=20)
    bounds = [USUAL.evidence(quiet[: n + 1]).bound for n in (1, 24, 25)]
    upper = [beta.ppf(1 - error, 21, n - 20) for error, n in ((0.0025, 500), (0.0025, 500))]
    assert bounds == pytest.approx([*upper, upper[0]])
    later = USUAL.evidence([*quiet, Portion(26 * DAY, Count(0, 20))]).bound
    assert later == pytest.approx(beta.ppf(1 - 0.00125, 21, 980))
    worse = days(*[9] * 26, baseline=20)
    assert USUAL.evidence(worse).bound == pytest.approx(upper[0]), "no bound takes back another"


def test_a_burst_is_evidence_but_no_part_of_the_baseline() -> None:
    burst = Portion(DAY, Count(2, 20), Count(18, 480))
    calm = Portion(2 * DAY, Count(0, 20))
    evidence = USUAL.evidence([*days(), burst, calm])
    assert evidence.bound == USUAL.evidence([*days(), calm, calm]).bound
    assert evidence.log10 == pytest.approx(log10(by_hand([*days(), burst, calm])))


def test_a_beginning_counts_by_the_time_before_it_up_to_a_day() -> None:
    def after(seconds: float) -> float:
        found = USUAL.evidence([*days(), Portion(seconds, Count(2, 20))]).log10
        assert found is not None
        return 10**found

    assert after(DAY / 4) == pytest.approx(after(DAY) / 4)
    assert after(30 * DAY) == after(DAY)
    assert after(0.0) == pytest.approx(after(DAY) * 1e-6)


# The first draw of a process is slow on a busy machine.
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
shares = st.integers(0, 15).flatmap(lambda n: st.builds(Count, st.integers(0, n), st.just(n)))
stories = st.lists(st.tuples(shares, shares, st.floats(1.0, 3 * DAY)), min_size=1, max_size=6)


@few
@given(st.integers(0, 60), stories)
def test_it_is_what_the_documentation_says(
    failed: int, story: list[tuple[Count, Count, float]]
) -> None:
    rule = WatchRule(baseline=60)
    portions = [Portion(0.0, Count(failed, 60))]
    for regular, burst, wait in story:
        portions.append(Portion(portions[-1].started + wait, regular, burst))
    evidence = rule.evidence(portions)
    assert evidence.log10 == pytest.approx(log10(by_hand(portions, rule)), abs=1e-6)


def test_a_bet_gains_nothing_by_chance() -> None:
    """Mean of a bet over all answers that may come, at the bound itself: exactly the weight."""
    first, chance = days()[0], USUAL.evidence(days(0)).bound
    assert chance is not None
    mean = sum(
        comb(20, k) * chance**k * (1 - chance) ** (20 - k) * 10 ** (found.log10 or 0.0)
        for k in range(21)
        for found in [USUAL.evidence([first, Portion(DAY, Count(k, 20))])]
    )
    assert mean == pytest.approx(1.0, abs=1e-9)


def test_the_defects_that_grew() -> None:
    before = {"a": 5, "b": 5, "rare": 1}
    after = {"a": 9, "b": 1, "rare": 2, "new": 6}
    found = grown(before, 500, after, 100)
    assert [(g.slug, g.before, g.after) for g in found] == [("a", 5, 9), ("new", 0, 6)]
    assert grown(before, 500, {"b": 1}, 100) == []
    assert grown({}, 500, {}, 100) == []


@pytest.mark.parametrize(("since", "names"), [(26, ["new"]), (27, [])])
def test_where_a_defect_has_grown(since: int, names: list[str]) -> None:
    """Once in 26 answers of 526 has a chance of .0494, once in 27 of 527 one of .0512."""
    assert [g.slug for g in grown({}, 500, {"new": 1}, since)] == names


def test_a_margin_is_what_may_be_lost() -> None:
    portions, rule = days(4, 2), replace(USUAL, margin=0.05)
    evidence, without = rule.evidence(portions), USUAL.evidence(portions)
    assert evidence.log10 == pytest.approx(log10(by_hand(portions, rule)))
    assert evidence.bound == pytest.approx((without.bound or 0) + 0.05)
    assert USUAL.more(without, 20, 20) == 20 and rule.more(evidence, 20, 20) == 0
    assert replace(USUAL, margin=0.9).evidence(days(9, baseline=200)).bound == 1.0


def test_what_the_baseline_itself_held_asks_for_nothing() -> None:
    halves = [Portion(0.0, Count(0, 250)), Portion(DAY, Count(10, 250))]
    assert USUAL.evidence([*halves, Portion(2 * DAY, Count(0, 20))]).suspicion < 1


def test_evidence_of_years_stays_a_number() -> None:
    years = days(*[20] * 1500)
    evidence = USUAL.evidence(years)
    assert evidence.log10 is not None and isfinite(evidence.log10) and isfinite(evidence.suspicion)
