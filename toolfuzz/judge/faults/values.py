"""What the simulated faults of values and keys share."""

import json
from math import isinf
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.judge.faults.fault import Roll
from toolfuzz.judge.faults.frames import KEEP, parameters
from toolfuzz.judge.faults.schema import Spot, branches, places, types

__all__ = [
    "KEYWORD_NAMES",
    "all_places",
    "delete_member",
    "dumped",
    "enum_members",
    "fill_in",
    "holders",
    "holds_json",
    "is_int",
    "is_number",
    "is_tied",
    "loaded_text",
    "unless_same",
]

KEYWORD_NAMES = frozenset(
    {"title", "type", "properties", "definitions", "description", "default", "items", "required"}
    | {"$ref", "$defs", "$id", "$schema", "format", "enum", "const", "examples", "pattern"}
    | {"additionalProperties", "anyOf", "oneOf", "allOf", "not"}
)


def all_places(reply: ReplyPlan, roll: Roll, calls: list[Call] | None = None) -> list[Spot]:
    """Return the places in the arguments that the conditions admit."""
    return [
        place
        for call in (reply.calls if calls is None else calls)
        for place in places(call.arguments, parameters(reply, call))
        if roll.trigger.takes(place)
    ]


def delete_member(found: list[Spot], roll: Roll) -> bool:
    """Take one of the places away."""
    if not found:
        return False
    place = roll.rng.choice(found)
    del place.holder[place.key]
    return True


def holders(reply: ReplyPlan) -> list[tuple[JsonObject, JsonObject]]:
    """Every object in the arguments with the schema that declares its properties."""
    found: list[tuple[JsonObject, JsonObject]] = []
    for call in reply.calls:
        root = parameters(reply, call)
        outer = next((b for b in branches(root, root) if "properties" in b), root)
        found.append((call.arguments, outer))
        for place in places(call.arguments, root):
            if isinstance(place.value, dict) and "properties" in place.schema:
                found.append((place.value, place.schema))
    return found


def fill_in(reply: ReplyPlan, filler: Any) -> bool:
    """Put a value for the first optional parameter that is absent and has one."""
    for holder, schema in holders(reply):
        required = schema.get("required", ())
        for key, written in schema.get("properties", {}).items():
            if key in holder or key in required:
                continue
            value = filler(types(written, parameters(reply, reply.calls[0])))
            if value is not KEEP and "enum" not in written:
                holder[key] = value
                return True
    return False


def is_tied(place: Spot) -> bool:
    """Whether only listed values may stand there."""
    return "enum" in place.schema or "const" in place.schema


def is_int(value: Any) -> bool:
    """Whether it is an integer, and no boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether it is a number, and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def dumped(value: Any) -> str:
    """Return the value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def loaded_text(text: Any) -> Any:
    """The JSON value that the string holds; KEEP when it holds none."""
    try:
        value = json.loads(text, parse_constant=_no_constants) if isinstance(text, str) else KEEP
    except (ValueError, RecursionError):
        return KEEP
    return KEEP if isinstance(value, float) and isinf(value) else value


def _no_constants(token: str) -> None:
    raise ValueError(token)


def holds_json(text: str) -> bool:
    """Whether the string holds JSON."""
    return loaded_text(text) is not KEEP


def enum_members(place: Spot) -> list[Any]:
    """Return the members of the enum that holds the value."""
    for branch in branches(place.schema, place.root):
        members = branch.get("enum")
        if isinstance(members, list) and place.value in members:
            return members
    return []


def unless_same(place: Spot, change: Any) -> Any:
    """Return the changed string, KEEP when nothing changes or an enum ties it."""
    if not isinstance(place.value, str) or "enum" in place.schema:
        return KEEP
    changed = change(place.value)
    return KEEP if changed == place.value else changed
