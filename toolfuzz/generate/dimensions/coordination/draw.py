"""Draws records that refer to what changes, and others that only seem to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolfuzz.core.case import ExpectedCall, Json, JsonObject, Tool
from toolfuzz.generate.dimensions.base import values_of, words_of
from toolfuzz.generate.dimensions.coordination.changes import (
    CHANGES,
    COUNT,
    Change,
    corrected,
    made,
    mapped,
    plainly,
)
from toolfuzz.generate.dimensions.coordination.solve import updating
from toolfuzz.generate.features.base import Parameter, object_schema
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.spec import Check, Deed, World, nonce

__all__ = ["draw"]

_THINGS = ("document", "page", "card", "entry")
_PLURALS = {thing: f"{thing}s" for thing in _THINGS} | {"entry": "entries"}
_IN_TWIN = 3
_ALIKE = "-2"
_MOST_UNSEEN = 12
"""Up to so many records a list may show names only, each of which is to be read by itself."""

_MOST_SINGLE = 20
"""Up to so many records a world may have no tool that changes several at once."""

Records = dict[str, JsonObject]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is drawn beside the records: the tools' shape, and fields that have no part in it."""

    thing: str
    extra: Sequence[Parameter]
    batch: int | None
    brief: bool


def draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    """Draw a world of ``level`` records, and its twin of three on one page without homonyms."""
    name = pick.of(tuple(CHANGES))
    change, thing = CHANGES[name], pick.of(_THINGS)
    taken = (change.key, change.many, change.homonym)
    extra = [parameter for parameter in values_of(pick, 1, 2)[0] if parameter.name not in taken]
    batch = pick.within(3, 8) if level > _MOST_SINGLE or pick.chance(60) else None
    desk = _Desk(thing, extra, batch, level <= _MOST_UNSEEN and pick.chance(30))
    task = _task(pick, name, desk, seed)
    names = _names(pick, task, level, seed)
    share = pick.of((30, 50, 80))
    wording = pick.below(COUNT)
    page = pick.within(max(2, level // 6), max(2, (level + 1) // 2))

    def world(ids: Sequence[str], page: int, twin: bool) -> World:
        records = _records(pick, task, desk, ids, share, homonyms=not twin)
        bare = World(
            dimension="coordination",
            level=level,
            pair=nonce(seed, "pair"),
            twin=twin,
            wording=wording,
            seed=seed,
            task=task,
            deeds=_deeds(change, task, desk, page),
            records={thing: records},
        )
        return _judged(bare, desk, page)

    tools = tuple(pick.shuffled(_tools(change, task, desk)))
    burdened = world(names, page, False)
    few = [id for id in names if not id.endswith(_ALIKE)][:_IN_TWIN]
    return Drawn(burdened, tools), Drawn(world(few, _IN_TWIN, True), tools)


def _task(pick: Pick, name: str, desk: _Desk, seed: str) -> JsonObject:
    things = _PLURALS[desk.thing]
    update = f"update_{things if desk.batch else desk.thing}"
    task: JsonObject = {"change": name, "list": f"list_{things}", "update": update}
    task["things"] = things
    if name == "rekey":
        task |= {"old": nonce(seed, "old"), "new": nonce(seed, "new"), "rekey": "change_id"}
    elif name != "unit":
        old, new = words_of(pick, 2)
        task |= {"old": old, "new": f"{old}-{new}" if pick.chance(40) else new}
    return task


def _names(pick: Pick, task: JsonObject, level: int, seed: str) -> list[str]:
    """Return the ids of the records; in a re-keying there is the one, and one that begins alike."""
    names = [nonce(seed, n) for n in range(level)]
    if task["change"] == "rekey":
        names[pick.below(2)] = task["old"]
        names[2:-1] = [task["old"] + _ALIKE, *names[3:-1]][: len(names[2:-1])]
    return names


def _records(
    pick: Pick, task: JsonObject, desk: _Desk, ids: Sequence[str], share: int, *, homonyms: bool
) -> Records:
    """Draw records. The last one always refers to what changes; a homonym stands in an earlier."""
    change, records = CHANGES[task["change"]], {}
    old = task.get("old")
    first = next(id for id in ids if id != old)
    others = list(ids) if task["change"] == "rekey" else words_of(pick, 9)
    others = [other for other in others if str(old) not in other and other != task.get("new")]
    alike = [f"{old}{_ALIKE}"] if homonyms else []
    for id in ids:

        def name(sure: bool = False, id: str = id) -> Json:
            if change.number:
                return pick.within(1, 40)
            if id != old and (sure or pick.chance(share)):
                return old
            return pick.of(alike) if alike and id != old and pick.chance(25) else pick.of(others)

        key, many = name(id == ids[-1]), [name() for _ in range(pick.within(1, 3))]
        other = pick.within(1, 40) if change.number else pick.of(others)
        same = homonyms and id != old and (id == first or pick.chance(40))
        fields = made(change, key, many if change.number else sorted({*map(str, many)}), other)
        if same:
            fields = made(change, key, fields[change.many], key if change.number else old)
        if change.number:
            grams = homonyms and (id == first or pick.chance(30)) and id != ids[-1]
            fields["unit"] = "g" if grams else "kg"
        records[id] = {p.name: p.values(pick) for p in desk.extra} | fields
    return records


# --- goal and way


def _judged(world: World, desk: _Desk, page: int) -> World:
    task, records = world.task, world.records[desk.thing]
    ids = list(records)
    goal = [check for id in ids for check in _checks(task, desk, id, records[id])]
    writable = [f"{desk.thing}/{check.id}/{check.field}" for check in goal]
    changes: Records = {}
    for id, record in records.items():
        after = corrected(task, record)
        fields = {name: value for name, value in after.items() if value != record[name]}
        if fields:
            changes[id] = fields
    last = updating(task, changes, desk.batch)
    if "rekey" in task:
        goal.append(Check(desk.thing, task["new"], "", True, "object-forgotten"))
        writable += [f"{desk.thing}/{task[which]}/" for which in ("old", "new")]
        last.insert(0, ExpectedCall(task["rekey"], {"id": task["old"], "new_id": task["new"]}))
    gold = [*_listing(world, ids, page)]
    if desk.brief:
        gold.append(tuple(ExpectedCall(f"get_{desk.thing}", {"id": id}) for id in ids))
    return replace(
        world,
        goal=tuple(goal),
        may_write=tuple(writable),
        watch=("halfway",),
        gold=(*gold, tuple(last)),
        most_rounds=15 + 3 * len(ids),
    )


def _listing(world: World, ids: Sequence[str], page: int) -> Iterator[tuple[ExpectedCall, ...]]:
    machine, cursor = Machine(world), ""
    while cursor is not None:
        call = ExpectedCall(world.task["list"], {"cursor": cursor} if cursor else {})
        yield (call,)
        cursor = machine.call(call.tool, call.arguments).result.get("next_cursor")


def _checks(task: JsonObject, desk: _Desk, id: str, record: JsonObject) -> Iterator[Check]:
    """Yield what has to hold of every field that names what changes, or something like it."""
    change, after = CHANGES[task["change"]], corrected(task, record)
    for field in (change.key, change.many, "link", "settings", change.homonym, "unit"):
        before = record.get(field)
        if before is None or not (change.number or task["old"] in str(before)):
            continue
        want = after[field]
        if want == before:
            yield Check(desk.thing, id, field, before, "homonym-changed")
        else:
            fix = updating(task, {id: {field: want}}, desk.batch)[0]
            instead = tuple(_instead(task, change, record, field))
            yield Check(desk.thing, id, field, want, "left-inconsistent", instead, fix)


def _instead(
    task: JsonObject, change: Change, record: JsonObject, field: str
) -> Iterator[tuple[Json, str]]:
    """Yield values that tell what went wrong with a field that had to be changed."""
    before, after = record[field], corrected(task, record)
    yield before, "object-forgotten"
    if change.number:
        yield mapped(change, after, lambda one: one * 1000)[field], "object-twice"
        return
    again = mapped(change, after, lambda one: plainly(task, one) if one == task["new"] else one)
    if again[field] != after[field]:
        yield again[field], "object-twice"
    if isinstance(before, list):
        yield sorted([*before, task["new"]]), "object-twice"
    if plainly(task, before) != after[field]:
        yield plainly(task, before), "homonym-changed"


# --- tools


def _deeds(change: Change, task: JsonObject, desk: _Desk, page: int) -> dict[str, Deed]:
    kind: JsonObject = {"kind": desk.thing, "by": "id"}
    fields = {name: name for name in _fields(change, desk)}
    write = kind | {"fields": fields, "json": ["settings"]}
    if not change.number:
        write["sorted"] = [change.many]
    listed = kind | {"limit": page} | ({"shows": [change.homonym]} if desk.brief else {})
    if desk.batch:
        update = Deed("set_many", write | {"items": "updates", "most": desk.batch})
    else:
        update = Deed("set", write | {"inside": "changes"})
    deeds = {
        task["list"]: Deed("list", listed),
        f"get_{desk.thing}": Deed("get", kind),
        task["update"]: update,
    }
    if "rekey" in task:
        deeds[task["rekey"]] = Deed("rekey", kind | {"to": "new_id"})
    return deeds


def _fields(change: Change, desk: _Desk) -> dict[str, JsonObject]:
    one: JsonObject = {"type": "integer"} if change.number else {"type": "string"}
    many = {"type": "array", "items": dict(one)}
    text: JsonObject = {"type": "string"}
    fields = {p.name: p.schema for p in desk.extra}
    fields |= {change.key: one, change.many: many, "link": text, change.homonym: dict(one)}
    fields["settings"] = {"type": "string", "description": "JSON as text."}
    return fields | ({"unit": dict(text)} if change.number else {})


def _tools(change: Change, task: JsonObject, desk: _Desk) -> list[Tool]:
    fields, thing, things = _fields(change, desk), desk.thing, task["things"]
    id = Parameter("id", {"type": "string"}, lambda pick: "")
    paging = {"type": "string", "description": "next_cursor of the page before; none at first."}
    cursor: JsonObject = {"type": "object", "properties": {"cursor": paging}}
    some: JsonObject = {"type": "object", "properties": fields}
    if desk.batch:
        item = {"type": "object", "properties": {"id": id.schema, **fields}, "required": ["id"]}
        updates = Parameter("updates", {"type": "array", "items": item}, lambda pick: "")
        told = f"Changes {things}, at most {desk.batch} in a call; fields that aren't given stay."
        update = Tool(task["update"], told, object_schema([updates]))
    else:
        changes = Parameter("changes", some, lambda pick: "")
        told = f"Changes one {thing}; fields that aren't given stay."
        update = Tool(task["update"], told, object_schema([id, changes]))
    shown = "shows only a part of each" if desk.brief else "shows them whole"
    tools = [
        Tool(
            task["list"],
            f"Lists all {things}, some on each page, and {shown}. next_cursor is null on the last.",
            cursor,
        ),
        Tool(f"get_{thing}", f"Shows one {thing} with all its fields.", object_schema([id])),
        update,
    ]
    if "rekey" in task:
        new = Parameter("new_id", {"type": "string"}, lambda pick: "")
        told = f"Gives one {thing} another id. What refers to it is not changed."
        tools.append(Tool(task["rekey"], told, object_schema([id, new])))
    return tools
