"""Conversations with parts of them gone: what they ask for is still known, turn by turn."""

import random
from collections.abc import Iterator

import pytest
from evidence_cases import failing_when, follow_up, one_call

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.talk import rehearsed
from toolfuzz.core.validation import fits
from toolfuzz.evidence.minimize import minimize
from toolfuzz.evidence.rebuild import rebuild, scripted
from toolfuzz.evidence.simplify import PlainTree
from toolfuzz.evidence.tree import CaseTree
from toolfuzz.generate import draw_cases
from toolfuzz.simulate.brain import answer


def right(case: Case) -> bool:
    """Whether a perfect model that sees the requests alone makes the calls that are expected."""
    for turn, ask in zip(case.turns, rehearsed(case, model="m"), strict=True):
        offered = {tool.name: tool for tool in ask.tools}
        if any(
            c.tool not in offered or not fits(offered[c.tool].parameters, c.arguments)
            for c in turn.expect.calls
        ):
            return False
        _, calls = answer(ask)
        if [(c.name, c.arguments) for c in calls] != [
            (c.tool, c.arguments) for c in turn.expect.calls
        ]:
            return False
    return True


@pytest.fixture(scope="module")
def conversations() -> list[Case]:
    return [case for case in draw_cases(120, seed=3) if len(case.turns) > 1]


def smaller(case: Case) -> Iterator[Case]:
    tree, plain = CaseTree(case), PlainTree(case)
    for node in tree.candidates(frozenset()):
        if (made := tree.build(frozenset({node}))) is not None:
            yield made
    for change in plain.candidates(frozenset()):
        if (made := plain.build(frozenset({change}))) is not None:
            yield made


def test_there_are_conversations_of_all_kinds(conversations: list[Case]) -> None:
    assert len({c.probe for c in conversations}) >= 5
    assert any(scripted(c) for c in conversations)
    assert any(not scripted(c) for c in conversations)


def test_whatever_is_taken_away_the_right_answers_are_known(conversations: list[Case]) -> None:
    for case in conversations[::3]:
        assert right(case)
        made = list(smaller(case))
        assert made
        for other in random.Random(1).sample(made, min(len(made), 6)):
            assert right(other), other


def test_each_turn_can_say_itself_what_it_wants(conversations: list[Case]) -> None:
    for case in conversations:
        plain = rebuild(case, case.tools, case.calls, probe="echo")
        assert plain is not None
        assert not scripted(plain)
        assert plain.calls == case.calls
        assert right(plain), case
        for first in range(1, len(case.turns)):
            after = range(first, len(case.turns))
            last = rebuild(case, case.tools, case.calls, turns=after, probe="echo")
            assert last is not None
            assert last.calls == tuple(c for t in case.turns[first:] for c in t.expect.calls)
            assert right(last), case


def test_what_later_turns_carry_follows_the_first_call() -> None:
    case = follow_up()
    smallest = CaseTree(case)
    nodes = frozenset(
        n for n in smallest.nodes if n.part == "schema" and n.path == ("properties", "plain_0")
    )
    made = smallest.build(nodes)
    assert made is not None
    assert "plain_0" not in made.turns[0].expect.calls[0].arguments
    assert "plain_0" not in made.turns[0].messages[-1].content
    assert made.turns[1] == case.turns[1]
    assert right(made)


async def test_what_needs_no_history_is_asked_without_it() -> None:
    fails, _ = failing_when(lambda case: True)
    result = await minimize(follow_up(), fails, deterministic=True)
    assert len(result.case.turns) == 1
    assert result.original == follow_up()


async def test_what_needs_a_turn_before_keeps_one_that_is_plain() -> None:
    fails, _ = failing_when(lambda case: len(case.turns) > 1, 0.7, noise=0.02)
    result = await minimize(follow_up(), fails)
    assert result.complete
    assert len(result.case.turns) == 2
    assert not scripted(result.case)
    assert [t.name for t in result.case.tools] == ["f"]
    assert all(not c.arguments for c in result.case.calls)
    assert right(result.case)


async def test_what_needs_the_result_keeps_the_script() -> None:
    fails, _ = failing_when(scripted)
    result = await minimize(follow_up(), fails, deterministic=True)
    assert scripted(result.case)
    assert right(result.case)
    first, second = result.case.turns
    assert not first.expect.calls[0].arguments
    assert second.expect.calls[0].arguments == {"ticket": "9e37a1b2c3"}
    assert all(m.role != "system" for m in first.messages)


def test_what_another_parameter_refers_to_stays() -> None:
    text = {"type": "string"}
    place = {
        "properties": {"source": text, "sink": {"$ref": "#/properties/route/properties/source"}}
    }
    case = one_call(
        {"type": "object", "properties": {"route": {"type": "object", **place}}},
        {"route": {"source": "a", "sink": "b"}},
    )
    tree = CaseTree(case)
    source = ("properties", "route", "properties", "source")
    (node,) = (n for n in tree.nodes if n.part == "schema" and n.path == source)
    assert not tree.valid(frozenset({node}))


@pytest.mark.parametrize("compare", ["exact", "schema"])
def test_one_s_own_words_stay_while_they_ask_for_the_same(compare: str) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools = tuple(Tool(name, "", schema) for name in ("weather", "traffic"))
    right = {"city": "Bonn"} if compare == "exact" else {}
    calls = (ExpectedCall("weather", right),)
    said = Message("user", "Rain in Bonn?"), Message("system", "Be brief.")
    turn = Turn(said[::-1], Expectation("calls", calls, compare=compare))  # type: ignore[arg-type]
    case = Case("tools:a", "prompts", (), tools, (turn,))
    fewer = rebuild(case, [tools[0], None], case.calls)
    assert fewer is not None and [tool.name for tool in fewer.tools] == ["weather"]
    assert fewer.turns == case.turns
    assert rebuild(case, [None, tools[1]], case.calls) is None
    other = rebuild(case, tools, [ExpectedCall("weather", {"city": "Ulm"})])
    assert other is not None and "Ulm" in other.turns[0].messages[-1].content
