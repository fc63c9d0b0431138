"""Whatever a model calls, with whatever arguments: the world refuses it or does it."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import Json
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, find
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.outcome import outcome
from toolfuzz.worlds.spec import World, world_of
from toolfuzz.worlds.view import texts_of

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


def values(known: list[str]) -> st.SearchStrategy[Json]:
    leaves = SCALARS | st.sampled_from(known)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(known) | st.text(), inner, max_size=3)
        ),
        max_leaves=6,
    )


@cache
def drawn(name: str, k: int) -> tuple[World, dict[str, list[str]], list[str]]:
    """Return a world, the parameters of its tools, and texts that mean something in it."""
    case = draw_pair(find(name), 4, k, find(name).levels[0])[0]
    world = world_of(case)
    parameters = {tool.name: list(tool.parameters.get("properties", {})) for tool in case.tools}
    return world, parameters, sorted(set(texts_of([world.records, world.task, *world.deeds])))


@pytest.mark.parametrize("name", all_dimensions())
@given(data=st.data())
@settings(deadline=None, max_examples=20)
def test_no_call_breaks_a_world(name: str, data: st.DataObject) -> None:
    world, parameters, known = drawn(name, data.draw(st.integers(0, 2)))
    anything = values(known)
    machine = Machine(world)
    for round in range(data.draw(st.integers(1, 6))):
        tool = data.draw(st.sampled_from(sorted(parameters)) | st.text(max_size=3))
        names = parameters.get(tool, [])
        given = data.draw(st.fixed_dictionaries(dict.fromkeys(names, anything)))
        given |= data.draw(st.dictionaries(st.text(max_size=3), anything, max_size=1))
        for left_out in data.draw(st.lists(st.sampled_from([*names, ""]), max_size=2)):
            given.pop(left_out, None)
        machine.call(tool, given, round=round)
        for call in world.gold[round] if round < len(world.gold) else ():
            machine.call(call.tool, call.arguments, round=round)
    outcome(machine, ended=data.draw(st.booleans()))
