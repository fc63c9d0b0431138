"""``correction``: records are set up in pieces, and a user corrects until what he said holds.

What he says leaves out what can be known: a value that stands in another record, or one that he
gave before. The scripted user holds the records against it when the model is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from toolfuzz.core.case import ExpectedCall, JsonObject, Message, Tool
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.generate.dimensions.base import (
    filled,
    read_filled,
    tool_of,
    values_of,
    words_of,
)
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn, Family, Move
from toolfuzz.worlds.spec import Check, Deed, User, World, nonce
from toolfuzz.worlds.user import MOST_HELP, is_correction, told_call
from toolfuzz.worlds.view import View

_KINDS = ("account", "device", "printer", "sensor", "service", "vehicle")
_SHAPES = ("object", "array-of-scalars", "enum-string", "array-of-objects")
_OPENINGS = (
    "I'd like to change some records with you. I tell you bit by bit what to change, and you "
    "change it right away with {update}. {find} looks a record up by its name. Change nothing "
    "else, and don't ask back.",
    "Please keep our records up to date while I go through them: do what I say with {update} as "
    "soon as I have said it, and nothing more. You find a record by its name with {find}. There is "
    "no need to ask me anything.",
    "Today we put our records in order. Each of my messages says what has to change; make the "
    "change with {update} before you answer, leave everything else as it is, and ask nothing. To "
    "look a record up by its name, take {find}.",
)
_SAID = {
    "set": (
        "In the record {name}, set {field} to {value}.",
        "Set {field} of the record {name} to {value}.",
        "Record {name}: {field} has to be {value}.",
    ),
    "same": (
        "The record {name} gets the same {field} as {other} has now.",
        "Set {field} of the record {name} to the value that {other} has there now.",
        "Record {name}: {field} has to be the same as it is now in {other}.",
    ),
    "swap": (
        "The records {name} and {other} exchange their values of {field}.",
        "Swap {field} between the records {name} and {other}.",
        "Records {name} and {other}: each has to get the value of {field} that the other has now.",
    ),
    "also": (
        "Everything that I told you so far to set in {other}: set it in the record {name} as well, "
        "to the same values.",
        "What I had you set in {other} so far goes for the record {name}, too: the same fields, "
        "with the same values.",
        "Record {name}: set in it all the fields that I have told you to set in {other} so far, to "
        "the same values.",
    ),
}
_MOST_AT_ONCE = 2

Records = dict[str, JsonObject]
"""Fields by the record's name."""


def _apply(records: Records, said: Sequence[JsonObject]) -> Records:
    """Return the records as they are after all that was said, in order."""
    now = {name: dict(record) for name, record in records.items()}
    told: dict[str, set[str]] = {name: set() for name in records}
    for one in said:
        name, other, field = one["name"], one.get("other", ""), one.get("field", "")
        match one["do"]:
            case "set":
                now[name][field] = one["value"]
                told[name].add(field)
            case "same":
                now[name][field] = now[other][field]
            case "swap":
                now[name][field], now[other][field] = now[other][field], now[name][field]
            case _:
                now[name] |= {field: now[other][field] for field in told[other]}
    return now


class _Talk:
    """What the user says, drawn statement by statement so that each can be read in one way only.

    A value that was referred to isn't changed afterwards: nobody need ask whether that counts.
    """

    def __init__(self, pick: Pick, records: Records, fields: Sequence[Parameter]) -> None:
        self.said: list[JsonObject] = []
        self._pick = pick
        self._records = records
        self._fields = {field.name: field for field in fields}
        self._referred: set[tuple[str, str]] = set()

    @property
    def now(self) -> Records:
        """The records after all that was said so far."""
        return _apply(self._records, self.said)

    def say(self, *kinds: str) -> None:
        """Say something of one of these kinds that changes something."""
        ways: dict[str, Callable[[Records], list[JsonObject]]] = {
            "set": self._sets,
            "same": self._of_two("same"),
            "swap": self._of_two("swap"),
            "also": self._alsos,
        }
        now = self.now
        for kind in self._pick.shuffled(kinds):
            if options := ways[kind](now):
                one = self._pick.of(options)
                self.said.append(one)
                if kind in ("same", "also"):
                    fields = [one["field"]] if kind == "same" else self._told(one["other"])
                    self._referred |= {(one["other"], field) for field in fields}
                return

    def end(self) -> None:
        """Say something that refers to a value, and without which the records would differ."""
        now = self.now
        literal = _apply(self._records, [one for one in self.said if one["do"] == "set"])
        options = [*self._of_two("same")(now), *self._of_two("swap")(now)]
        telling = [one for one in options if _apply(now, [one]) != literal]
        if not telling:
            raise ValueError("all values are alike, or referred to already")
        self.said.append(self._pick.of(telling))

    def _sets(self, now: Records) -> list[JsonObject]:
        name = self._pick.of(list(now))
        values = {field: p.values(self._pick) for field, p in self._fields.items()}
        return [
            {"do": "set", "name": name, "field": field, "value": value}
            for field, value in values.items()
            if self._free(name, field) and canonical(value) != canonical(now[name][field])
        ]

    def _of_two(self, do: str) -> Callable[[Records], list[JsonObject]]:
        def options(now: Records) -> list[JsonObject]:
            return [
                {"do": do, "name": name, "other": other, "field": field}
                for name in now
                for other in now
                for field in self._fields
                if name != other
                and self._free(name, field)
                and (do == "same" or self._free(other, field))
                and canonical(now[name][field]) != canonical(now[other][field])
            ]

        return options

    def _alsos(self, now: Records) -> list[JsonObject]:
        touched = {
            name
            for one in self.said
            if one["do"] != "set"
            for name in (one["name"], *([one["other"]] if one["do"] == "swap" else ()))
        }
        return [
            {"do": "also", "name": name, "other": other}
            for other in now
            if other not in touched and self._told(other)
            for name in now
            if name != other
            and all(self._free(name, field) for field in self._told(other))
            and any(
                canonical(now[name][field]) != canonical(now[other][field])
                for field in self._told(other)
            )
        ]

    def _told(self, name: str) -> list[str]:
        return [one["field"] for one in self.said if one["do"] == "set" and one["name"] == name]

    def _free(self, name: str, field: str) -> bool:
        return (name, field) not in self._referred


