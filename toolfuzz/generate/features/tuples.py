"""Tuples: ``prefixItems``, and ``items`` as a list, their spelling before Draft 2020-12."""

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


def _listed(pick: Pick) -> Parameter:
    members = fields(pick, 2, 3)
    return Parameter(
        pick.of(("bounding_box", "entry", "rgb")),
        {"type": "array", "items": [m.schema for m in members]},
        lambda p: [m.values(p) for m in members],
    )


FEATURES = (
    Feature(
        "tuple-items",
        "an array with a schema per position, as a list of items (draft 7, not 2020-12)",
        "rare",
        parameter=_listed,
        keyword="items",
        node=lambda node, place: isinstance(node["items"], list),
        excludes=("tuple",),  # no draft knows both spellings
    ),
    Feature(
        "tuple",
        "an array with a schema per position",
        "containers",
        parameter=_tuple,
        keyword="prefixItems",
        node=lambda node, place: True,
    ),
)
