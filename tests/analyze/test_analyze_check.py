import pytest

from toolfuzz.analyze.check import (
    AskPairs,
    CheckDecision,
    CheckRule,
    Fresh,
    Reask,
    decide,
)
from toolfuzz.analyze.paired import CasePair, CaseResult

OK = CaseResult(True)
BAD = CaseResult(False, frozenset({"value-nulled"}))


def pairs(same: int, worse: int = 0, better: int = 0, defects: str = "abcdefgh") -> list[CasePair]:
    """Pairs in this order: worse (each with another defect), better, same."""
    made = []
    for n in range(worse):
        made.append(
            CasePair(f"worse-{n}", OK, CaseResult(False, frozenset(defects[n % len(defects)])))
        )
    made += [CasePair(f"better-{n}", BAD, OK) for n in range(better)]
    return made + [CasePair(f"same-{n}", OK, OK) for n in range(same)]


def fresh(ids: list[str], candidate: CaseResult, baseline: CaseResult = OK) -> dict[str, Fresh]:
    return {i: Fresh((baseline,) * 4, (candidate,) * 4) for i in ids}


def decided(step: object) -> CheckDecision:
    assert isinstance(step, CheckDecision)
    return step


def test_it_asks_a_hundred_pairs_first() -> None:
    assert decide([], {}) == AskPairs(100)
    assert decide(pairs(99), {}) == AskPairs(100)


def test_no_difference_passes_at_the_first_look() -> None:
    decision = decided(decide(pairs(100), {}))
    assert decision.outcome == "PASS"
    assert "100 of 100 pairs agree; 0 worse, 0 better" in decision.reason
    assert decision.high < 0.05


def test_a_doubt_asks_for_more() -> None:
    assert decide(pairs(96, worse=3, better=1), {}) == AskPairs(200)


def test_what_looks_worse_is_asked_again() -> None:
    step = decide(pairs(91, worse=8, better=1), {})
    assert isinstance(step, Reask)
    assert step.case_ids == (*(f"worse-{n}" for n in range(8)), "better-0")
    assert step.times == 4


def test_two_confirmed_cases_fail() -> None:
    asked = pairs(91, worse=8, better=1)
    again = fresh([f"worse-{n}" for n in range(2, 8)] + ["better-0"], OK)
    again |= fresh(["worse-0", "worse-1"], BAD)
    decision = decided(decide(asked, again))
    assert decision.outcome == "FAIL"
    assert decision.confirmed == ("worse-0", "worse-1")
    assert "91 of 100 pairs agree; 8 worse, 1 better" in decision.reason
    assert "2 of 9 changed cases" in decision.reason


def test_three_in_four_are_enough_and_half_is_not() -> None:
    asked = pairs(94, worse=6)
    rest = fresh([f"worse-{n}" for n in range(2, 6)], OK, BAD)
    three = {f"worse-{n}": Fresh((OK, OK, OK, BAD), (BAD, BAD, BAD, OK)) for n in range(2)}
    half = {f"worse-{n}": Fresh((OK, OK, OK, BAD), (BAD, BAD, OK, OK)) for n in range(2)}
    assert decided(decide(asked, rest | three)).outcome == "FAIL"
    assert decide(asked, rest | half) == AskPairs(200)


def test_many_small_differences_fail_by_their_sum() -> None:
    asked = pairs(94, worse=6)
    again = {f"worse-{n}": Fresh((OK,) * 4, (BAD, OK, OK, OK)) for n in range(6)}
    decision = decided(decide(asked, again))
    assert (decision.outcome, decision.confirmed) == ("FAIL", ())
    assert "z = 2.4" in decision.reason


def test_an_unconfirmed_suspicion_goes_on_and_ends_open() -> None:
    asked = pairs(94, worse=6)
    again = fresh([f"worse-{n}" for n in range(6)], OK)
    assert decide(asked, again) == AskPairs(200)
    decision = decided(decide(asked, again, exhausted=True))
    assert decision.outcome == "INCONCLUSIVE"
    assert "not on fresh answers to the 6 changed cases" in decision.reason


def test_answers_that_could_not_be_judged_confirm_nothing() -> None:
    again = {f"worse-{n}": Fresh((), ()) for n in range(6)}
    assert decide(pairs(94, worse=6), again) == AskPairs(200)


