"""The two questions of a check: what is asked next, what is said, and where the borders lie."""

import pytest
from made_pairs import BAD, OK, bad, decided, fresh, pairs, some

from toolfuzz.analyze.check import AskCases, CheckRule, Reask, decide
from toolfuzz.analyze.confirm import Fresh
from toolfuzz.analyze.paired import CallPair

MOVED = [CallPair(f"moved-{n}", BAD, bad("no-call")) for n in range(8)]
MOVED_IDS = [pair.case_id for pair in MOVED]


def test_it_asks_a_hundred_cases_first() -> None:
    assert decide([], {}) == AskCases(100)
    assert decide(pairs(99), {}) == AskCases(100)


def test_no_difference_passes_at_the_first_look() -> None:
    decision = decided(decide(pairs(100), {}))
    assert decision.outcome == "PASS"
    assert (decision.rate.answer, decision.defects.answer) == ("no", "no")
    assert "100 of 100 calls agree, 0 worse, 0 better" in decision.reason
    assert decision.high < 0.05


def test_a_doubt_asks_for_more() -> None:
    assert decide(pairs(96, worse=3, better=1), {}) == AskCases(200)


def test_what_looks_worse_is_asked_again() -> None:
    step = decide(pairs(91, worse=8, better=1), {})
    assert isinstance(step, Reask)
    assert step.case_ids == (*(f"worse-{n}" for n in range(8)), "better-0")
    assert step.times == 4


def test_a_rate_beyond_the_margin_fails_and_tells_the_counts() -> None:
    asked = pairs(87, worse=12, better=1)
    again = fresh([f"worse-{n}" for n in range(12)], BAD) | fresh(["better-0"], OK)
    decision = decided(decide(asked, again))
    assert decision.outcome == "FAIL"
    assert (decision.rate.answer, decision.defects.answer) == ("yes", "no")
    assert decision.rate.words.startswith("The rate is worse than the margin allows: 87 of 100")
    assert "success fell by 11.0 points, from 91.0% to 80.0%" in decision.reason
    assert (
        "Asked again 104 times: the candidate failed 48 of 52, the baseline 0 of 52."
        in decision.reason
    )
    assert decision.confirmed == tuple(f"worse-{n}" for n in range(12))


def test_a_drop_within_the_margin_that_adds_to_known_defects_is_no_failure() -> None:
    """However sure it is: the margin says that so much is tolerated."""
    asked = pairs(194, worse=6)
    decision = decided(decide(asked, fresh([f"worse-{n}" for n in range(6)], BAD), exhausted=True))
    assert decision.outcome != "FAIL"
    wide = decided(decide(asked, {}, CheckRule(margin=0.2)))
    assert (wide.outcome, wide.rate.answer, wide.defects.answer) == ("PASS", "no", "no")


def test_the_same_drop_by_a_new_defect_is_one() -> None:
    asked = pairs(92, worse=8, defects="a", known=False)
    again = fresh([f"worse-{n}" for n in range(2)], bad("a"))
    again |= fresh([f"worse-{n}" for n in range(2, 8)], OK)
    decision = decided(decide(asked, again))
    assert (decision.outcome, decision.rate.answer) == ("FAIL", "open")
    assert decision.defects.words == (
        "A new defect: a (0 → 8 calls); asked again 64 times: the candidate showed it in 8 of 32, "
        "the baseline 0 of 32."
    )
    assert decision.suspects == ("", "a")
    assert decision.confirmed == ("worse-0", "worse-1")


def test_new_defects_can_be_allowed() -> None:
    asked = pairs(192, worse=8, defects="a", known=False)
    again = fresh([f"worse-{n}" for n in range(8)], bad("a"))
    assert decided(decide(asked, again)).outcome == "FAIL"
    allowed = CheckRule(margin=0.2, allow_new_defects=True)
    decision = decided(decide(asked, {}, allowed))
    assert decision.outcome == "PASS"
    assert decision.defects.words == "New defects are allowed."


def test_a_known_defect_may_grow_as_far_as_the_margin_goes() -> None:
    grown = [CallPair(f"grown-{n}", BAD, bad("a")) for n in range(20)]
    asked = [CallPair("old", bad("a"), bad("a")), *grown, *pairs(79)]
    decision = decided(decide(asked, fresh([p.case_id for p in grown], bad("a"), BAD)))
    assert (decision.outcome, decision.rate.answer) == ("FAIL", "no")
    assert "A clearly more frequent defect: a (1 → 21 calls); asked again 160" in decision.reason
    wide = decided(decide(asked, {}, CheckRule(margin=0.4)))
    assert (wide.outcome, wide.defects.answer) == ("PASS", "no")


def test_three_in_four_are_enough_and_half_is_not() -> None:
    asked = [*MOVED, *pairs(92)]
    rest = fresh(MOVED_IDS[2:], BAD, BAD)
    for failing, old, outcome in ((3, 1, "FAIL"), (2, 1, None), (3, 2, None)):
        two = {
            (i, False): Fresh(some(old, slug="no-call"), some(failing, slug="no-call"))
            for i in MOVED_IDS[:2]
        }
        balance = {(i, False): Fresh(some(1, slug="no-call"), some(0)) for i in MOVED_IDS[2:6]}
        step = decide(asked, rest | balance | two)
        assert (step == AskCases(200)) if outcome is None else decided(step).outcome == outcome


def test_many_small_differences_confirm_by_their_sum() -> None:
    asked = [*MOVED, *pairs(92)]
    again = {(i, False): Fresh(some(0), some(1, slug="no-call")) for i in MOVED_IDS}
    decision = decided(decide(asked, again))
    assert (decision.outcome, decision.confirmed) == ("FAIL", ())
    assert "the candidate showed it in 8 of 32, the baseline 0 of 32" in decision.reason


