"""What is put into the columns of a run comes out again, and takes little memory."""

import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import FLOAT, STRINGIFIED, TARGETS, case, exchange

from toolfuzz.analyze.ledger import Ledger
from toolfuzz.analyze.load import collect, question
from toolfuzz.core.events import CaseDrawn, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.glance import CaseGlance, ExchangeGlance, VerdictGlance
from toolfuzz.core.verdict import Metrics, Scenario, Verdict

CASES = [case(n, features=("a", "b")[: n % 3]) for n in range(4)]
COUNTS = st.none() | st.integers(0, 5) | st.integers(-(10**30), 10**30)
TIMES = st.none() | st.floats(0, 1e9)
METRICS = st.builds(
    Metrics, latency_ms=TIMES, first_byte_ms=TIMES, attempts=st.integers(1, 9), faults=COUNTS,
    input_tokens=COUNTS, output_tokens=COUNTS, called=st.booleans(),
    schema_valid=st.none() | st.booleans(), checks=st.integers(0, 9), checks_failed=st.just(0),
)  # fmt: skip
PLAYED = st.builds(
    Scenario, st.just("plan"), st.just(7), st.text(max_size=3), st.booleans(), st.just("pass")
)
SCENARIOS = st.none() | PLAYED
VERDICTS = st.builds(
    Verdict,
    st.sampled_from([c.id for c in CASES]),
    st.sampled_from([t.name for t in TARGETS]),
    st.integers(-3, 3) | st.integers(-(2**62), 2**62),
    st.booleans(),
    st.sampled_from(["pass", "fail", "unjudged"]),
    st.lists(st.sampled_from([FLOAT, STRINGIFIED, replace(FLOAT, shape="x", turn=3)])).map(tuple),
    st.none() | st.text(max_size=5),
    st.text(max_size=3),
    METRICS,
    SCENARIOS,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(VERDICTS, max_size=8))
def test_verdicts_are_what_was_reached_last(reached: list[Verdict]) -> None:
    run = collect(
        [RunStarted(0.0, "0", TARGETS), *map(CaseDrawn, CASES), *map(VerdictReached, reached)]
    )
    last = list({question(verdict): verdict for verdict in reached}.values())
    assert list(run.verdicts) == last
    assert run.cases == {c.id: c for c in CASES}
    for light, whole in zip(run.verdicts.light(), last, strict=True):
        assert [f.slug for f in light.findings] == [f.slug for f in whole.findings]
        assert replace(light, findings=(), metrics=Metrics()) == replace(
            whole, findings=(), metrics=Metrics()
        )
    for target in TARGETS:
        mine = [v for v in last if v.target == target.name]
        assert list(run.of(target.name)) == mine
        assert list(run.of(target.name).wrong) == [v for v in mine if v.status == "fail"]
        judged = [v for v in mine if v.status != "unjudged"]
        assert list(run.of(target.name).judged[1:]) == judged[1:]


def test_a_case_is_known_without_what_is_asked() -> None:
    run = collect([RunStarted(0.0, "0", TARGETS), *map(CaseDrawn, [*CASES, CASES[0]])])
    for one in CASES:
        drawn = run.drawn(one.id)
        assert (drawn.origin, drawn.probe, drawn.cluster) == (one.origin, one.probe, one.cluster)
        assert drawn.features == one.features
    with pytest.raises(KeyError):
        run.cases["none"]
    assert "none" not in run.cases


def test_exchanges_are_found_by_what_was_asked() -> None:
    said = [Verdict(CASES[n % 4].id, "sim/clean", n // 4, False, "pass") for n in range(8)]
    asked = [exchange(verdict, attempts=n + 1) for n, verdict in enumerate((*said, *said))]
    lines = [*map(CaseDrawn, CASES), *map(ExchangeRecorded, asked)]
    run = collect([RunStarted(0.0, "0", TARGETS), *lines], keep_exchanges=True)
    for n, verdict in enumerate(said):
        assert run.exchanges[question(verdict)] == [asked[n], asked[n + 8]]
    some = run.exchanges.some("sim/clean", 2)
    assert set(some) == {question(verdict) for verdict in said}
    assert run.exchanges.some("acme/one", 2) == []


def test_a_verdict_takes_some_hundred_bytes() -> None:
    """Each on a case of its own with a schema of its own, a tenth of them wrong."""
    count = 4000
    tracemalloc.start()
    ledger = Ledger()
    for n in range(count):
        id_, schema = f"{n:016x}", f"{n:015x}s"
        features = ("string", "object", f"odd-{n % 60}")
        ledger.take(CaseGlance(id_, schema, "generated", "echo", features, 900, 1, 2, schema, 0), n)
        ledger.take(ExchangeGlance(id_, "m", 0, False, 1, {}), n)
        found = () if n % 10 else (replace(STRINGIFIED, message="", expected=None, actual=None),)
        ledger.take(
            VerdictGlance(
                id_, "m", 0, False, "fail" if found else "pass", found, None, schema,
                Metrics(10.0 + n, 5.0 + n, 1, 0, 1000 + n, 200 + n, True, True, 9, 0), None,
            ), n,
        )  # fmt: skip
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept / count < 800