def test_a_defect_that_spreads_is_a_suspicion_even_when_the_rate_holds() -> None:
    moved = [
        CasePair(f"moved-{n}", BAD, CaseResult(False, frozenset({"no-call"}))) for n in range(8)
    ]
    asked = moved + pairs(92)
    step = decide(asked, {})
    assert isinstance(step, Reask) and len(step.case_ids) == 8
    new = fresh(list(step.case_ids), CaseResult(False, frozenset({"no-call"})), BAD)
    decision = decided(decide(asked, new))
    assert (decision.outcome, decision.suspects) == ("FAIL", ("no-call",))
    assert "no-call (0 → 8)" in decision.reason
    # The same failures again, but no longer of that class: nothing is confirmed.
    assert decide(asked, fresh(list(step.case_ids), BAD, BAD)) == AskPairs(200)


def test_without_a_baseline_to_ask_a_suspicion_is_final_and_says_so() -> None:
    decision = decided(decide(pairs(94, worse=6), {}, can_reask=False))
    assert decision.outcome == "FAIL"
    assert "can't be asked again" in decision.reason and "4 in 100" in decision.reason


def test_three_hundred_pairs_without_a_result_are_inconclusive() -> None:
    mixed = pairs(80, worse=10, better=10) + pairs(80, 10, 10) + pairs(80, 10, 10)
    asked = [CasePair(str(n), p.baseline, p.candidate) for n, p in enumerate(mixed)]
    decision = decided(decide(asked, {}))
    assert decision.outcome == "INCONCLUSIVE"
    assert decision.table.pairs == 300
    assert "margin 5.0" in decision.reason


def test_few_cases_are_judged_for_what_they_are() -> None:
    decision = decided(decide(pairs(40), {}, exhausted=True))
    assert (decision.outcome, decision.table.pairs) == ("INCONCLUSIVE", 40)
    wide = CheckRule(margin=0.2)
    assert decided(decide(pairs(40), {}, wide, exhausted=True)).outcome == "PASS"


def test_nothing_judged_on_both_sides() -> None:
    decision = decided(decide([], {}, exhausted=True))
    assert decision.outcome == "INCONCLUSIVE"
    assert "no case was judged on both sides" in decision.reason


@pytest.mark.parametrize("drop", [-0.03, 0.0, 0.07])
def test_the_words_say_which_way_it_went(drop: float) -> None:
    worse, better = (round(drop * 100), 0) if drop > 0 else (0, round(-drop * 100))
    asked = pairs(100 - worse - better, worse, better)
    decision = decided(decide(asked, {}, can_reask=False))
    word = {True: "fell by 7.0", False: "rose by 3.0"}[drop > 0] if drop else "did not change"
    assert word in decision.reason


def test_a_case_that_the_baseline_fails_half_the_time_confirms_nothing() -> None:
    """At most one in four: else a case that was always a coin toss would be blamed on a change."""
    asked = pairs(94, worse=6)
    rest = fresh([f"worse-{n}" for n in range(2, 6)], OK, BAD)
    toss = {f"worse-{n}": Fresh((OK, OK, BAD, BAD), (BAD,) * 4) for n in range(2)}
    assert decide(asked, rest | toss) == AskPairs(200)


def test_a_sum_of_differences_must_be_clear_not_merely_positive() -> None:
    """One more failure in one of six cases is z = 1.0, in two of them 1.4; the limit is 1.28."""
    asked = pairs(94, worse=6)
    same = fresh([f"worse-{n}" for n in range(6)], OK)
    one, two = (
        {f"worse-{n}": Fresh((OK,) * 4, (BAD, OK, OK, OK)) for n in range(count)}
        for count in (1, 2)
    )
    assert decide(asked, same | one) == AskPairs(200)
    decision = decided(decide(asked, same | two))
    assert (decision.outcome, decision.confirmed) == ("FAIL", ())
    assert "z = 1.4" in decision.reason


def test_a_pass_must_hold_also_if_all_that_nobody_saw_had_failed() -> None:
    """Then more is asked, in which a few of them weigh less; in the end it stays open."""
    assert decided(decide(pairs(100), {})).outcome == "PASS"
    assert decide(pairs(100), {}, unseen=1) == AskPairs(200)
    assert decided(decide(pairs(200), {}, unseen=1)).outcome == "PASS"
    decision = decided(decide(pairs(300), {}, unseen=20))
    assert decision.outcome == "INCONCLUSIVE"
    assert decision.reason.endswith(
        "20 cases that the baseline passed were not judged on the candidate."
    )


def test_what_nobody_saw_changes_no_failure() -> None:
    asked = pairs(94, worse=6)
    decision = decided(decide(asked, {}, can_reask=False, unseen=50))
    assert decision.outcome == "FAIL"
