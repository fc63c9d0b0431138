"""Members whose whole schema is ``true`` (anything goes) or ``false`` (it must not be there).

https://json-schema.org/draft/2020-12/json-schema-core#section-4.3.2
"""

from collections.abc import Callable

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.anything import any_value
from toolfuzz.generate.features.base import Feature, Parameter, Place, fields
from toolfuzz.generate.pick import Pick


def _with_true(pick: Pick) -> Parameter:
    (beside,) = fields(pick, 1, 1)
    schema: JsonObject = {
        "type": "object",
        "properties": {beside.name: beside.schema, "extra": True},
        "required": [beside.name, "extra"],
    }
    return Parameter(
        pick.of(("envelope", "event", "record")),
        schema,
        lambda p: {beside.name: beside.values(p), "extra": any_value(p)},
    )


def _with_false(pick: Pick) -> Parameter:
    (beside,) = fields(pick, 1, 1)
    schema: JsonObject = {
        "type": "object",
        "properties": {beside.name: beside.schema, "removed_in_v2": False},
        "required": [beside.name],
    }
    return Parameter(
        pick.of(("settings", "request", "entity")),
        schema,
        lambda p: {beside.name: beside.values(p)},
    )


def _has(boolean: bool) -> Callable[[JsonObject, Place], bool]:
    def spotted(node: JsonObject, place: Place) -> bool:
        members = node["properties"]
        return isinstance(members, dict) and boolean in members.values()

    return spotted


FEATURES = (
    Feature(
        "boolean-schema",
        "a property whose schema is true",
        "indirect",
        parameter=_with_true,
        keyword="properties",
        node=_has(True),
        implies=("object",),
    ),
    Feature(
        "boolean-schema-false",
        "a property whose schema is false, so that it must not be given",
        "indirect",
        parameter=_with_false,
        keyword="properties",
        node=_has(False),
        implies=("object",),
    ),
)
