"""What tools in the wild carry although it is no JSON Schema: only by request.

Whoever wrote them meant something, so the right answer is known all the same; it can't be checked
against the schema, which isn't one (or says something else than was meant).
"""

from collections.abc import Callable
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.features.base import Feature, Parameter, Place, fields
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.values import AMOUNTS, COUNTS, WORDS

_KINDS: dict[str, tuple[Json, ...]] = {
    "str": WORDS,
    "int": COUNTS,
    "float": AMOUNTS,
    "bool": (False, True),
    "list": (["a"], ["a", "b"]),
    "dict": ({"a": "b"}, {"key": "value", "other": "x"}),
    "any": ("text", 3, True),
}
_NO_TEXT = frozenset(("integer", "number", "boolean", "array", "object", "null"))
_TYPES = _NO_TEXT | {"string"}


def _python_type(pick: Pick) -> Parameter:
    kind = pick.of(tuple(_KINDS))
    return Parameter(pick.of(("city", "amount", "given")), {"type": kind}, _any_of(_KINDS[kind]))


def _capitals(pick: Pick) -> Parameter:
    (plain,) = fields(pick, 1, 1)
    return Parameter(
        plain.name, {**plain.schema, "type": plain.schema["type"].upper()}, plain.values
    )


def _bounds_as_text(pick: Pick) -> Parameter:
    schema: JsonObject = {"type": "integer", "minimum": "1", "maximum": "100"}
    return Parameter(pick.of(("count_of_rows", "priority")), schema, _any_of((1, 5, 100)))


def _lengths_as_text(pick: Pick) -> Parameter:
    schema: JsonObject = {"type": "string", "minLength": "1", "maxLength": "200"}
    return Parameter(pick.of(("summary", "display_name")), schema, _any_of(WORDS))


def _required_here(pick: Pick) -> Parameter:
    (plain,) = fields(pick, 1, 1)
    return Parameter(plain.name, {**plain.schema, "required": True}, plain.values)


def _null_after_all(pick: Pick) -> Parameter:
    (plain,) = fields(pick, 1, 1)
    schema = {**plain.schema, "nullable": True, "default": None}
    return Parameter(plain.name, schema, lambda p: None if p.chance(60) else plain.values(p))


def _default_as_text(pick: Pick) -> Parameter:
    schema: JsonObject = pick.of(
        (
            {"type": "boolean", "default": "false"},
            {"type": "integer", "default": "10"},
            {"type": "array", "items": {"type": "string"}, "default": "[]"},
        )
    )
    values = {"boolean": (True, False), "integer": (10, 3), "array": (["a"], ["b", "c"])}
    return Parameter(
        pick.of(("dry", "page_size", "labels_to_add")), schema, _any_of(values[schema["type"]])
    )


def _items_as_text(pick: Pick) -> Parameter:
    schema: JsonObject = {"type": "array", "items": "string"}
    return Parameter(pick.of(("ids", "recipients")), schema, _any_of((["a"], ["b", "c d"])))


def _any_of(options: tuple[Any, ...]) -> Callable[[Pick], Json]:
    return lambda pick: pick.of(options)


def _kind_is(test: Callable[[str], bool]) -> Callable[[JsonObject, Place], bool]:
    return lambda node, place: isinstance(node["type"], str) and test(node["type"])


def _is_text_for_another(node: JsonObject, place: Place) -> bool:
    kind = node.get("type")
    return isinstance(node["default"], str) and isinstance(kind, str) and kind in _NO_TEXT


def _is_null_by_default(node: JsonObject, place: Place) -> bool:
    return node["nullable"] is True and node.get("default", "") is None


FEATURES = (
    Feature(
        "sloppy-type",
        'a type in Python\'s words: "str", "int", "dict"',
        "sloppy",
        parameter=_python_type,
        keyword="type",
        types=(),
        node=_kind_is(lambda kind: kind in _KINDS),
        opt_in=True,
    ),
    Feature(
        "sloppy-type-case",
        'a type in capitals: "STRING"',
        "sloppy",
        parameter=_capitals,
        keyword="type",
        types=(),
        node=_kind_is(lambda kind: kind not in _TYPES and kind.lower() in _TYPES),
        opt_in=True,
    ),
    Feature(
        "sloppy-bounds",
        'bounds as text: "minimum": "1"',
        "sloppy",
        parameter=_bounds_as_text,
        keyword="minimum",
        node=lambda node, place: isinstance(node["minimum"], str),
        opt_in=True,
    ),
    Feature(
        "sloppy-lengths",
        'lengths as text: "minLength": "1"',
        "sloppy",
        parameter=_lengths_as_text,
        keyword="minLength",
        node=lambda node, place: isinstance(node["minLength"], str),
        opt_in=True,
    ),
    Feature(
        "sloppy-required",
        '"required": true in a property instead of a list beside them',
        "sloppy",
        parameter=_required_here,
        keyword="required",
        node=lambda node, place: isinstance(node["required"], bool),
        opt_in=True,
    ),
    Feature(
        "sloppy-nullable",
        '"nullable": true, which JSON Schema doesn\'t know, and null as the right value',
        "sloppy",
        parameter=_null_after_all,
        keyword="nullable",
        node=_is_null_by_default,
        opt_in=True,
    ),
    Feature(
        "sloppy-default",
        'a default of another type: "default": "false" for a boolean',
        "sloppy",
        parameter=_default_as_text,
        keyword="default",
        node=_is_text_for_another,
        opt_in=True,
    ),
    Feature(
        "sloppy-items",
        '"items": "string" instead of a schema',
        "sloppy",
        parameter=_items_as_text,
        keyword="items",
        node=lambda node, place: isinstance(node["items"], str),
        opt_in=True,
    ),
)
