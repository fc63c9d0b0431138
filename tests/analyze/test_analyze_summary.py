import json

import pytest
from made_up import case, events
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.summary import CALLS_FOR_P99, summarize
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.verdict import Metrics, Verdict
from toolfuzz.report.words import first_attempt

BOTH = ("string", "object")


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
