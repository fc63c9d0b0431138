"""Parameters whose schema has no type: empty, or with limits for some type only."""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.anything import any_value, of_type
from toolfuzz.generate.features.base import Feature, Parameter, Place, Values
from toolfuzz.generate.pick import Pick

_LIMITED: tuple[tuple[JsonObject, Values], ...] = (
    ({}, any_value),
    ({"description": "Any JSON value."}, any_value),
    ({"minimum": 3}, lambda pick: pick.of((3, 4.5, "three", 9007199254740993, True))),
    ({"maxLength": 5}, lambda pick: pick.of(("three", "", 123456, "02134", None))),
    ({"pattern": "^[a-z]+$"}, lambda pick: pick.of(("abc", 7, "true", ["A"]))),
    ({"minItems": 1}, lambda pick: pick.of((["x"], "[]", [None, 0], 1))),
    ({"default": None}, lambda pick: of_type(pick, "string")),
)
_STATED = frozenset(
    ("type", "enum", "const", "$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "properties")
)


def _untyped(pick: Pick) -> Parameter:
    schema, values = pick.of(_LIMITED)
    return Parameter(pick.of(("any_value", "input", "operand")), schema, values)


def _has_untyped(node: JsonObject, place: Place) -> bool:
    members = node["properties"]
    if not isinstance(members, dict):
        return False
    for member in members.values():  # nearly all have a type
        if isinstance(member, dict) and "type" not in member and _STATED.isdisjoint(member):
            return True
    return False


FEATURES = (
    Feature(
        "untyped",
        "a parameter without type: anything, or with limits for one type only",
        "indirect",
        parameter=_untyped,
        keyword="properties",
        node=_has_untyped,
    ),
)
