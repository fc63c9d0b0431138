"""What the families are made of: words, values with their schemas, and templates both ways."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from toolfuzz.core.case import ExpectedCall, Json, JsonObject, Message, Tool
from toolfuzz.core.jsonvalue import equal
from toolfuzz.generate.features.base import SCALARS, Parameter, fields, object_of, object_schema
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.prompts import pattern
from toolfuzz.worlds.family import Drawn, Move
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.view import Step, View

__all__ = [
    "THINGS",
    "a_field",
    "another",
    "filled",
    "opening",
    "read_filled",
    "read_opening",
    "spelled",
    "tool_of",
    "values_of",
    "way",
    "words_of",
]

THINGS = (
    "amber", "basalt", "birch", "brass", "cedar", "chalk", "clay", "cobalt", "copper", "coral",
    "cotton", "ebony", "flint", "garnet", "glass", "granite", "hemp", "indigo", "iron", "ivory",
    "jade", "lapis", "larch", "linen", "marble", "maple", "nickel", "ochre", "onyx", "opal",
    "pewter", "quartz", "resin", "rubber", "sable", "satin", "silk", "slate", "steel", "tallow",
    "teak", "tin", "umber", "velvet", "walnut", "wax", "willow", "wool", "yarrow", "zinc",
)  # fmt: skip
"""Words that stand for things of a world and mean nothing more."""

_TRIES = 8


def spelled(value: Json) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def words_of(pick: Pick, count: int) -> list[str]:
    """Return so many different words."""
    return pick.some(THINGS, count, count)


def values_of(pick: Pick, least: int = 1, most: int = 3) -> tuple[list[Parameter], JsonObject]:
    """Return plain parameters and a value for each."""
    parameters = fields(pick, least, most)
    return parameters, {p.name: p.values(pick) for p in parameters}


def another(pick: Pick, values: Callable[[Pick], Json], than: Json) -> Json:
    """Return a value that isn't the given one; raises ValueError when there seems to be none."""
    # The last ones are not drawn: where all choices are the same, others are still to be had.
    for one in (*[pick] * _TRIES, *map(_always, range(_TRIES))):
        value = values(one)
        if not equal(value, than):
            return value
    raise ValueError("there is no other value")


def _always(choice: int) -> Pick:
    return Pick(lambda n: min(choice, n - 1))


def a_field(pick: Pick, *, but: Sequence[str] = ()) -> Parameter:
    """Return a field that tools set: a plain value or, now and then, an object.

    ``but`` are names that it may not have.
    """
    if pick.chance(30):
        return Parameter("settings", *object_of(pick, 1, 3))
    return pick.of([one for one in SCALARS if one.name not in but])


def tool_of(name: str, description: str, parameters: Sequence[Parameter]) -> Tool:
    """Return a tool with exactly these parameters."""
    schema = object_schema(parameters)
    if not parameters:
        # Services differ over an empty list; it says nothing anyway.
        del schema["required"]
    return Tool(name, description, schema)


def filled(template: str, **values: Json) -> str:
    """Fill a template: every value stands in it as JSON, None as nothing."""
    return template.format(**{k: "" if v is None else spelled(v) for k, v in values.items()})


def read_filled(template: str, text: str) -> dict[str, Any] | None:
    """Read the values back out of a filled template; None when the text is none of it."""
    match = pattern(template).fullmatch(text)
    if match is None:
        return None
    try:
        return {k: json.loads(v) if v else None for k, v in match.groupdict().items()}
    except ValueError:
        return None


def way(drawn: Drawn, opening: tuple[Message, ...], solve: Callable[[View, Any], Move]) -> Drawn:
    """Return the world with the way that its solver takes: round by round, by what it is told."""
    machine, steps, gold = Machine(drawn.world), list[Step](), list[tuple[ExpectedCall, ...]]()
    users = tuple(message.content for message in opening if message.role == "user")
    for round in range(drawn.world.most_rounds):
        view = View((), users, tuple(steps), drawn.tools)
        move = solve(view, drawn.world.task)
        if not move:
            break
        for call in move:
            told = machine.call(call.tool, call.arguments, round=round).result
            steps.append(Step(call.tool, call.arguments, told, len(users), round + 1))
        gold.append(tuple(move))
    return Drawn(replace(drawn.world, gold=tuple(gold)), drawn.tools)


def opening(template: str, task: JsonObject) -> tuple[Message, ...]:
    """Return the one message of a task whose members are the template's fields."""
    return (Message("user", filled(template, **task)),)


def read_opening(templates: Sequence[str], view: View) -> JsonObject | None:
    """Read a task back out of the first message, whichever of the templates it was filled in."""
    for template in templates:
        task = read_filled(template, view.task)
        if task is not None:
            return task
    return None
