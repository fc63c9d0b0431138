import json
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import case, events
from statsmodels.stats.proportion import proportion_confint
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.rates import CALLS_FOR_P99, pass_k, rate, summarize, wilson
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.verdict import Metrics, Verdict
from toolfuzz.report.words import first_attempt

BOTH = ("string", "object")


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
    got = pass_k([[True, True, True, False], [True] * 5])
    assert got == pytest.approx({1: (0.75 + 1) / 2, 2: 0.75, 3: 0.625, 4: 0.5, 5: 1.0})


def test_summary_counts_what_was_asked() -> None:
    clean, acme = summarize(collect(events()))["targets"]
    assert (clean["judged"], clean["passed"], clean["simulated"]) == (6, 6, True)
    assert clean["defects"] == {} and clean["calls"] == 6 and clean["retries"] == 0
    assert (acme["judged"], acme["passed"], acme["failed"], acme["unjudged"]) == (11, 7, 4, 1)
    assert acme["unjudged_reasons"] == {"max-tokens": 1}
    assert (acme["calls"], acme["retries"]) == (14, 2)
    assert (acme["clusters"], acme["schemas"]) == (6, 6)
    assert acme["schema_accuracy"] == pytest.approx(5 / 11)
    assert acme["check_success"] == pytest.approx(106 / 110)
    assert acme["rate"] == pytest.approx(7 / 11)
    assert acme["tokens"] == {"input": 1200, "output": 240}
    assert acme["pass_k"] == {}


def test_summary_breaks_the_rate_down() -> None:
    acme = summarize(collect(events()))["targets"][1]
    defect = acme["defects"]["object-as-json-string"]
    assert (defect["cases"], defect["replies"], defect["severity"]) == (2, 4, "error")
    assert defect["rate"] == pytest.approx(4 / 11)
    assert defect["low"] < defect["rate"] < defect["high"]
    smallest = case(1, features=BOTH)
    assert defect["example_case"] == smallest.id
    example = defect["example"]
    assert (example["pointer"], example["expected"]) == ("/environment", {"region": "eu-west-1"})
    assert (example["repeat"], example["stream"]) == (0, False)
    assert acme["warnings"]["integer-as-float"]["cases"] == 1
    assert acme["features"]["object"]["rate"] == 0.0
    assert (acme["features"]["string"]["judged"], acme["features"]["string"]["passed"]) == (11, 7)
    assert (acme["modes"]["plain"]["judged"], acme["modes"]["stream"]["judged"]) == (6, 5)
    assert acme["probes"]["echo"]["judged"] == 11


def test_summary_as_a_whole(snapshot: SnapshotAssertion) -> None:
    assert summarize(collect(events())) == snapshot(extension_class=JSONSnapshotExtension)


def test_summary_of_a_run_that_judged_nothing() -> None:
    start = events()[:1]
    summary = summarize(collect(start))
    assert summary["finish_reason"] == "cut-off" and summary["finished"] is None
    for target in summary["targets"]:
        assert target["rate"] is None and target["judged"] == 0
        assert target["schema_accuracy"] is None and target["check_success"] is None
        assert target["smallest_visible_drop"] is None and target["latency_ms"] == {}
        assert target["tokens"] == {"input": None, "output": None}


def test_summary_is_json() -> None:
    summary = summarize(collect(events()))
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


@pytest.mark.parametrize(("calls", "shown"), [(CALLS_FOR_P99 - 1, False), (CALLS_FOR_P99, True)])
def test_p99_needs_enough_calls(calls: int, shown: bool) -> None:
    started, *_ = events()
    assert isinstance(started, RunStarted)
    asked = case(1)
    first = next(e.verdict for e in events() if isinstance(e, VerdictReached))
    lines = [started, CaseDrawn(asked)]
    for n in range(calls):
        one = type(first)(asked.id, "sim/clean", n, False, "pass", metrics=first.metrics)
        lines.append(VerdictReached(one))
    assert ("p99" in summarize(collect(lines))["targets"][0]["latency_ms"]) is shown


@pytest.mark.parametrize(
    ("faults", "first", "words"),
    [
        ((0, 0, 0, 0), 0.75, ""),
        ((1, 0, 0, 0), 0.5, "50.0% at the first attempt, 75.0% after retries"),
        ((1, 2, 1, 0), 0.0, "0.0% at the first attempt, 75.0% after retries"),
        ((0, 0, 0, 3), 0.75, ""),
        ((0, 0, None, 0), None, ""),
    ],
)
def test_what_success_is_worth_without_retries(
    faults: tuple[int | None, ...], first: float | None, words: str
) -> None:
    """Three of four pass; an endpoint that breaks every first attempt is not at 75%."""
    opening, *_ = events()
    assert isinstance(opening, RunStarted)
    name = opening.targets[0].name
    told: list[Event] = [opening]
    for number, count in enumerate(faults):
        one = case(number)
        status = "fail" if number == 3 else "pass"
        told += [
            CaseDrawn(one),
            VerdictReached(
                Verdict(one.id, name, 0, False, status, metrics=Metrics(faults=count))  # type: ignore[arg-type]
            ),
        ]
    target = summarize(collect(told))["targets"][0]
    assert (target["first_attempt"], first_attempt(target)) == (first, words)
