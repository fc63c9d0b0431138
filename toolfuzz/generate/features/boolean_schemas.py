"""A member whose whole schema is ``true``: anything goes.

https://json-schema.org/draft/2020-12/json-schema-core#section-4.3.2
"""

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


def _has_true(node: JsonObject, place: Place) -> bool:
    members = node["properties"]
    return isinstance(members, dict) and any(member is True for member in members.values())


FEATURES = (
    Feature(
        "boolean-schema",
        "a property whose schema is true",
        "indirect",
        parameter=_with_true,
        keyword="properties",
        node=_has_true,
        implies=("object",),
    ),
)
