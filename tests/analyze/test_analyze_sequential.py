import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from toolfuzz.analyze.rates import rate, wilson
from toolfuzz.analyze.sequential import SequentialTest, gate

TEST = SequentialTest()


def answers(passes: int, *failures_at: int) -> list[bool]:
    return [n + 1 not in failures_at for n in range(passes)]


def test_the_default_rule_in_numbers() -> None:
    assert (TEST.straight_passes, TEST.cap, TEST.failures_at_cap) == (72, 271, 6)
    assert [TEST.reject_within(k) for k in range(1, 6)] == [0, 8, 48, 88, 128]


def test_the_fixed_sample_keeps_the_promise_and_one_fewer_does_not() -> None:
    assert TEST.fixed_sample == 181

    def kept(n: int) -> bool:
        most = binom.ppf(0.05, n, 0.05)
        most -= binom.cdf(most, n, 0.05) > 0.05
        return bool(most >= 0 and binom.cdf(most, n, 0.01) >= 0.95)

    assert kept(181) and not any(kept(n) for n in range(1, 181))


@pytest.mark.parametrize(
    ("said", "outcome", "calls"),
    [
        (answers(72), "ACCEPT", 72),
        (answers(300, 50), "ACCEPT", 112),
        (answers(8, 1, 8), "REJECT", 8),
        (answers(48, 1, 9, 48), "REJECT", 48),
    ],
)
def test_where_it_stops(said: list[bool], outcome: str, calls: int) -> None:
    decision = TEST.decide(said)
    assert decision is not None
    assert (decision.outcome, decision.calls, decision.capped) == (outcome, calls, False)
    assert TEST.decide(said[: calls - 1]) is None


def test_the_second_failure_after_eight_calls_does_not_reject() -> None:
    assert TEST.decide(answers(9, 1, 9)) is None


@pytest.mark.parametrize(("failures", "outcome"), [(6, "ACCEPT"), (7, "REJECT")])
def test_the_cap_decides(failures: int, outcome: str) -> None:
    said = answers(400, *(40 * n + 20 for n in range(failures)))
    decision = TEST.decide(said)
    assert decision is not None
    assert (decision.outcome, decision.calls, decision.capped) == (outcome, 271, True)
    assert "cap of 271" in decision.reason and "Stopped early" in decision.reason


def test_the_words_are_the_rule() -> None:
    words = TEST.words()
    for part in ("72 straight", "costs 39", "2 within 8", "3 within 48", "40 calls", "most 271"):
        assert part in words
    assert "at most 6 failures" in words


@given(st.lists(st.booleans(), max_size=300), st.integers(0, 50))
def test_later_answers_change_nothing(said: list[bool], more: int) -> None:
    decision = TEST.decide(said)
    if decision:
        assert TEST.decide(said + [False] * more) == decision


@pytest.mark.parametrize(("true", "calls"), [(1.0, 72), (0.99, 111), (0.95, 78), (0.906, 32)])
def test_calls_and_errors_are_as_promised(true: float, calls: int) -> None:
    rng = np.random.default_rng(5)
    made = [TEST.decide((rng.random(TEST.cap) < true).tolist()) for _ in range(2000)]
    assert all(made)
    assert np.mean([d.calls for d in made if d]) == pytest.approx(calls, rel=0.1)
    wrong = "REJECT" if true >= 0.99 else "ACCEPT"
    assert np.mean([d.outcome == wrong for d in made if d]) < 0.07


@pytest.mark.parametrize(
    ("accept", "reject", "error"),
    [(0.9, 0.95, 0.05), (1.0, 0.9, 0.05), (0.9, 0.0, 0.05), (0.9, 0.8995, 0.05), (0.9, 0.8, 0.5)],
)
def test_rates_that_make_no_test(accept: float, reject: float, error: float) -> None:
    with pytest.raises(ValueError, match="must"):
        SequentialTest(accept, reject, error)


@pytest.mark.parametrize(
    ("passed", "failed", "outcome"),
    [(400, 0, "PASS"), (100, 0, "INCONCLUSIVE"), (97, 3, "INCONCLUSIVE"), (80, 20, "FAIL")],
)
def test_the_gate_is_on_the_interval(passed: int, failed: int, outcome: str) -> None:
    measured = rate((str(n), n < passed) for n in range(passed + failed))
    decision = gate(measured, 0.98)
    assert decision.outcome == outcome
    assert decision.reason.startswith(outcome)


def test_an_open_gate_says_how_many_calls_would_do() -> None:
    reason = gate(rate((str(n), True) for n in range(100)), 0.98).reason
    assert "about 189 independent calls" in reason
    assert wilson(189, 189)[0] >= 0.98 > wilson(188, 188)[0]


def test_an_open_gate_below_the_limit_promises_nothing() -> None:
    assert "independent calls" not in gate(rate((str(n), n < 97) for n in range(100)), 0.98).reason


def test_a_gate_without_an_answer_is_open() -> None:
    assert gate(rate([]), 0.98).outcome == "INCONCLUSIVE"


@pytest.mark.parametrize("under", [0.0, 1.0, 98])
def test_a_gate_needs_a_limit_that_can_be_met(under: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        gate(rate([]), under)


@pytest.mark.parametrize(
    ("passed", "failed", "unjudged", "given_up", "outcome"),
    [
        (400, 0, 0, False, "PASS"),
        (400, 0, 1, False, "PASS"),
        (400, 0, 20, False, "INCONCLUSIVE"),
        (198, 0, 122, False, "INCONCLUSIVE"),
        (400, 0, 0, True, "INCONCLUSIVE"),
        (50, 50, 0, True, "FAIL"),
        (50, 50, 25, False, "FAIL"),
        (90, 10, 2000, False, "INCONCLUSIVE"),
    ],
)
def test_the_gate_never_passes_on_what_it_did_not_see(
    passed: int, failed: int, unjudged: int, given_up: bool, outcome: str
) -> None:
    measured = rate((str(n), n < passed) for n in range(passed + failed))
    decision = gate(measured, 0.98, unjudged=unjudged, given_up=given_up)
    assert decision.outcome == outcome, decision.reason
    assert decision.reason.startswith(outcome)
