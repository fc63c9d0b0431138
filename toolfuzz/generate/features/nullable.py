"""Nullable parameters, spelled in three ways: ``anyOf``, a type list, and OpenAPI's keyword."""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.features.base import Feature, Parameter, Place, Values, fields, object_of
from toolfuzz.generate.pick import Pick


def _inner(pick: Pick) -> Parameter:
    """Return what may be null: a scalar, an object or an array of scalars."""
    (scalar,) = fields(pick, 1, 1)
    match pick.below(3):
        case 0:
            return scalar
        case 1:
            schema, values = object_of(pick, 1, 3)
            return Parameter(pick.of(("quota", "schedule", "policy")), schema, values)
        case _:
            array = {"type": "array", "items": scalar.schema}
            return Parameter(f"{scalar.name}_values", array, lambda p: [scalar.values(p)])


def _or_null(values: Values) -> Values:
    return lambda pick: None if pick.chance(40) else values(pick)


def _any_of(pick: Pick) -> Parameter:
    inner = _inner(pick)
    branches: list[JsonObject] = [inner.schema, {"type": "null"}]
    schema: JsonObject = {"anyOf": branches}
    if pick.chance(40):
        schema["default"] = None
    return Parameter(inner.name, schema, _or_null(inner.values))


def _type_list(pick: Pick) -> Parameter:
    inner = _inner(pick)
    schema = {**inner.schema, "type": [inner.schema["type"], "null"]}
    return Parameter(inner.name, schema, _or_null(inner.values))


def _keyword(pick: Pick) -> Parameter:
    inner = _inner(pick)
    return Parameter(inner.name, {**inner.schema, "nullable": True}, inner.values)


def _any_of_null(node: JsonObject, place: Place) -> bool:
    return any(b.get("type") == "null" for b in node["anyOf"] if isinstance(b, dict))


FEATURES = (
    Feature(
        "nullable-anyof",
        "nullable by anyOf with null",
        "indirect",
        parameter=_any_of,
        keyword="anyOf",
        node=_any_of_null,
    ),
    Feature(
        "nullable-type-list",
        'nullable by a type list such as ["object", "null"]',
        "indirect",
        parameter=_type_list,
        keyword="type",
        types=(),
        node=lambda node, place: isinstance(node["type"], list) and "null" in node["type"],
    ),
    Feature(
        "nullable-keyword",
        "OpenAPI 3.0's nullable: true (no JSON Schema keyword, so null itself is not valid)",
        "indirect",
        parameter=_keyword,
        keyword="nullable",
        node=lambda node, place: node["nullable"] is True,
    ),
)
