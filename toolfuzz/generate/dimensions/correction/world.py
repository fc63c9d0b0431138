"""Draws the records and what the user says of them, each in one way of reading only."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.generate.dimensions.base import tool_of, values_of, words_of
from toolfuzz.generate.dimensions.correction.statements import (
    Records,
    apply,
    changed_fields,
    names_in,
)
from toolfuzz.generate.dimensions.correction.texts import OPENINGS, told
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn
from toolfuzz.worlds.spec import Check, Deed, User, World, nonce
from toolfuzz.worlds.user import MOST_HELP

__all__ = ["draw"]

_KINDS = ("account", "device", "printer", "sensor", "service", "vehicle")
_SHAPES = ("object", "array-of-scalars", "enum-string", "array-of-objects")
_MOST_AT_ONCE = 2


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
        return apply(self._records, self.said)

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
        literal = apply(self._records, [one for one in self.said if one["do"] == "set"])
        options = [*self._of_two("same")(now), *self._of_two("swap")(now)]
        telling = [one for one in options if apply(now, [one]) != literal]
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


def draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    """Draw a world and its control twin, in which every value is spelled out."""
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
    world = replace(world, level=level, wording=pick.below(len(OPENINGS)))
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
        apart = not names_in(one) & {name for other in last for name in names_in(other)}
        if len(pieces) > 1 and len(last) < _MOST_AT_ONCE and apart and pick.chance(75):
            last.append(one)
        else:
            pieces.append([one])
    return pieces


def _spelled_out(
    records: Records, before: Sequence[Sequence[JsonObject]], piece: Sequence[JsonObject]
) -> list[JsonObject]:
    """Return what a message comes to, every value named."""
    earlier = [one for said in before for one in said]
    then, now = apply(records, earlier), apply(records, [*earlier, *piece])
    return [
        {"do": "set", "name": name, "field": field, "value": value}
        for name in now
        for field, value in changed_fields(then[name], now[name]).items()
    ]


def _world(kind: str, records: Records, talk: _Talk, seed: str) -> World:
    """Return the world without what is said in it: its way begins where all is looked up."""
    wanted = talk.now
    find, update = f"find_{kind}", f"update_{kind}"
    ids = {name: nonce(seed, "id", name) for name in records}
    fields = list(next(iter(records.values())))
    changed = {name: changed_fields(records[name], wanted[name]) for name in records}
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
    pieces = tuple(told(piece, world.wording) for piece in said[1:])
    named = dict.fromkeys(name for piece in said for one in piece for name in sorted(names_in(one)))
    look_up = tuple(ExpectedCall(world.task["find"], {"name": name}) for name in named)
    return replace(
        world,
        gold=(look_up, *world.gold),
        task={**world.task, "said": said},
        user=replace(user, pieces=pieces),
        most_rounds=6 * len(said) + 3 * user.patience + 10,
    )
