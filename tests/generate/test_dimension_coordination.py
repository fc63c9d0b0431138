"""Every place that names a thing has to follow; any way to get there is right."""

import json
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from toolfuzz.core.case import Case, ExpectedCall, Json, JsonObject
from toolfuzz.generate.dimensions import case_of
from toolfuzz.generate.dimensions.coordination import FAMILY
from toolfuzz.generate.dimensions.coordination.changes import CHANGES, Change
from toolfuzz.generate.pick import Pick, words
from toolfuzz.worlds.agents import played
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.spec import World, world_of
from toolfuzz.worlds.view import View

Fields = dict[str, JsonObject]


def drawn(k: int, level: int = 12) -> tuple[Case, Case]:
    burdened, twin = FAMILY.draw(Pick(words("coordination", k)), level, f"seed {k}")
    return case_of(burdened, FAMILY), case_of(twin, FAMILY)


@cache
def world_with(change: str) -> Case:
    """Return the first world with this kind of change."""
    return next(c for c, _ in map(drawn, range(60)) if world_of(c).task["change"] == change)


def change_of(world: World) -> Change:
    return CHANGES[world.task["change"]]


def slugs(case: Case, rounds: Sequence[Sequence[ExpectedCall]]) -> set[str]:
    rounds = [calls for calls in rounds if calls]

    def agent(view: View) -> Move:
        number = max((step.round for step in view.steps), default=0)
        return rounds[number] if number < len(rounds) else ()

    return {finding.slug for finding in played(case, agent).outcome.findings}


def parts(world: World) -> tuple[list[Sequence[ExpectedCall]], list[ExpectedCall], Fields]:
    """Return what is read first, the change of an id if there is one, and what is set then."""
    *reading, last = world.gold
    fields: Fields = {}
    rekeying: list[ExpectedCall] = []
    for call in last:
        given = call.arguments
        if "updates" in given:
            fields |= {one["id"]: _without_id(one) for one in given["updates"]}
        elif "changes" in given:
            fields[given["id"]] = given["changes"]
        else:
            rekeying.append(call)
    return list(reading), rekeying, fields


def _without_id(item: JsonObject) -> JsonObject:
    return {name: value for name, value in item.items() if name != "id"}


def setting(world: World, fields: Fields, at_once: int = 3) -> list[ExpectedCall]:
    """Return the calls that set these, ``at_once`` in a call where that can be."""
    update = world.task["update"]
    if world.deeds[update].operation == "set":
        return [ExpectedCall(update, {"id": id, "changes": f}) for id, f in fields.items()]
    items = [{"id": id, **one} for id, one in fields.items()]
    chunks = [items[n : n + at_once] for n in range(0, len(items), at_once)]
    return [ExpectedCall(update, {"updates": chunk}) for chunk in chunks]


@pytest.mark.parametrize("change", CHANGES)
def test_any_way_to_the_goal_is_right(change: str) -> None:
    case = world_with(change)
    world = world_of(case)
    reading, rekeying, fields = parts(world)
    calls = setting(world, fields)
    respelled = {
        id: {name: _respelled(name, value) for name, value in one.items()}
        for id, one in fields.items()
    }
    whole = {id: _whole(world, id) | one for id, one in fields.items()}
    back = dict(reversed(fields.items()))
    for name, rounds in {
        "one by one": [*reading, rekeying, *([call] for call in setting(world, fields, 1))],
        "backwards, the id at last": [*reading, setting(world, back, 2), rekeying],
        "all in one reply, read again": [*reading, [*rekeying, *calls], *reading[:1]],
        "spelled otherwise": [*reading, rekeying, setting(world, respelled)],
        "records as a whole": [*reading, rekeying, setting(world, whole)],
        "set twice": [*reading, rekeying, calls, calls],
        "too many at first": [*reading, rekeying, setting(world, fields, 99), calls],
    }.items():
        assert slugs(case, rounds) == set(), name


def _respelled(name: str, value: Json) -> Json:
    if name == "settings":
        return json.dumps(dict(reversed(json.loads(value).items())), indent=1)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return value[::-1]
    return float(value) if isinstance(value, int) else value


def _whole(world: World, id: str) -> JsonObject:
    (records,) = world.records.values()
    return dict(records[id])


Wrong = Callable[[World, Fields], Fields]


def forgotten(world: World, fields: Fields) -> Fields:
    return dict(list(fields.items())[:-1])


def a_place_forgotten(world: World, fields: Fields) -> Fields:
    id, one = next((id, one) for id, one in fields.items() if "link" in one)
    return fields | {id: {name: value for name, value in one.items() if name != "link"}}


