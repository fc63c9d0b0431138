"""Minimizing real cases against planted oracles."""

import pytest
from evidence_cases import big_case, failing_when, has_reference, one_call

from toolfuzz.core.case import Case
from toolfuzz.evidence.minimize import minimize
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
)
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
