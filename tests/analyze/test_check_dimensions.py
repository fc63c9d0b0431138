"""A check fails where a model got worse in one dimension, whatever the rate as a whole says."""

from made_pairs import OK, bad, decided, fresh
from made_up import TARGETS
from test_analyze_dimensions import run_of, scenario, verdict

from toolfuzz.analyze.check import CheckRule, Reask, decide
from toolfuzz.analyze.paired import CallPair, CallResult, concerned, pair_up

PLAN = bad("dimension plan", "call-before-known")


def pairs(worse: int, known: int = 4, scenarios: int = 40, others: int = 260) -> list[CallPair]:
    """So many scenarios of plan, some worse; ``known`` fail on both sides, as others' twins do."""
    made = [CallPair(f"worse-{n}", OK, PLAN, dimension="plan") for n in range(worse)]
    made += [CallPair(f"known-{n}", PLAN, PLAN, dimension="plan") for n in range(known)]
    same = scenarios - worse - known
    made += [CallPair(f"same-{n}", OK, OK, dimension="plan") for n in range(same)]
    other = [CallPair(f"other-{n}", OK, OK, dimension="scope") for n in range(others)]
    # As they are drawn, in turn.
    step = others // scenarios
    return [
        pair
        for n, one in enumerate(made)
        for pair in (one, *other[n * step : (n + 1) * step])
    ]  # fmt: skip


def worse(n: int) -> list[str]:
    return [f"worse-{k}" for k in range(n)]


def test_a_dimension_is_judged_on_its_own_scenarios() -> None:
    """11 of 280 are a drop of 4 points, within what the rate may; of plan they are 28."""
    rule = CheckRule(looks=(280,))
    step = decide(pairs(11), {}, rule)
    assert isinstance(step, Reask) and set(step.case_ids) == set(worse(11))
    decision = decided(decide(pairs(11), fresh(worse(11), PLAN), rule))
    assert (decision.outcome, decision.defects.answer) == ("FAIL", "yes")
    assert "dimension plan" in decision.suspects
    assert decision.defects.words.startswith(
        "Worse in the dimension plan: 4 → 15 of 40 scenarios failed; asked again 88 times: the "
        "candidate failed 44 of 44, the baseline 0 of 44."
    )


def test_new_defects_may_be_allowed_a_worse_dimension_not() -> None:
    rule = CheckRule(looks=(280,), allow_new_defects=True)
    decision = decided(decide(pairs(11), fresh(worse(11), PLAN), rule))
    assert (decision.outcome, decision.defects.answer) == ("FAIL", "yes")
    assert "call-before-known" not in decision.suspects


def test_what_was_not_so_again_is_no_reason_to_fail() -> None:
    rule = CheckRule(looks=(280,))
    decision = decided(decide(pairs(11), fresh(worse(11), OK), rule))
    assert decision.outcome == "INCONCLUSIVE"
    assert "Perhaps worse in the dimension plan" in decision.defects.words


def test_a_few_more_failures_are_chance() -> None:
    decision = decided(decide(pairs(2), {}, CheckRule(looks=(280,))))
    assert decision.outcome == "PASS"
    assert decision.defects.words == (
        "No defect is new or clearly more frequent, and no dimension is worse."
    )


def test_without_a_baseline_to_ask_the_first_answers_have_to_show_it() -> None:
    decision = decided(decide(pairs(20), {}, CheckRule(looks=(280,)), can_reask=False))
    assert decision.outcome == "FAIL"
    assert "the baseline can't be asked again" in decision.defects.words


def test_pairs_know_their_dimension_when_both_sides_were_judged_in_it() -> None:
    before = [verdict(scenario(n)) for n in range(3)]
    before.append(verdict(scenario(0, twin=True)))
    after = [
        verdict(scenario(0, "fail")),
        verdict(scenario(1, "unjudged"), "fail"),
        verdict(scenario(2)),
        verdict(scenario(0, "fail", twin=True)),
    ]
    name = TARGETS[0].name
    found = pair_up(run_of(before), name, run_of(after), name)
    assert [pair.dimension for pair in found] == ["plan", "", "plan", ""]
    assert [pair.candidate.defects for pair in found] == [
        {"dimension plan"}, frozenset(), frozenset(), frozenset(),
    ]  # fmt: skip
    assert len(concerned(found, "dimension plan")) == 2
    assert len(concerned(found, "call-before-known")) == 4
    assert CallResult.of(after[1]) == CallResult(False)
