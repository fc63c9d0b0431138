"""Enums: of strings, of integers, of mixed types, without ``type``, outside ASCII."""

from collections.abc import Callable, Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.features.base import Feature, Parameter, Place
from toolfuzz.generate.pick import Pick

Choices = Sequence[tuple[str, tuple[Json, ...]]]

_STRINGS: Choices = (
    ("operation", ("create", "update", "delete")),
    ("level", ("low", "medium", "high")),
    ("method", ("GET", "POST", "PUT", "PATCH", "DELETE")),
    ("state", ("open", "In Progress", "DONE")),
    ("unit", ("px", "em", "%", "vw")),
    ("format", ("csv", "parquet", "jsonl", "CSV")),
)
_INTEGERS: Choices = (
    ("priority", (1, 2, 3)),
    ("bits", (8, 16, 32, 64)),
    ("status", (200, 404, 500)),
    ("offset", (-1, 0, 1)),
)
_MIXED: Choices = (
    ("limit", ("auto", 10, 100)),
    ("cache", (True, False, "shared")),
    ("mode", ("1", 1, None)),
    ("scale", (0.5, 1, "fit")),
)
_UNTYPED: Choices = (
    ("strategy", ("merge", "squash", "rebase")),
    ("size", (1, 2, 4)),
    ("engine", ("v1", "v2")),
)
_UNICODE: Choices = (
    ("farbe", ("rot", "grün", "weiß")),
    ("stadt", ("北京", "上海", "東京")),
    ("mood", ("🙂", "🙁", "👩‍💻")),
)


def _drawn(choices: Choices, kind: str | None) -> Callable[[Pick], Parameter]:
    def parameter(pick: Pick) -> Parameter:
        name, options = pick.of(choices)
        schema: JsonObject = {"type": kind} if kind else {}
        return Parameter(name, {**schema, "enum": list(options)}, lambda p: p.of(options))

    return parameter


def _types(node: JsonObject) -> set[type]:
    return {type(option) for option in node["enum"]}


def _strings(node: JsonObject, place: Place) -> bool:
    return node.get("type") == "string"


def _integers(node: JsonObject, place: Place) -> bool:
    return _types(node) == {int}


def _mixed(node: JsonObject, place: Place) -> bool:
    return len(_types(node)) > 1


def _untyped(node: JsonObject, place: Place) -> bool:
    return "type" not in node and len(_types(node)) == 1


def _unicode(node: JsonObject, place: Place) -> bool:
    return any(isinstance(option, str) and not option.isascii() for option in node["enum"])


FEATURES = (
    Feature(
        "enum-string",
        "an enum of strings",
        "values",
        parameter=_drawn(_STRINGS, "string"),
        keyword="enum",
        node=_strings,
    ),
    Feature(
        "enum-integer",
        "an enum of integers",
        "values",
        parameter=_drawn(_INTEGERS, "integer"),
        keyword="enum",
        node=_integers,
    ),
    Feature(
        "enum-mixed",
        "an enum whose options have several types",
        "indirect",
        parameter=_drawn(_MIXED, None),
        keyword="enum",
        node=_mixed,
    ),
    Feature(
        "enum-untyped",
        "an enum without a type keyword",
        "indirect",
        parameter=_drawn(_UNTYPED, None),
        keyword="enum",
        node=_untyped,
    ),
    Feature(
        "enum-unicode",
        "an enum with options outside ASCII",
        "constraints",
        parameter=_drawn(_UNICODE, "string"),
        keyword="enum",
        node=_unicode,
    ),
)
