"""Tuples (``prefixItems``)."""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.features.base import Feature, Parameter, fields
from toolfuzz.generate.pick import Pick


def _tuple(pick: Pick) -> Parameter:
    members = fields(pick, 2, 3)
    schema: JsonObject = {"type": "array", "prefixItems": [m.schema for m in members]}
    if pick.chance(50):
        schema |= {"items": False, "minItems": len(members)}
    return Parameter(
        pick.of(("range", "coordinates", "pair")),
        schema,
        lambda p: [m.values(p) for m in members],
    )


FEATURES = (
    Feature(
        "tuple",
        "an array with a schema per position",
        "containers",
        parameter=_tuple,
        keyword="prefixItems",
        node=lambda node, place: True,
    ),
)
