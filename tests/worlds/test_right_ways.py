"""Whatever the dimension, the right calls are right in any shape and pace, with reads beside."""

from collections.abc import Callable, Sequence
from functools import cache

import pytest

from toolfuzz.core.case import Case, ExpectedCall, Json
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, family_of, find
from toolfuzz.worlds import agents
from toolfuzz.worlds.agents import Agent
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.spec import World, world_of
from toolfuzz.worlds.view import Step, View

READS = ("get", "find", "list", "logged", "quota")


@cache
def drawn(name: str) -> Sequence[Case]:
    return [case for k in range(2) for case in draw_pair(find(name), 9, k)]


def bent(case: Case, bend: Callable[[World, View, Move], Move]) -> Agent:
    """Return the agent that does everything right, but in another way."""
    world, brain = world_of(case), agents.brain(family_of(world_of(case)))
    return lambda view: bend(world, view, brain(view))


def one_by_one(world: World, view: View, move: Move) -> Move:
    return move[:1]


def respelled(world: World, view: View, move: Move) -> Move:
    """Numbers as 25.0 for 25, keys in another order."""
    return [ExpectedCall(call.tool, _respelled(call.arguments)) for call in move]


def _respelled(value: Json) -> Json:
    match value:
        case bool():
            return value
        case int():
            return float(value)
        case list():
            return [_respelled(item) for item in value]
        case dict():
            return {key: _respelled(item) for key, item in reversed(value.items())}
        case _:
            return value


def looked_at_again(world: World, view: View, move: Move) -> Move:
    """Whatever was read last is read twice more before it says that it is done."""
    reads = [step for step in view.steps if is_read(world, step)]
    if move or not reads:
        return move
    last = [ExpectedCall(reads[-1].tool, reads[-1].arguments)]
    again = [step for step in view.since[-2:] if ExpectedCall(step.tool, step.arguments) in last]
    return last if len(again) < 2 else []


def is_read(world: World, step: Step) -> bool:
    return world.deeds[step.tool].operation in READS and not step.failed


WAYS = (one_by_one, respelled, looked_at_again)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", sorted(all_dimensions()))
def test_the_right_calls_are_right_in_any_way(
    name: str, way: Callable[[World, View, Move], Move]
) -> None:
    for case in drawn(name):
        talk = agents.played(case, bent(case, way))
        assert talk.outcome.status == "pass", talk.outcome.findings[:2]
        assert not [f for f in talk.outcome.findings if f.severity == "error"]
