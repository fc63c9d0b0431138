"""What a model does at the token foundry, and what is found in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from toolfuzz.core.case import Case, ExpectedCall, JsonObject
from toolfuzz.core.verdict import Finding
from toolfuzz.generate.dimensions import case_of, find
from toolfuzz.generate.dimensions.plan.agents import solve
from toolfuzz.generate.dimensions.plan.texts import makes, uses
from toolfuzz.generate.pick import Pick, words
from toolfuzz.worlds import agents
from toolfuzz.worlds.agents import Agent
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.spec import Deed, World, world_of
from toolfuzz.worlds.view import Step, View

FAMILY = find("plan")
BRAIN = agents.brain(FAMILY)


def drawn_at(k: int, level: int) -> Case:
    """Return a world without its proofs, which cost the most."""
    return case_of(FAMILY.draw(Pick(words(k, level)), level, repr((k, level)))[0], FAMILY)


def drawn(fits: Callable[[World], bool], level: int = 7) -> Case:
    cases = (drawn_at(k, level) for k in range(200))
    return next(case for case in cases if fits(world_of(case)))


def plain(world: World) -> bool:
    """No plan is to be submitted, and there is no list."""
    return world.task["submit"] is None and not any("count" in d.settings for d in makers(world))


def looped(world: World) -> bool:
    return world.task["submit"] is None and any("count" in d.settings for d in makers(world))


def paged(world: World) -> bool:
    return world.task["submit"] is None and any("page" in d.settings for d in makers(world))


def planned(world: World) -> bool:
    return world.task["submit"] is not None and len({c.tool for c in world.gold[1]}) > 1


def makers(world: World) -> list[Deed]:
    needed = {call.tool for round in world.gold for call in round}
    return [d for name, d in world.deeds.items() if name in needed and d.operation == "make"]


def played(case: Case, agent: Agent) -> tuple[str, list[Finding]]:
    ended = agents.played(case, agent).outcome
    return ended.status, list(ended.findings)


def slugs(case: Case, agent: Agent) -> list[str]:
    status, findings = played(case, agent)
    assert (status == "fail") == any(f.severity == "error" for f in findings)
    return [finding.slug for finding in findings]


def once(change: Callable[[View, Move], Move]) -> Agent:
    """Return the agent that does something else the first time that the change says so."""

    def agent(view: View) -> Move:
        right = BRAIN(view)
        changed = change(view, right)
        tried = {(s.tool, repr(s.arguments)) for s in view.steps}
        new = [c for c in changed if (c.tool, repr(c.arguments)) not in tried]
        return changed if changed != right and new else right

    return agent


def with_task(change: Callable[[JsonObject], JsonObject]) -> Agent:
    def agent(view: View) -> Move:
        task = FAMILY.read(view)
        assert task is not None
        return solve(view, change(task))

    return agent


def blinkered(sees: Callable[[JsonObject], JsonObject]) -> Agent:
    """Return the agent that sees only a part of each result."""

    def seen(step: Step) -> Step:
        return replace(step, result=sees(step.result)) if isinstance(step.result, dict) else step

    return lambda view: BRAIN(replace(view, steps=tuple(map(seen, view.steps))))


def a_needing_tool(view: View) -> str:
    return next(t.name for t in view.tools if makes(t) and list(uses(t)))


# --- inputs


def guesses(view: View, right: Move) -> Move:
    """Call what needs something together with what makes it."""
    if view.steps:
        return right
    tool = next(t for t in view.tools if t.name == a_needing_tool(view))
    given: JsonObject = {}
    for used in uses(tool):
        if len(used.path) > 1:
            given.setdefault(used.path[0], {})[used.path[1]] = "pending"
        else:
            given[used.path[0]] = "pending"
    return [*right, ExpectedCall(tool.name, given)]


def miscopies(view: View, right: Move) -> Move:
    """Get a digit of the delivered token wrong."""
    token = right[0].arguments.get("token") if right else None
    if token is None:
        return right
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    return [ExpectedCall(right[0].tool, {"token": other})]


def mixes_up(view: View, right: Move) -> Move:
    """Deliver another token that there is; it is refused."""
    if not right or "token" not in right[0].arguments:
        return right
    return [ExpectedCall(right[0].tool, {"token": view.steps[0].result["token"]})]


def test_the_way_that_is_known_is_right() -> None:
    assert slugs(drawn(plain), BRAIN) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (guesses, ["call-before-known"]),
        (miscopies, ["input-invented"]),
        (mixes_up, []),
    ],
)
def test_where_inputs_come_from(change: Callable[[View, Move], Move], found: list[str]) -> None:
    assert slugs(drawn(plain), once(change)) == found


def test_the_step_that_was_too_early_is_named() -> None:
    case = drawn(plain)
    talk = agents.played(case, once(guesses))
    (finding,) = talk.outcome.findings
    assert finding.turn == 0
    assert finding.call == len(talk.replies[0].calls) - 1


# --- what is called


def one_at_a_time(view: View) -> Move:
    return BRAIN(view)[:1]


def the_last_first(view: View) -> Move:
    return BRAIN(view)[-1:]


def gives_up(view: View) -> Move:
    return BRAIN(view) if len(view.steps) < 3 else ()


def calls_all_twice(view: View) -> Move:
    move = BRAIN(view)
    return [*move, *move] if not view.steps else move


def also_calls_a_decoy(view: View) -> Move:
    task = FAMILY.read(view)
    assert task is not None
    move = BRAIN(view)
    if move or view.steps[-1].tool != task["deliver"]:
        return move
    needed = {step.tool for step in view.steps}
    spare = next(t for t in view.tools if t.name not in needed and not list(uses(t)))
    return [ExpectedCall(spare.name, task["given"].get(spare.name, {}))]


def spare(world: World) -> bool:
    needed = {call.tool for round in world.gold for call in round}
    spares = [d for n, d in world.deeds.items() if n not in needed]
    return plain(world) and any(not d.settings.get("needs") for d in spares)


def as_floats(view: View) -> Move:
    def changed(value: object) -> object:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    return [
        ExpectedCall(c.tool, {k: changed(v) for k, v in c.arguments.items()}) for c in BRAIN(view)
    ]


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (one_at_a_time, []),
        (the_last_first, []),
        (as_floats, []),
        (gives_up, ["goal-not-reached"]),
        (calls_all_twice, ["call-needless"]),
    ],
)
def test_what_is_called(agent: Agent, found: list[str]) -> None:
    assert sorted(set(slugs(drawn(plain), agent))) == found


def test_a_call_that_nothing_needs_fails_nothing() -> None:
    status, findings = played(drawn(spare), also_calls_a_decoy)
    assert status == "pass"
    assert {(f.slug, f.severity) for f in findings} == {("call-needless", "warn")}


def test_a_setting_that_nobody_asked_for() -> None:
    case = drawn(plain)
    needed = {call.tool for round in world_of(case).gold for call in round}

    def other(task: JsonObject) -> JsonObject:
        name = next(name for name in task["given"] if name in needed)
        values = dict.fromkeys(task["given"][name], "something else")
        return {**task, "given": {**task["given"], name: values}}

    status, (finding,) = played(case, with_task(other))
    assert status == "fail"
    assert finding.slug == "goal-not-reached"
    assert "settings_as_asked" in finding.message


# --- loops


def first_two(result: JsonObject) -> JsonObject:
    return {**result, "tokens": result["tokens"][:2]} if "tokens" in result else result


def first_page(result: JsonObject) -> JsonObject:
    return {**result, "next_cursor": None} if "next_cursor" in result else result


# Long enough that two items are not all of it.
def long_loop(world: World) -> bool:
    return (
        looped(world)
        and not paged(world)
        and all(d.settings.get("count", 9) > 2 for d in makers(world))
    )


@pytest.mark.parametrize(("fits", "sees"), [(long_loop, first_two), (paged, first_page)])
def test_a_list_that_is_not_gone_through(
    fits: Callable[[World], bool], sees: Callable[[JsonObject], JsonObject]
) -> None:
    case = drawn(fits, level=12)
    talk = agents.played(case, blinkered(sees))
    (finding,) = talk.outcome.findings
    assert finding.slug == "loop-cut-short"
    call = talk.replies[finding.turn].calls[finding.call or 0]
    assert "whole" in world_of(case).deeds[call.name or ""].settings
    assert played(case, seeing_it_late(case, sees))[0] == "pass"


def seeing_it_late(case: Case, sees: Callable[[JsonObject], JsonObject]) -> Agent:
    """Return the agent that goes through the whole list after all, just before the delivery."""
    short, world = blinkered(sees), world_of(case)
    size = {
        call.tool: len(call.arguments[name])
        for round in world.gold
        for call in round
        for name in world.deeds[call.tool].settings.get("whole", ())
    }

    def agent(view: View) -> Move:
        move = short(view)
        early = not any(call.tool == world.task["deliver"] for call in move)
        return move if early and move else BRAIN(without_short(view))

    def without_short(view: View) -> View:
        """Forget what was made of a part of a list, and all that was made of it."""
        short: set[str] = set()
        kept = []
        for step in view.steps:
            settings = world.deeds[step.tool].settings
            used = str(step.arguments)
            whole = [len(step.arguments[name]) for name in settings.get("whole", ())]
            if any(token in used for token in short) or (whole and whole[0] < size[step.tool]):
                short.add(step.result["token"])
            else:
                kept.append(step)
        return replace(view, steps=tuple(kept))

    return agent


def shuffled_lists(view: View) -> Move:
    def turned(value: object) -> object:
        ours = isinstance(value, list) and all(isinstance(v, str) and len(v) == 16 for v in value)
        return [*reversed(value), value[0]] if ours else value  # type: ignore[misc, index]

    move = BRAIN(view)
    used = {s.tool for s in view.steps}
    return [
        ExpectedCall(c.tool, {k: turned(v) for k, v in c.arguments.items()})
        if c.tool not in used
        else c
        for c in move
    ]


def test_a_list_has_no_order_and_an_item_may_be_named_twice() -> None:
    talk = agents.played(drawn(looped), shuffled_lists)
    assert "loop-cut-short" not in {finding.slug for finding in talk.outcome.findings}


# --- plans


def submitting(change: Callable[[list[str], JsonObject], list[str]]) -> Agent:
    """Return the agent that submits another plan, and does all else right."""

    def agent(view: View) -> Move:
        task = FAMILY.read(view)
        assert task is not None
        move = BRAIN(view)
        if move and move[0].tool == task["submit"]:
            steps = change(move[0].arguments["steps"], task)
            return [ExpectedCall(task["submit"], {"steps": steps})] if steps else the_rest(view)
        return move

    def the_rest(view: View) -> Move:
        task = FAMILY.read(view)
        assert task is not None
        return solve(view, {**task, "submit": None})

    return agent


def resubmits(view: View) -> Move:
    """Submit a plan in a wrong order, and the right one before going on."""
    task = FAMILY.read(view)
    assert task is not None
    move = BRAIN(view)
    if not view.steps:
        return [ExpectedCall(task["submit"], {"steps": move[0].arguments["steps"][::-1]})]
    if len(view.steps) == 1:
        return BRAIN(replace(view, steps=()))
    return move


def stumbles(view: View) -> Move:
    """Call a tool with a token that is copied wrongly, go on with others, and repair it."""
    move = list(BRAIN(view))
    texts = [name for c in move[:1] for name, v in c.arguments.items() if is_token(v)]
    if texts and not any(step.failed for step in view.steps):
        wrong = {**move[0].arguments, texts[0]: "f" * 16}
        return [ExpectedCall(move[0].tool, wrong), *move[1:]]
    return move


def is_token(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{16}", value) is not None


def all_in_one_reply(view: View) -> Move:
    """Submit the plan and begin with it in the same reply."""
    task = FAMILY.read(view)
    assert task is not None
    move = list(BRAIN(view))
    return move if view.steps else [*solve(view, {**task, "submit": None}), *move]


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (BRAIN, []),
        (one_at_a_time, []),
        (resubmits, []),
        (all_in_one_reply, []),
        (stumbles, ["input-invented"]),
        (submitting(lambda steps, task: [task["submit"], *steps]), []),
        (submitting(lambda steps, task: steps[::-1]), ["plan-not-followed"]),
        (submitting(lambda steps, task: steps[:-1]), ["plan-not-followed"]),
        (submitting(lambda steps, task: []), ["plan-not-followed"]),
        (submitting(lambda steps, task: ["no_such_tool"]), ["goal-not-reached"]),
    ],
)
def test_the_calls_keep_to_the_plan(agent: Agent, found: list[str]) -> None:
    assert sorted(set(slugs(drawn(planned), agent))) == found


def test_a_step_of_the_plan_that_is_left_out() -> None:
    case = drawn(planned)
    spares = world_of(case).deeds.keys() - {c.tool for r in world_of(case).gold for c in r}
    extra = sorted(spares)[:1]
    before = submitting(lambda steps, task: [*extra, *steps])
    after = submitting(lambda steps, task: [*steps, *extra])
    assert slugs(case, before) == ["plan-not-followed"]
    assert slugs(case, after) == []


# --- what is drawn


def features() -> Iterator[World]:
    for k in range(60):
        yield world_of(drawn_at(k, 14))


def test_what_the_level_promises_is_drawn() -> None:
    worlds = list(features())
    deeds = [makers(world) for world in worlds]
    loops = [sum("count" in d.settings for d in of) for of in deeds]
    assert max(loops) > 1
    assert 0 in loops
    assert any("page" in d.settings for of in deeds for d in of)
    assert any(world.task["submit"] for world in worlds)
    assert len({d.settings["noise"] for of in deeds for d in of}) > 2
    assert all(len(world.deeds) > 14 for world in worlds)
    for of in deeds:
        assert len(of) == 14


def test_rounds_needed_are_those_of_the_shortest_way() -> None:
    case = drawn(plain)
    talk = agents.played(case, BRAIN)
    slow = agents.played(case, one_at_a_time).outcome.scenario
    fast = talk.outcome.scenario
    assert fast is not None
    assert slow is not None
    assert fast.rounds == fast.needed == slow.needed
    assert slow.rounds == slow.calls + 1 >= fast.rounds
