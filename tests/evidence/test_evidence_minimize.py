"""Minimizing real cases against planted oracles."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from evidence_cases import big_case, failing_when, has_reference, one_call

from toolfuzz.core.case import Case, Expectation, Tool
from toolfuzz.evidence.control import nearby
from toolfuzz.evidence.minimize import minimize
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
)
from toolfuzz.evidence.simplify import PlainTree
from toolfuzz.evidence.tree import CaseTree, size


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
    assert size(result.case) <= 4, "the reference, and a member that tells what becomes of it"
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


def with_type(kind: object, value: object, name: str = "save") -> Case:
    schema = {"type": "object", "properties": {"a": {"type": kind}}, "required": ["a"]}
    return one_call(schema, {"a": value}, name)


def has_type_list(case: Case) -> bool:
    return any(
        isinstance(p.get("type"), list)
        for tool in case.tools
        for p in tool.parameters.get("properties", {}).values()
    )


def test_the_nearest_case_has_one_type_where_there_was_a_list() -> None:
    first = nearby(with_type(["boolean", "string"], True))[0]
    (tool,) = first.tools
    assert tool.parameters["properties"]["a"]["type"] == "boolean"
    assert first.calls[0].arguments == {"a": True}


async def test_the_control_passes_as_often_as_the_failure_was_asked_for() -> None:
    fails, _ = failing_when(has_type_list, 0.8, noise=0.0)
    result = await minimize(with_type(["boolean", "string"], True), fails)
    assert result.neighbour is not None
    assert not has_type_list(result.neighbour)
    assert result.neighbour.calls[0].arguments
    assert result.neighbour_asked >= result.asked >= 8


async def test_a_case_with_another_failure_is_no_control() -> None:
    """What no longer shows this failure may still be wrong in another way."""
    fails, _ = failing_when(has_type_list, 1.0)

    async def passes(case: Case) -> bool | None:
        return not has_type_list(case) and not case.calls[0].arguments

    result = await minimize(with_type(["boolean", "string"], True), fails, passes=passes)
    assert result.neighbour is not None
    assert not result.neighbour.calls[0].arguments


async def test_of_several_cases_the_one_that_fails_most_often_is_taken() -> None:
    rare, often = with_type("string", "a", "rare"), with_type("string", "a", "often")
    rng = random.Random(3)

    async def fails(case: Case) -> bool:
        return rng.random() < (0.7 if case.tools[0].name != "rare" else 0.08)

    result = await minimize(rare, fails, siblings=[rare, often])
    assert result.original == often
    assert result.complete


async def test_answers_that_were_paid_for_count_when_the_budget_ends() -> None:
    """The budget ends in the search for the control; the final askings are known by then."""
    stages: list[str] = []

    async def fails(case: Case) -> bool | None:
        if stages and stages[-1] == "looking for the control":
            raise BudgetSpentError("the budget is spent")
        return has_reference(case)

    result = await minimize(
        big_case(), fails, report=lambda standing: stages.append(standing.stage)
    )
    assert result.reason == "the budget is spent"
    assert (result.reproduced, result.asked) == (8, 8)
    assert result.seen is not None


def test_a_question_that_forbids_calls_keeps_its_words() -> None:
    """It speaks of a call, and the request forbids it; other words would be another question."""
    case = big_case()
    turn = replace(case.turns[0], expect=Expectation("no_call"), tool_choice="none")
    other = Tool("other", "Another one.", {"type": "object", "properties": {}})
    forbidden = replace(case, probe="abstain", tools=(*case.tools, other), turns=(turn,))
    tree = CaseTree(forbidden)
    (node,) = (n for n in tree.nodes if n.part == "tool" and n.index == 1)
    smaller = tree.build(frozenset({node}))
    assert smaller is not None
    assert smaller.turns == (turn,)
    plain = PlainTree(forbidden)
    for change in plain.candidates(frozenset()):
        made = plain.build(frozenset({change}))
        assert made is not None
        assert made.turns[0].tool_choice == "none" or change.kind == "probe"


def string_of(case: Case) -> str:
    return str(case.calls[0].arguments["a"])


async def test_what_a_parser_strips_stays_beside_a_letter() -> None:
    """A blank string shows that space is lost as well as any other, and tells less."""
    fails, _ = failing_when(
        lambda case: "a" in case.calls[0].arguments and string_of(case)[-1:] == "\n"
    )
    result = await minimize(with_type("string", "one\ntwo\n"), fails, deterministic=True)
    assert string_of(result.case) == "x\n"
    fails, _ = failing_when(
        lambda case: string_of(case) == "\n" if case.calls[0].arguments else False
    )
    result = await minimize(with_type("string", "\n"), fails, deterministic=True)
    assert string_of(result.case) == "\n", "only what still fails is more telling"


@pytest.mark.parametrize(
    ("kind", "value", "told"), [("object", {"k": 2}, {"b": 1}), ("array", [3, 4], [1])]
)
async def test_what_a_parser_spells_as_text_is_not_empty(
    kind: str, value: object, told: object
) -> None:
    fails, _ = failing_when(lambda case: "a" in case.calls[0].arguments)
    result = await minimize(with_type(kind, value), fails, deterministic=True)
    assert result.case.calls[0].arguments["a"] == told


async def test_a_format_that_cannot_carry_most_cases_tires_nobody() -> None:
    """What could not be asked is no answer; of a parser that says nothing of the rest."""
    fails, asked = failing_when(has_reference)

    async def picky(case: Case) -> bool | None:
        return await fails(case) if len(asked) % 25 == 0 or not asked else asked.append(case)

    result = await minimize(big_case(), picky, deterministic=True)
    assert "no answer" not in result.reason


async def test_what_a_format_cannot_carry_is_not_asked_over_and_over() -> None:
    fails, _ = failing_when(has_reference)
    lost: Counter[str] = Counter()

    async def picky(case: Case) -> bool | None:
        if has_reference(case):
            return await fails(case)
        lost[case.id] += 1
        return None

    result = await minimize(big_case(), picky, deterministic=True)
    assert size(result.case) <= 4
    assert max(lost.values()) <= 4, "once in each of a few stages"
