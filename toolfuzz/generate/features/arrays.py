"""Arrays of scalars, of objects, of arrays, and without ``items``."""

from collections.abc import Callable, Sequence

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.anything import an_array
from toolfuzz.generate.features.base import SCALARS, Feature, Parameter, Place, Values, object_of
from toolfuzz.generate.pick import Pick


def _list_of(values: Values, least: int, most: int) -> Values:
    return lambda pick: pick.several(values, least, most)


def _scalars(pick: Pick) -> Parameter:
    item = pick.of(SCALARS)
    schema: JsonObject = {"type": "array", "items": item.schema}
    return Parameter(f"{item.name}_list", schema, _list_of(item.values, 1, 4))


def _objects(pick: Pick) -> Parameter:
    schema, values = object_of(pick, 1, 3)
    return Parameter(
        pick.of(("items", "steps", "records", "targets")),
        {"type": "array", "items": schema},
        _list_of(values, 1, 3),
    )


def _arrays(pick: Pick) -> Parameter:
    item = pick.of(SCALARS)
    rows = _list_of(_list_of(item.values, 1, 3), 1, 3)
    schema = {"type": "array", "items": {"type": "array", "items": item.schema}}
    return Parameter(pick.of(("rows", "matrix", "groups", "polygon")), schema, rows)


def _untyped(pick: Pick) -> Parameter:
    schema: JsonObject = {"type": "array"}
    if pick.chance(40):
        schema["items"] = {}
    return Parameter(pick.of(("anything", "args", "cells")), schema, an_array)


def _of(kinds: Sequence[str]) -> Callable[[JsonObject, Place], bool]:
    def spotted(node: JsonObject, place: Place) -> bool:
        items = node["items"]
        return isinstance(items, dict) and items.get("type") in kinds

    return spotted


def _is_untyped(node: JsonObject, place: Place) -> bool:
    return node["type"] == "array" and not node.get("items") and "prefixItems" not in node


FEATURES = (
    Feature(
        "array-of-scalars",
        "an array of strings, numbers or booleans",
        "containers",
        parameter=_scalars,
        keyword="items",
        node=_of(("string", "integer", "number", "boolean")),
    ),
    Feature(
        "array-of-objects",
        "an array of objects",
        "containers",
        parameter=_objects,
        keyword="items",
        node=_of(("object",)),
        implies=("object",),
    ),
    Feature(
        "array-of-arrays",
        "an array of arrays",
        "containers",
        parameter=_arrays,
        keyword="items",
        node=_of(("array",)),
        implies=("array-of-scalars",),
    ),
    Feature(
        "array-untyped",
        "an array without (or with empty) items",
        "containers",
        parameter=_untyped,
        keyword="type",
        types=("array",),
        node=_is_untyped,
    ),
)
