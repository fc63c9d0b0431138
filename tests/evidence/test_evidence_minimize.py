"""Minimizing real cases against planted oracles."""

import pytest
from evidence_cases import big_case, failing_when, has_reference, one_call

from toolfuzz.core.case import Case
from toolfuzz.evidence.ablation import Cause, ablate
from toolfuzz.evidence.minimize import minimize
from toolfuzz.evidence.reduce import BudgetSpentError
from toolfuzz.evidence.toggles import toggle
from toolfuzz.evidence.tree import size


@pytest.mark.parametrize("rate", [1.0, 0.7])
async def test_only_the_culprit_is_left(rate: float) -> None:
    fails, asked = failing_when(has_reference, rate, noise=0.0 if rate == 1.0 else 0.02)
    result = await minimize(big_case(), fails, deterministic=rate == 1.0)
    (tool,) = result.case.tools
    assert list(tool.parameters["properties"].values()) == [{"$ref": "#/$defs/Settings"}]
    assert result.complete
    assert result.calls == len(asked)
    assert result.reproduced > 0
    assert result.low <= result.reproduced / result.asked <= result.high
    assert result.neighbour is not None
    assert not has_reference(result.neighbour)


async def test_where_answers_are_certain_one_call_a_step_is_enough() -> None:
    fails, asked = failing_when(has_reference)
    result = await minimize(big_case(), fails, deterministic=True)
    assert size(result.case) <= 3
    assert len({c.id for c in asked}) >= 0.6 * len(asked), "hardly anything is asked twice"
    assert result.asked == 1
    assert len(asked) < 60


async def test_a_character_that_matters_is_found() -> None:
    case = one_call(
        {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
        {"text": "some words and then a <tag> in the middle"},
    )

    def tagged(other: Case) -> bool:
        calls = other.turns[0].expect.calls
        return any("<" in str(v) for call in calls for v in call.arguments.values())

    fails, _ = failing_when(tagged)
    result = await minimize(case, fails, deterministic=True)
    assert list(result.case.turns[0].expect.calls[0].arguments.values()) == ["<"]


async def test_what_does_not_come_again_is_not_minimized() -> None:
    fails, asked = failing_when(lambda case: False)
    result = await minimize(big_case(), fails)
    assert "not reproduced" in result.reason
    assert not result.confirmed
    assert result.case == big_case()
    assert len(asked) == 48


async def test_what_hardly_ever_comes_is_said_plainly() -> None:
    fails, _ = failing_when(lambda case: True, 0.07, seed=4)
    result = await minimize(big_case(), fails)
    assert not result.complete
    assert "only" in result.reason


@pytest.mark.parametrize("calls", [1, 4, 9])
async def test_a_small_budget_ends_it_with_the_best_so_far(calls: int) -> None:
    fails, asked = failing_when(has_reference)

    async def stingy(case: Case) -> bool | None:
        if len(asked) >= calls:
            raise BudgetSpentError(f"the budget of {calls} calls is spent")
        return await fails(case)

    result = await minimize(big_case(), stingy, deterministic=True)
    assert result.reason == f"the budget of {calls} calls is spent"
    assert not result.complete
    assert has_reference(result.case)


async def test_a_target_that_stops_answering_ends_it() -> None:
    fails, asked = failing_when(has_reference)

    async def dying(case: Case) -> bool | None:
        return await fails(case) if len(asked) < 10 else None

    result = await minimize(big_case(), dying)
    assert "no answer that could be judged" in result.reason
    assert has_reference(result.case)


@pytest.mark.parametrize("rate", [1.0, 0.6])
async def test_ablation_names_the_cause(rate: float) -> None:
    fails, _ = failing_when(has_reference, rate)
    cause = await ablate(big_case(), fails, deterministic=rate == 1.0)
    assert cause.features == ("ref-defs",)
    assert cause.proven
    assert "The cause is ref-defs" in cause.words


async def test_ablation_of_something_without_a_feature_names_none() -> None:
    fails, _ = failing_when(lambda case: True, 0.6, seed=2)
    cause = await ablate(big_case(), fails)
    assert not cause.features
    assert not cause.proven


async def test_needed_is_said_after_enough_answers_and_no_more() -> None:
    """Without the feature it never fails. How many such answers does it take to say so?

    A feature that hardly matters leaves 85% of the failures (here .9). The chance that it is
    called needed must be small, and what is clear must not be asked for ever.
    """
    fails, asked = failing_when(has_reference)
    cause = await ablate(big_case(), fails, slots=1)
    assert cause.features == ("ref-defs",)
    without = toggle(big_case(), "ref-defs")
    assert without is not None
    answers = sum(one.id == without.case.id for one in asked)
    assert (1 - 0.85 * 0.9) ** answers < 0.002
    assert answers <= 8


async def test_what_is_needed_but_not_enough_is_no_cause() -> None:
    """It fails by the reference only in a wide schema, and width alone is no feature here."""

    def wide_with_reference(case: Case) -> bool:
        (tool,) = case.tools
        return has_reference(case) and len(tool.parameters["properties"]) > 6

    fails, _ = failing_when(wide_with_reference)
    cause = await ablate(big_case(), fails, deterministic=True)
    assert "ref-defs" in cause.features
    assert not cause.suffices
    assert not cause.proven
    assert "alone it is not enough" in cause.words


@pytest.mark.parametrize(
    ("features", "suffices", "proven"),
    [(("a",), True, True), (("a",), False, False), ((), True, False)],
)
def test_a_cause_is_what_is_needed_and_alone_enough(
    features: tuple[str, ...], suffices: bool, proven: bool
) -> None:
    assert Cause(features, (), suffices, (), 0.7, 100).proven is proven