def _draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    kind = pick.of(_KINDS)
    fields = _fields(pick)
    records: Records = {
        name: {"key": nonce(seed, name), **{field.name: field.values(pick) for field in fields}}
        for name in words_of(pick, 2 + level // 3)
    }
    talk = _Talk(pick, records, [*fields, _KEY])
    talk.say("set")
    for _ in range(level - 1):
        talk.say("set", "same", "swap", "also")
    talk.end()
    said = _pieces(pick, talk.said)
    spelled = [_spelled_out(records, said[:n], piece) for n, piece in enumerate(said)]
    tools = (
        tool_of(f"find_{kind}", "Looks a record up by its name.", [_text("name", "Its name.")]),
        _update_tool(kind, fields),
    )
    world = _world(kind, records, talk, seed)
    world = replace(world, level=level, wording=pick.below(len(_OPENINGS)))
    return (
        Drawn(_asking(world, said, User(grade=0, patience=MOST_HELP + len(records) + 1)), tools),
        Drawn(
            replace(
                _asking(world, spelled, User(grade=MOST_HELP, patience=len(records) + 1)),
                twin=True,
            ),
            tools,
        ),
    )


_KEY = Parameter("key", {"type": "string"}, lambda pick: f"{pick.below(2**64):016x}")


def _fields(pick: Pick) -> list[Parameter]:
    shaped = all_features()[pick.of(_SHAPES)].parameter
    plain, _ = values_of(pick, 2, 3)
    drawn = [*plain, *([shaped(pick)] if shaped else ())]
    return list({field.name: field for field in drawn}.values())


def _text(name: str, description: str) -> Parameter:
    return Parameter(name, {"type": "string", "description": description}, lambda pick: "")


def _update_tool(kind: str, fields: Sequence[Parameter]) -> Tool:
    described = "Sets fields of a record; what is left out stays as it is."
    tool = tool_of(f"update_{kind}", described, [_text("id", "Its id."), _KEY, *fields])
    return replace(tool, parameters={**tool.parameters, "required": ["id"]})


def _pieces(pick: Pick, said: Sequence[JsonObject]) -> list[list[JsonObject]]:
    """Put what is said into messages; two things stand in one when they share no record."""
    pieces = [[said[0]]]
    for one in said[1:]:
        last = pieces[-1]
        apart = not _names(one) & {name for other in last for name in _names(other)}
        if len(pieces) > 1 and len(last) < _MOST_AT_ONCE and apart and pick.chance(75):
            last.append(one)
        else:
            pieces.append([one])
    return pieces


def _names(said: JsonObject) -> set[str]:
    return {said["name"], said.get("other", said["name"])}


def _spelled_out(
    records: Records, before: Sequence[Sequence[JsonObject]], piece: Sequence[JsonObject]
) -> list[JsonObject]:
    """Return what a message comes to, every value named."""
    earlier = [one for said in before for one in said]
    then, now = _apply(records, earlier), _apply(records, [*earlier, *piece])
    return [
        {"do": "set", "name": name, "field": field, "value": value}
        for name in now
        for field, value in _changes(then[name], now[name]).items()
    ]


def _changes(before: JsonObject, after: JsonObject) -> JsonObject:
    return {f: v for f, v in after.items() if canonical(v) != canonical(before.get(f))}


def _world(kind: str, records: Records, talk: _Talk, seed: str) -> World:
    """Return the world without what is said in it: its way begins where all is looked up."""
    wanted = talk.now
    find, update = f"find_{kind}", f"update_{kind}"
    ids = {name: nonce(seed, "id", name) for name in records}
    fields = list(next(iter(records.values())))
    changed = {name: _changes(records[name], wanted[name]) for name in records}
    return World(
        dimension="correction",
        level=0,
        pair=nonce(seed, "pair"),
        twin=False,
        wording=0,
        seed=seed,
        task={"find": find, "update": update},
        deeds={
            find: Deed("find", {"kind": kind, "by": "name", "field": "name"}),
            update: Deed("set", {"kind": kind, "by": "id", "fields": {f: f for f in fields}}),
        },
        records={kind: {ids[name]: {"name": name, **records[name]} for name in records}},
        goal=tuple(
            Check(
                kind,
                ids[name],
                field,
                value,
                "goal-not-reached",
                fix=ExpectedCall(update, {"id": ids[name], **wanted[name]}),
            )
            for name in records
            for field, value in wanted[name].items()
        ),
        gold=(
            tuple(
                ExpectedCall(update, {"id": ids[name], **changed[name]})
                for name in records
                if changed[name]
            ),
        ),
    )


def _asking(world: World, said: Sequence[Sequence[JsonObject]], user: User) -> World:
    pieces = tuple(_told(piece, world.wording) for piece in said[1:])
    named = dict.fromkeys(name for piece in said for one in piece for name in sorted(_names(one)))
    look_up = tuple(ExpectedCall(world.task["find"], {"name": name}) for name in named)
    return replace(
        world,
        gold=(look_up, *world.gold),
        task={**world.task, "said": said},
        user=replace(user, pieces=pieces),
        most_rounds=6 * len(said) + 3 * user.patience + 10,
    )


# --- texts


def _told(piece: Sequence[JsonObject], wording: int) -> str:
    return "\n".join(
        filled(_SAID[one["do"]][wording], **{k: v for k, v in one.items() if k != "do"})
        for one in piece
    )


def _render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    head = filled(_OPENINGS[wording], find=task["find"], update=task["update"])
    return (Message("user", f"{head}\n\n{_told(task['said'][0], wording)}"),)


def _read(view: View) -> JsonObject | None:
    """Read what was said so far: the opening and the pieces after it."""
    head, _, first = view.task.partition("\n\n")
    tools = next((read for t in _OPENINGS if (read := read_filled(t, head))), None)
    if tools is None:
        return None
    return {**tools, "said": [_read_piece(t) for t in (first, *view.users[1:]) if _is_piece(t)]}


def _is_piece(text: str) -> bool:
    return not is_correction(text)


def _read_piece(text: str) -> list[JsonObject]:
    return [_read_one(line) for line in text.split("\n")]


def _read_one(line: str) -> JsonObject:
    for do, wordings in _SAID.items():
        for template in wordings:
            try:
                read = read_filled(template, line)
            except ValueError:  # what stands there is no value: it is said in other words
                continue
            if read is not None:
                return {"do": do, **read}
    raise ValueError(f"not understood: {line}")


# --- agents


def _solve(view: View, task: JsonObject) -> Move:
    """Look up what is spoken of, and bring every record to where it has to be by now."""
    return _follow(view, task, [one for piece in task["said"] for one in piece])


def _follow(view: View, task: JsonObject, said: Sequence[JsonObject]) -> Move:
    named = list(dict.fromkeys(name for one in said for name in sorted(_names(one))))
    asked = [step.arguments.get("name") for step in view.steps if step.tool == task["find"]]
    if missing := [name for name in named if name not in asked]:
        return [ExpectedCall(task["find"], {"name": name}) for name in missing]
    found: Records = {}
    for step in view.steps:
        if step.tool == task["find"]:
            found.setdefault(step.result["name"], dict(step.result))
    wanted = _apply(found, said)
    for step in view.steps:
        if step.tool == task["update"] and not step.failed:
            record = next(r for r in found.values() if r["id"] == step.arguments["id"])
            record.update(step.arguments)
    changes = {name: _changes(found[name], wanted[name]) for name in named}
    return [
        ExpectedCall(task["update"], {"id": found[name]["id"], **changes[name]})
        for name in named
        if changes[name]
    ]


def _ignore(view: View, task: JsonObject) -> Move:
    """Do what is spelled out, and nothing else until the exact call is told."""
    if is_correction(view.users[-1]):
        call = told_call(view.users[-1])
        return [call] if call and not view.since else []
    return _follow(view, task, [one for piece in task["said"] for one in piece if "value" in one])


FAMILY = Family(
    name="correction",
    title="User correction cost",
    summary="get right at first what a user says bit by bit, so that nobody has to correct it",
    twin="the same changes in the same messages, with every value spelled out",
    knobs="things said one after the other: values by reference, exchanges, all that was said",
    levels=(2, 12),
    usual=5,
    findings=(
        "correction-needed",
        "correction-not-taken",
        "correction-regressed",
        "goal-not-reached",
    ),
    wordings=len(_OPENINGS),
    draw=_draw,
    render=_render,
    read=_read,
    solve=_solve,
    ignore=_ignore,
)