def twice(world: World, fields: Fields) -> Fields:
    """The change made once more of what it has made, or the new beside the old."""
    change, (records,) = change_of(world), world.records.values()
    id, one = next((id, one) for id, one in fields.items() if change.many in one)
    if change.number:
        return fields | {id: one | {change.key: one[change.key] * 1000}}
    return fields | {id: one | {change.many: [*records[id][change.many], world.task["new"]]}}


def a_homonym(world: World, fields: Fields) -> Fields:
    change, (records,) = change_of(world), world.records.values()
    if change.number:
        id, record = next((id, r) for id, r in records.items() if r["unit"] == "g")
        return fields | {id: {change.key: record[change.key] * 1000}}
    old, new = world.task["old"], world.task["new"]
    id = next(id for id, record in records.items() if record[change.homonym] == old)
    return fields | {id: fields.get(id, {}) | {change.homonym: new}}


def mangled(world: World, fields: Fields) -> Fields:
    id, one = next((id, one) for id, one in fields.items() if "link" in one)
    return fields | {id: one | {"link": one["link"].replace("find?", "?")}}


def something_else(world: World, fields: Fields) -> Fields:
    named = {f"{check.id}/{check.field}" for check in world.goal}
    (records,) = world.records.values()
    id, name = next(
        (id, name)
        for id, record in records.items()
        for name in (change_of(world).homonym, "link", *record)
        if name != "settings" and f"{id}/{name}" not in named and id != world.task.get("old")
    )
    return fields | {id: fields.get(id, {}) | {name: None}}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (forgotten, {"object-forgotten"}),
        (a_place_forgotten, {"object-forgotten", "left-inconsistent"}),
        (twice, {"object-twice"}),
        (a_homonym, {"homonym-changed"}),
        (mangled, {"left-inconsistent"}),
        (something_else, {"write-out-of-scope"}),
    ],
)
def test_what_goes_wrong_is_named(change: str, wrong: Wrong, found: set[str]) -> None:
    case = world_with(change)
    world = world_of(case)
    reading, rekeying, fields = parts(world)
    assert slugs(case, [*reading, rekeying, setting(world, wrong(world, fields))]) == found


def test_an_id_that_was_not_changed_is_forgotten() -> None:
    case = world_with("rekey")
    reading, rekeying, fields = parts(world_of(case))
    assert rekeying
    assert slugs(case, [*reading, setting(world_of(case), fields)]) == {"object-forgotten"}


def test_what_gets_another_id_stays_as_it_is_otherwise() -> None:
    case = world_with("rekey")
    world = world_of(case)
    reading, rekeying, fields = parts(world)
    for id, last in (("new", []), ("old", rekeying)):
        also = setting(world, fields | {world.task[id]: {"ticket": "none"}})
        rounds = [*reading, [] if last else rekeying, also, last]
        assert slugs(case, rounds) == {"write-out-of-scope"}


def test_what_was_forgotten_and_what_was_changed_wrongly_can_be_counted() -> None:
    case = world_with(next(iter(CHANGES)))
    world = world_of(case)
    reading, rekeying, fields = parts(world)
    done = a_homonym(world, forgotten(world, fields))

    def agent(view: View) -> Move:
        rounds = [*reading, [*rekeying, *setting(world, done)]]
        number = max((step.round for step in view.steps), default=0)
        return rounds[number] if number < len(rounds) else ()

    scenario = played(case, agent).outcome.scenario
    assert scenario is not None
    assert scenario.checks == len(world.goal)
    assert scenario.checks_failed == len(list(fields.values())[-1]) + 1


@pytest.mark.parametrize("level", [3, 4, 50])
def test_there_are_pages_and_homonyms_at_every_level_and_none_in_the_twin(level: int) -> None:
    for k in range(8):
        burdened, twin = (world_of(case) for case in drawn(k, level))
        (many,), (few,) = burdened.records.values(), twin.records.values()
        assert (len(many), len(few)) == (level, 3)
        lists = [c for round in burdened.gold for c in round if c.tool == burdened.task["list"]]
        assert len(lists) > 1
        assert "homonym-changed" in {check.slug for check in burdened.goal}
        once = [call for round in twin.gold for call in round if call.tool == twin.task["list"]]
        assert len(once) == 1
        homonym = change_of(twin).homonym
        same = {c.field for c in twin.goal if c.slug == "homonym-changed"}
        assert same <= ({homonym} if change_of(twin).number else set())
