"""Objects: flat, three and six levels deep, and free-form (no ``properties``)."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.anything import an_object
from toolfuzz.generate.features.base import (
    Feature,
    Parameter,
    Place,
    fields,
    object_of,
    object_schema,
    object_values,
)
from toolfuzz.generate.pick import Pick

_NAMES = ("environment", "config", "options", "metadata", "settings", "spec")
_LEVELS = ("build", "image", "registry", "auth", "token", "scope")


def _flat(pick: Pick) -> Parameter:
    if pick.chance(15):
        return _deep(pick, 2)
    schema, values = object_of(pick, 1, 4)
    if pick.chance(40):
        schema["additionalProperties"] = False
    return Parameter(pick.of(_NAMES), schema, values)


def _deep(pick: Pick, levels: int) -> Parameter:
    schema, values = object_of(pick, 1, 2)
    for level in range(levels - 1):
        inner = Parameter(_LEVELS[level % len(_LEVELS)], schema, values)
        members = [inner, *fields(pick, 1, 2)] if pick.chance(50) else [inner]
        schema, values = object_schema(members), object_values(members)
    return Parameter(pick.of(_NAMES), schema, values)


def _free(pick: Pick) -> Parameter:
    schema: JsonObject = {"type": "object"}
    if pick.chance(50):
        schema["additionalProperties"] = True
    if pick.chance(50):
        schema["description"] = "Any further data."
    return Parameter(pick.of(("payload", "extra", "data", "attributes")), schema, an_object)


def _is_object(node: JsonObject, place: Place) -> bool:
    return place.depth >= 1 and node.get("type") == "object"


def _is_free(node: JsonObject, place: Place) -> bool:
    return (
        node["type"] == "object"
        and place.depth >= 1
        and not node.get("properties")
        and node.get("additionalProperties", True) in (True, {})
        and not any(k in node for k in ("$ref", "anyOf", "oneOf", "allOf", "patternProperties"))
    )


def _deeper_than(levels: int, node: Json, place: Place) -> bool:
    return place.depth >= levels and bool(node["properties"])


FEATURES = (
    Feature(
        "object",
        "an object parameter",
        "containers",
        parameter=_flat,
        keyword="properties",
        node=_is_object,
    ),
    Feature(
        "depth-3",
        "objects nested three to five levels deep",
        "containers",
        parameter=lambda pick: _deep(pick, pick.of((3, 3, 4, 5))),
        keyword="properties",
        node=lambda node, place: _deeper_than(3, node, place),
        implies=("object",),
    ),
    Feature(
        "depth-6",
        "objects nested six levels deep",
        "containers",
        parameter=lambda pick: _deep(pick, 6),
        keyword="properties",
        node=lambda node, place: _deeper_than(6, node, place),
        implies=("object", "depth-3"),
    ),
    Feature(
        "free-form-object",
        "an object without declared properties",
        "containers",
        parameter=_free,
        keyword="type",
        types=("object",),
        node=_is_free,
    ),
)
