"""Whatever a model calls, the world answers and its outcome can be read."""

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, find
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.outcome import outcome
from toolfuzz.worlds.play import Passed, play
from toolfuzz.worlds.spec import world_of
from toolfuzz.worlds.user import ScriptedUser
from toolfuzz.worlds.view import texts_of

NAMES = sorted(all_dimensions())


@cache
def drawn(name: str) -> tuple[Case, Case]:
    family = find(name)
    return draw_pair(family, 3, 1, min(family.levels[0] + 2, family.usual))


def odd() -> st.SearchStrategy[Json]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    scalars |= st.sampled_from([10**400, -(10**400), "\ud800", float("inf")])
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "a", ""]), inner, max_size=3)
        ),
        max_leaves=6,
    )


@st.composite
def calls(draw: st.DrawFn, case: Case) -> list[tuple[str, JsonObject]]:
    """Calls of the known way, bent, and others with values of the world and from anywhere."""
    world = world_of(case)
    way = [(call.tool, call.arguments) for round in world.gold for call in round]
    ids = [id for records in world.records.values() for id in records]
    told = st.sampled_from([*ids, *texts_of(dict(world.records))])
    values = odd() | told | st.lists(told | odd(), max_size=3)
    made = []
    for tool, arguments in draw(st.lists(st.sampled_from(way), max_size=12)):
        known = case.tools if draw(st.booleans()) else ()
        names = {n for one in known if one.name == tool for n in one.parameters["properties"]}
        bent = st.dictionaries(st.sampled_from(sorted({*names, *arguments, "odd"})), values)
        name = draw(st.sampled_from([tool, tool, *(one.name for one in case.tools), "no_tool"]))
        given = {**arguments, **draw(bent)}
        for left_out in draw(st.lists(st.sampled_from([*given, ""]), max_size=2)):
            given.pop(left_out, None)
        made.append((name, given))
    return made


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=12)
@given(st.data())
def test_no_call_breaks_a_world(name: str, data: st.DataObject) -> None:
    case = drawn(name)[data.draw(st.integers(0, 1))]
    machine = Machine(world_of(case))
    for n, (tool, arguments) in enumerate(data.draw(calls(case))):
        told = machine.call(tool, arguments, round=n // 2, place=n % 2).told
        assert json.loads(told.encode()) is not None
    user = ScriptedUser(machine)
    for n in range(6):
        user.says(n)
    list(user.findings())
    for ended in (True, False):
        assert outcome(machine, ended=ended).checks


@pytest.mark.parametrize("name", NAMES)
def test_arguments_nested_beyond_all_reason_are_refused(name: str) -> None:
    case, _ = drawn(name)
    deep = "[" * 900 + "]" * 900
    raw = f'{{"odd": {deep}}}'
    talk = play(case)
    for n in range(2):
        sent = [ToolCall(f"call_{n}_{k}", tool.name, raw) for k, tool in enumerate(case.tools)]
        talk.answer(Passed(Reply("", False, 200, text="", calls=tuple(sent))))
    assert "nested too deeply" in talk.case.turns[0].results[0]
    assert talk.outcome.status == "fail"


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_calls_at_once_are_executed_and_a_talk_without_end_ends(name: str) -> None:
    case, _ = drawn(name)
    talk, tool = play(case), case.tools[0].name
    sent = tuple(ToolCall(f"call_{n}", tool, "{}") for n in range(1000))
    replies = 0
    while talk.turn is not None:
        size = 1000 if not replies else 1
        talk.answer(Passed(Reply("", False, 200, text="", calls=sent[:size])))
        replies += 1
    assert replies == world_of(case).most_rounds
    assert talk.outcome.status == "fail"
