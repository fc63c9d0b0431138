from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from toolfuzz.analyze.rates import pass_k, rate, wilson


def singles(passed: int, failed: int) -> list[tuple[str, bool]]:
    return [(str(n), n < passed) for n in range(passed + failed)]


@pytest.mark.parametrize(("passed", "n"), [(0, 1), (1, 1), (95, 100), (62, 120), (120, 120)])
def test_wilson_agrees_with_statsmodels(passed: int, n: int) -> None:
    assert wilson(passed, n) == pytest.approx(proportion_confint(passed, n, method="wilson"))


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_nothing_judged() -> None:
    none = rate([])
    assert (none.rate, none.low, none.high, none.judged, none.n_eff) == (None, 0.0, 1.0, 0, 0.0)


def test_one_judged_call_is_worth_one() -> None:
    assert rate([("a", True)]).n_eff == 1
    assert (rate([("a", True)]).low, rate([("a", True)]).high) == pytest.approx(wilson(1, 1))
    assert (rate([("a", False)]).low, rate([("a", False)]).high) == pytest.approx(wilson(0, 1))


@pytest.mark.parametrize("ok", [True, False])
def test_without_a_difference_the_schemas_count_not_the_repeats(ok: bool) -> None:
    got = rate([(str(n % 50), ok) for n in range(500)])
    assert got.n_eff == got.clusters == 50
    assert (got.low, got.high) == pytest.approx(wilson(50 * ok, 50))


def test_repeats_of_one_schema_are_one_observation() -> None:
    got = rate([("only", n < 9) for n in range(10)])
    assert (got.rate, got.n_eff, got.judged, got.clusters) == (0.9, 1.0, 10, 1)


def test_effective_size_by_hand() -> None:
    # Clusters of 2: passes 2, 2, 1, 0. p = 5/8; residual sums .75, .75, -.25, -1.25.
    # SE² = 4/3 · (.5625 + .5625 + .0625 + 1.5625) / 64 = 11/192; t(3) = 3.182446.
    got = rate([(c, n < k) for c, k in [("a", 2), ("b", 2), ("c", 1), ("d", 0)] for n in range(2)])
    assert got.n_eff == pytest.approx((5 / 8 * 3 / 8) / (11 / 192) * (1.959964 / 3.182446) ** 2)


def test_identical_schemas_are_capped_at_the_calls() -> None:
    got = rate([(str(n), ok) for n in range(30) for ok in (True, False)])
    assert got.n_eff == pytest.approx(60 * (1.959964 / 2.045230) ** 2, rel=1e-5)


def test_two_schemas_are_not_less_than_one_question() -> None:
    assert rate([("a", True), ("b", False)]).n_eff == 1


answers = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(answers)
def test_interval_holds_the_rate_and_size_is_bounded(passes: list[tuple[str, bool]]) -> None:
    got = rate(passes)
    assert got.rate is not None
    assert 0 <= got.low <= got.rate <= got.high <= 1
    assert 1 <= got.n_eff <= got.judged
    assert got.n_eff < inf


@settings(deadline=None)
@given(answers)
def test_swapping_pass_and_fail_mirrors_the_interval(passes: list[tuple[str, bool]]) -> None:
    got, mirrored = rate(passes), rate([(c, not ok) for c, ok in passes])
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - got.high, 1 - got.low))


@settings(deadline=None)
@given(answers)
def test_no_outcome_is_surer_than_no_failure(passes: list[tuple[str, bool]]) -> None:
    assert rate(passes).low <= rate([(c, True) for c, _ in passes]).low + 1e-12


@settings(deadline=None)
@given(st.integers(1, 80), st.data())
def test_more_passes_never_lower_an_end(n: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, n - 1))
    worse, better = rate(singles(passed, n - passed)), rate(singles(passed + 1, n - passed - 1))
    assert worse.low <= better.low + 1e-12
    assert worse.high <= better.high + 1e-12


def test_pass_k_by_hand() -> None:
    # C(3,2)/C(4,2) = 1/2 and 1; only the second case was asked often enough for k = 5.
    got = pass_k([(3, 4), (5, 5)])
    assert got == pytest.approx({1: (0.75 + 1) / 2, 2: 0.75, 3: 0.625, 4: 0.5, 5: 1.0})
