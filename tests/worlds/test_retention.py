"""What a model does at the dispatch desk, and what is found in it."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, ExpectedCall, JsonObject
from toolfuzz.generate.dimensions import case_of, draw_pair, find
from toolfuzz.generate.dimensions.retention.texts import WORDINGS, read, render, said
from toolfuzz.generate.dimensions.retention.timeline import AGREED, CHANGED, WITHDRAWN
from toolfuzz.generate.dimensions.retention.world import desk_of
from toolfuzz.generate.pick import Pick, words
from toolfuzz.worlds import agents
from toolfuzz.worlds.agents import Agent
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.spec import World, world_of
from toolfuzz.worlds.view import View, view_of

FAMILY = find("retention")
BRAIN = agents.brain(FAMILY)
LEVEL = 6


def pair(k: int, level: int) -> list[Case]:
    """Return a world and its twin without their proofs, which cost the most."""
    drawn = FAMILY.draw(Pick(words(k, level)), level, repr((k, level)))
    return [case_of(one, FAMILY) for one in drawn]


def drawn(fate: str = AGREED) -> Case:
    """Return a world in which that became of the decision."""
    for k in range(60):
        case = pair(k, LEVEL)[0]
        if history(case)[-1]["how"] == fate:
            return case
    raise AssertionError(fate)


def history(case: Case) -> list[JsonObject]:
    """Return what was said of the depot whose code is needed."""
    world = world_of(case)
    turns = world.task["turns"]
    depot = world.records["order"][turns[-1]["asks"]["order"]]["depot"]
    return [note for turn in turns for note in turn["notes"] if note["depot"] == depot]


def slugs(case: Case, agent: Agent) -> list[str]:
    ended = agents.played(case, agent).outcome
    assert (ended.status == "pass") == (not ended.findings)
    return [finding.slug for finding in ended.findings]


Change = Callable[[World, View, Move], Move]


def at_the_end(world: World, change: Change) -> Agent:
    """Return the agent that does all right until the last turn."""

    def agent(view: View) -> Move:
        last = len(view.users) > len(world.user.pieces)
        return change(world, view, BRAIN(view)) if last else BRAIN(view)

    return agent


def with_code(world: World, code: Callable[[World], str]) -> Agent:
    """Return the agent that ships the last order with that code."""

    def change(world: World, view: View, move: Move) -> Move:
        desk = desk_of(view.tools)
        return [
            ExpectedCall(c.tool, {**c.arguments, desk["code"]: code(world)})
            if c.tool == desk["ship"]
            else c
            for c in move
        ]

    return at_the_end(world, change)


def standard(world: World) -> str:
    return str(world.task["turns"][0]["standard"])


def of_another_depot(world: World) -> str:
    check = world.goal[0]
    near = [value for value, slug in check.instead if slug == "decision-near-miss"]
    return str(near[-1])


def first_told(world: World) -> str:
    turns = world.task["turns"]
    depot = world.records["order"][turns[-1]["asks"]["order"]]["depot"]
    return next(n["code"] for t in turns for n in t["notes"] if n["depot"] == depot)


def nearly(world: World) -> str:
    want = str(world.goal[0].want)
    return want[:-1] + ("0" if want[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("fate", "code", "slug"),
    [
        (AGREED, standard, "decision-near-miss"),
        (AGREED, of_another_depot, "decision-near-miss"),
        (AGREED, nearly, "decision-invented"),
        (AGREED, first_told, None),
        (CHANGED, first_told, "decision-superseded"),
        (CHANGED, standard, "decision-near-miss"),
        (WITHDRAWN, first_told, "decision-superseded"),
        (WITHDRAWN, standard, None),
        (WITHDRAWN, nearly, "decision-invented"),
    ],
)
def test_the_code_says_what_went_wrong(
    fate: str, code: Callable[[World], str], slug: str | None
) -> None:
    case = drawn(fate)
    assert slugs(case, with_code(world_of(case), code)) == ([slug] if slug else [])


def asks_first(world: World, view: View, move: Move) -> Move:
    """Read the order, ask the customer for its depot, and ship."""
    desk = desk_of(view.tools)
    if any(c.tool == desk["ship"] for c in move) and view.since[-1].tool != desk["ask"]:
        return [ExpectedCall(desk["ask"], {desk["depot"]: view.since[-1].result["depot"]})]
    return move if view.since[-1:] and view.since[-1].tool != desk["ask"] else BRAIN(view)


def never_ships(world: World, view: View, move: Move) -> Move:
    desk = desk_of(view.tools)
    return [c for c in move if c.tool != desk["ship"]]


def ships_at_once(world: World, view: View, move: Move) -> Move:
    """Ship without reading the order, whose depot stands in an earlier list."""
    desk = desk_of(view.tools)
    fix = world.goal[0].fix
    assert fix is not None
    return () if view.since else [ExpectedCall(desk["ship"], fix.arguments)]


def ships_twice(world: World, view: View, move: Move) -> Move:
    """Ship, and once more with another code: that is refused, for it is done."""
    desk = desk_of(view.tools)
    fix = world.goal[0].fix
    assert fix is not None
    if len(view.since) == 2:
        return [ExpectedCall(desk["ship"], {**fix.arguments, desk["code"]: standard(world)})]
    return move


def reads_more(world: World, view: View, move: Move) -> Move:
    """Read every order again, and list those of a depot that nothing is agreed for."""
    desk = desk_of(view.tools)
    if not view.since:
        return [ExpectedCall(desk["look"], {desk["order"]: id}) for id in world.records["order"]]
    return move


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (asks_first, ["decision-asked-again"]),
        (never_ships, ["goal-not-reached"]),
        (ships_at_once, []),
        (ships_twice, []),
        (reads_more, []),
    ],
)
def test_what_else_is_done_in_the_last_turn(change: Change, found: list[str]) -> None:
    case = drawn(AGREED)
    assert slugs(case, at_the_end(world_of(case), change)) == found


def test_the_step_that_went_wrong_is_named() -> None:
    case = drawn(CHANGED)
    talk = agents.played(case, with_code(world_of(case), first_told))
    (finding,) = talk.outcome.findings
    call = talk.replies[finding.turn].calls[finding.call or 0]
    assert call.name == desk_of(case.tools)["ship"]
    assert finding.turn == len(talk.replies) - 2


@pytest.mark.parametrize(("skipped", "found"), [(1, []), (LEVEL, ["goal-not-reached"])])
def test_whoever_skips_most_of_the_talk_was_not_put_to_the_test(
    skipped: int, found: list[str]
) -> None:
    def lazy(view: View) -> Move:
        return () if len(view.users) <= skipped else BRAIN(view)

    assert slugs(drawn(AGREED), lazy) == found


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 400), st.sampled_from((2, 7)), st.booleans())
def test_every_wording_of_every_turn_is_read_back(k: int, level: int, twin: bool) -> None:
    task = world_of(pair(k, level)[twin]).task
    for wording in range(WORDINGS):
        messages = list(render(task, wording))
        for turn in task["turns"][1:]:
            messages.append(type(messages[0])("user", said(turn, wording)))
        assert read(view_of(Ask(said=tuple(messages)))) == task


@pytest.mark.parametrize("text", ["", "Hello", 'Ship the order "1".', "Ship the order x."])
def test_other_texts_are_none_of_it(text: str) -> None:
    assert read(View((), (text,), (), ())) is None


@pytest.mark.parametrize(("level", "tokens"), [(2, 250), (12, 5_000), (63, 100_000)])
def test_the_level_is_the_distance(level: int, tokens: int) -> None:
    begun = time.process_time()
    draw_pair(FAMILY, 1, 0, level)
    assert time.process_time() - begun < 1
    for k in range(3):
        for case in pair(k, level):
            turns, about = world_of(case).apart
            assert turns == level
            assert tokens / 2 < about < tokens * 2
            scenario = agents.played(case, agents.null).outcome.scenario
            assert scenario is not None
            assert (scenario.turns_apart, scenario.tokens_apart) == (turns, about)


def test_a_talk_of_200_turns_costs_little_beyond_its_requests() -> None:
    case = pair(0, 200)[0]
    assert world_of(case).apart[1] > 900_000
    begun = time.process_time()
    ended = agents.played(case, BRAIN).outcome
    assert ended.status == "pass"
    assert time.process_time() - begun < 3


def test_no_request_can_be_answered_by_what_is_known_already() -> None:
    """Else a model that is right could leave calls out, and be taken for one that skips them."""
    for k in range(40):
        world = world_of(pair(k, LEVEL)[0])
        asked = [repr(call) for round in world.gold for call in round]
        assert len(asked) == len(set(asked))
        lists = [deed for deed in world.deeds.values() if deed.settings.get("reads") == "list"]
        assert not {"weight_kg", "code"} & set(lists[0].settings["shows"])


def test_one_code_for_all_is_seldom_right() -> None:
    worlds = [world_of(pair(k, LEVEL)[0]) for k in range(120)]
    assert 0.1 < sum(world.goal[0].want == standard(world) for world in worlds) / 120 < 0.3
    assert 0.3 < sum(world.goal[0].want == first_told(world) for world in worlds) / 120 < 0.5