def test_an_unconfirmed_suspicion_goes_on_and_ends_open() -> None:
    asked = pairs(94, worse=6)
    again = fresh([f"worse-{n}" for n in range(6)], OK)
    assert decide(asked, again) == AskCases(200)
    decision = decided(decide(asked, again, exhausted=True))
    assert (decision.outcome, decision.rate.answer) == ("INCONCLUSIVE", "open")
    assert "the candidate failed 0 of 24, the baseline 0 of 24" in decision.reason


def test_answers_that_could_not_be_judged_confirm_nothing() -> None:
    again = {(f"worse-{n}", False): Fresh((), ()) for n in range(6)}
    assert decide(pairs(94, worse=6), again) == AskCases(200)


def test_a_defect_that_is_new_is_one_even_when_the_rate_holds() -> None:
    asked = [*MOVED, *pairs(92)]
    step = decide(asked, {})
    assert isinstance(step, Reask) and len(step.case_ids) == 8
    decision = decided(decide(asked, fresh(MOVED_IDS, bad("no-call"), BAD)))
    assert (decision.outcome, decision.suspects) == ("FAIL", ("no-call",))
    assert (decision.rate.answer, decision.defects.answer) == ("no", "yes")
    assert "no-call (0 → 8 calls)" in decision.reason
    # The same failures again, but no longer of that class: nothing is confirmed.
    assert decide(asked, fresh(MOVED_IDS, BAD, BAD)) == AskCases(200)


def test_without_a_baseline_to_ask_a_new_defect_is_final_and_says_so() -> None:
    decision = decided(decide([*MOVED, *pairs(92)], {}, can_reask=False))
    assert (decision.outcome, decision.confirmed) == ("FAIL", ())
    assert "the baseline can't be asked again, so this was not confirmed" in decision.reason


def test_without_a_baseline_to_ask_only_the_interval_shows_a_drop() -> None:
    """A drop that chance doesn't explain may still lie within the margin."""
    assert decide(pairs(92, worse=8), {}, can_reask=False) == AskCases(200)
    decision = decided(decide(pairs(80, worse=20), {}, can_reask=False))
    assert (decision.outcome, decision.rate.answer) == ("FAIL", "yes")
    assert decision.low > 0.05


def test_three_hundred_cases_without_a_result_are_inconclusive() -> None:
    mixed = pairs(80, worse=10, better=10) + pairs(80, 10, 10) + pairs(80, 10, 10)
    asked = [CallPair(str(n), p.baseline, p.candidate) for n, p in enumerate(mixed)]
    decision = decided(decide(asked, fresh([str(n) for n in range(300)], OK)))
    assert (decision.outcome, decision.rate.answer) == ("INCONCLUSIVE", "open")
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
    assert "No case was judged on both sides" in decision.reason


@pytest.mark.parametrize(
    ("worse", "better", "words"),
    [(20, 0, "fell by 20.0"), (0, 3, "rose by 3.0"), (0, 0, "did not change (100.0%)")],
)
def test_the_words_say_which_way_it_went(worse: int, better: int, words: str) -> None:
    asked = pairs(100 - worse - better, worse, better)
    assert words in decided(decide(asked, {}, can_reask=False)).reason


def unseen(count: int) -> list[CallPair]:
    return [CallPair(f"unseen-{n}", OK, bad()) for n in range(count)]


def test_a_pass_must_hold_also_if_all_that_nobody_saw_had_failed() -> None:
    """Then more is asked, in which a few of them weigh less; in the end it stays open."""
    assert decided(decide(pairs(100), {})).outcome == "PASS"
    assert decide(pairs(100), {}, unseen=unseen(1)) == AskCases(200)
    assert decided(decide(pairs(200), {}, unseen=unseen(1))).outcome == "PASS"
    decision = decided(decide(pairs(300), {}, unseen=unseen(20)))
    assert decision.outcome == "INCONCLUSIVE"
    assert "20 calls that the baseline passed were not judged on the candidate." in decision.reason


def test_what_nobody_saw_changes_no_failure() -> None:
    asked = pairs(80, worse=20)
    decision = decided(decide(asked, {}, can_reask=False, unseen=unseen(50)))
    assert decision.outcome == "FAIL"


def test_both_streams_are_two_calls_of_one_case() -> None:
    """A look is at so many cases; what fails when streamed is asked again and judged there."""
    plain = [CallPair(f"c{n}", OK, OK) for n in range(100)]
    streamed = [CallPair(f"c{n}", OK, bad("a") if n < 8 else OK, True) for n in range(100)]
    asked = [pair for both in zip(plain, streamed, strict=True) for pair in both]
    step = decide(asked, {})
    assert isinstance(step, Reask) and step.case_ids == tuple(f"c{n}" for n in range(8))
    again = {
        (f"c{n}", stream): Fresh(some(0), some(4 if stream else 0))
        for n in range(8)
        for stream in (False, True)
    }
    decision = decided(decide(asked, again))
    assert decision.outcome == "FAIL"
    assert (decision.table.pairs, decision.table.drop) == (200, 0.04)
    assert "the candidate showed it in 32 of 32, the baseline 0 of 32" in decision.reason


def test_what_fails_in_both_modes_counts_as_one_case() -> None:
    """Three cases that changed are chance, however many calls they are."""
    calls = [
        CallPair(f"c{n}", OK, bad("a") if n < 3 else OK, stream)
        for n in range(100)
        for stream in (False, True)
    ]
    assert not isinstance(decide(calls, {}), Reask)
