"""Limits: numbers, lengths, counts; integers beyond 2**53; numbers with a tempting spelling."""

from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.features.base import SCALARS, Feature, Parameter, Place
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.values import BIG_INTEGERS, ODD_NUMBERS, WORDS

_TEXTS = tuple(p for p in SCALARS if p.schema["type"] == "string")


def _integer(pick: Pick) -> Parameter:
    low, size = pick.of((0, 1, -10, 100)), pick.of((1, 9, 50, 899))
    schema: JsonObject = {"type": "integer", "minimum": low, "maximum": low + size}
    options = (low, low + size, low + size // 2)
    return Parameter(
        pick.of(("level_of_detail", "hour", "percent")), schema, lambda p: p.of(options)
    )


def _number(pick: Pick) -> Parameter:
    schema: JsonObject = pick.of(
        (
            {"type": "number", "minimum": 0, "maximum": 1},
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            {"type": "number", "minimum": 0.1, "exclusiveMaximum": 0.9},
        )
    )
    return Parameter(
        pick.of(("probability", "opacity", "share")),
        schema,
        lambda p: p.of((0.5, 0.125, 0.75, 0.8)),
    )


def _multiple(pick: Pick) -> Parameter:
    step = pick.of((5, 10, 0.5, 64))
    kind = "number" if isinstance(step, float) else "integer"
    schema = {"type": kind, "multipleOf": step}
    return Parameter(
        pick.of(("interval", "memory_mb", "step")), schema, lambda p: step * p.within(0, 12)
    )


def _length(pick: Pick) -> Parameter:
    low, more = pick.of((1, 3, 8)), pick.of((0, 4, 40))
    schema: JsonObject = {"type": "string", "minLength": low, "maxLength": low + more}
    letters = "abcdefgh-0123456789 and so on, until the end of it all"
    options = (letters[:low], letters[: low + more].rstrip().ljust(low, "."))
    return Parameter(pick.of(("slug", "nickname", "code_name")), schema, lambda p: p.of(options))


_LONG_LIMIT = 5000


def _long_length(pick: Pick) -> Parameter:
    schema: JsonObject = {"type": "string", "maxLength": _LONG_LIMIT}
    return Parameter(pick.of(("message_body", "abstract", "script")), schema, lambda p: p.of(WORDS))


def _items(pick: Pick) -> Parameter:
    low, more = pick.of((1, 2, 3)), pick.of((0, 1, 3))
    item = pick.of(SCALARS)
    schema: JsonObject = {
        "type": "array",
        "items": item.schema,
        "minItems": low,
        "maxItems": low + more,
    }

    def values(p: Pick) -> Json:
        return p.several(item.values, low, low + more)

    return Parameter(f"{item.name}_series", schema, values)


def _unique(pick: Pick) -> Parameter:
    item = pick.of(_TEXTS)
    schema: JsonObject = {"type": "array", "items": item.schema, "uniqueItems": True}
    words = ("red", "green", "blue", "Red", "red ", "grey")
    return Parameter(f"unique_{item.name}s", schema, lambda p: p.some(words[:4], 2, 4))


def _properties(pick: Pick) -> Parameter:
    schema: JsonObject = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "minProperties": 1,
        "maxProperties": 3,
    }
    keys = ("a", "b", "c", "d")
    return Parameter("parts", schema, lambda p: {key: "x" + key for key in p.some(keys, 1, 3)})


def _table(name: str, kind: str, options: tuple[Any, ...]) -> Parameter:
    return Parameter(name, {"type": kind}, lambda p: p.of(options))


def _big(value: int) -> bool:
    return abs(value) > 2**53


_ODD = frozenset(map(repr, ODD_NUMBERS))


def _odd(value: float) -> bool:
    return repr(value) in _ODD


def _has(keyword: str, kinds: tuple[str, ...]) -> Any:
    def spotted(node: JsonObject, place: Place) -> bool:
        return node.get("type") in kinds

    return {"keyword": keyword, "node": spotted}


FEATURES = (
    Feature(
        "integer-bounds",
        "an integer with minimum and maximum",
        "constraints",
        parameter=_integer,
        **_has("minimum", ("integer",)),
    ),
    Feature(
        "number-bounds",
        "a number with (exclusive) limits",
        "constraints",
        parameter=_number,
        keyword="type",
        types=("number",),
        node=lambda node, place: (
            node["type"] == "number" and bool({"minimum", "exclusiveMinimum"} & node.keys())
        ),
    ),
    Feature(
        "multiple-of",
        "a number that must be a multiple",
        "constraints",
        parameter=_multiple,
        **_has("multipleOf", ("integer", "number")),
    ),
    Feature(
        "string-length",
        "text with minLength and maxLength",
        "constraints",
        parameter=_length,
        keyword="maxLength",
        node=lambda node, place: "minLength" in node and node.get("type") == "string",
    ),
    Feature(
        "string-length-long",
        "text with a maxLength of thousands, which some grammars can't hold",
        "constraints",
        parameter=_long_length,
        keyword="maxLength",
        node=lambda node, place: (
            isinstance(node["maxLength"], int) and node["maxLength"] >= _LONG_LIMIT
        ),
    ),
    Feature(
        "array-bounds",
        "an array with minItems and maxItems",
        "constraints",
        parameter=_items,
        **_has("maxItems", ("array",)),
    ),
    Feature(
        "unique-items",
        "an array whose items must differ",
        "constraints",
        parameter=_unique,
        **_has("uniqueItems", ("array",)),
    ),
    Feature(
        "property-count",
        "a map with minProperties and maxProperties",
        "constraints",
        parameter=_properties,
        **_has("maxProperties", ("object",)),
    ),
    Feature(
        "integer-big",
        "an integer beyond 2**53",
        "constraints",
        parameter=lambda pick: _table(
            pick.of(("snowflake_id", "nanoseconds", "account_number")), "integer", BIG_INTEGERS
        ),
        value=_big,
        kinds=(int,),
    ),
    Feature(
        "number-spelling",
        "a number that is easily respelled: 1e21, -0.0, 100.0, 120000",
        "constraints",
        parameter=lambda pick: _table(
            pick.of(("amount", "epsilon", "factor")), "number", ODD_NUMBERS
        ),
        value=_odd,
        kinds=(int, float),
    ),
)
