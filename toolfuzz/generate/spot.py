"""Sees which features a case really has, whoever wrote its tools."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from toolfuzz.core.case import ExpectedCall, Json, JsonObject, Tool, Turn
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import TYPES, Place

__all__ = ["nodes", "spot"]

_IN_MAP = ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas")
_IN_LIST = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else")
_HOLDERS = frozenset((*_IN_MAP, *_IN_LIST, *_SINGLE))
_DEEPEST = 64
_PLAIN = frozenset(("type", "description"))
_SCALARS = ("string", "integer", "number", "boolean")
"""Features of their own names. Of such a schema, which most are, nothing else is to be seen."""


def spot(
    tools: Sequence[Tool], calls: Sequence[ExpectedCall], turns: Sequence[Turn] = ()
) -> tuple[str, ...]:
    """Return the names of the features that the case has, sorted.

    Schemas are looked at of the tools that are to be called (of a small offer when none is),
    values in the expected arguments, and the ``turns`` for how they ask.
    """
    seen = _spotters()
    names = {name for name, spotted in seen.offer if spotted(tools)}
    names.update(name for turn in turns for name, spotted in seen.turn if spotted(turn))
    called = {c.tool for c in calls}
    for tool in [t for t in tools if t.name in called] or tools[:3]:
        names.update(name for name, spotted in seen.tool if spotted(tool))
        for node, keyword, depth in _walk(tool.parameters):
            kind = node.get("type")
            if kind in _SCALARS and node.keys() <= _PLAIN:
                names.add(kind)
            else:
                _look_at(node, Place(keyword, depth, tool.parameters), names)
    for call in calls:
        _look_into(call.arguments, names)
    return tuple(sorted(names))


def _look_at(node: JsonObject, place: Place, names: set[str]) -> None:
    """Add what a schema node has."""
    seen, kind = _spotters(), node.get("type")
    by_keyword = seen.of_type[kind] if kind in TYPES else seen.node
    for keyword in node:
        for name, spotted in by_keyword.get(keyword, ()):
            if name not in names and spotted(node, place):
                names.add(name)
    if isinstance(keys := node.get("properties"), dict):
        for key in keys:
            if found := _in_key(key):
                names.update(found)


def _look_into(arguments: JsonObject, names: set[str]) -> None:
    """Add what the values have."""
    by_type = _spotters().value
    left = list(arguments.values())
    while left:
        value = left.pop()
        if isinstance(value, str):
            if found := _in_text(value):
                names.update(found)
            continue
        for name, spotted in by_type.get(type(value), ()):
            if name not in names and spotted(value):
                names.add(name)
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value


@lru_cache(maxsize=4096)
def _in_key(key: str) -> tuple[str, ...]:
    """Return the features of a property's name: the same ones come again and again."""
    return tuple(name for name, spotted in _spotters().key if spotted(key))


@lru_cache(maxsize=4096)
def _in_text(text: str) -> tuple[str, ...]:
    """Return the features of a string among the arguments."""
    return tuple(name for name, spotted in _spotters().value[str] if spotted(text))


def nodes(schema: Json) -> Iterator[tuple[dict[str, Json], Place]]:
    """Yield every schema node with its place; references are not followed."""
    return ((node, Place(keyword, depth, schema)) for node, keyword, depth in _walk(schema))


def _walk(schema: Json) -> Iterator[tuple[JsonObject, str, int]]:
    stack: list[tuple[Json, str, int]] = [(schema, "", 0)]
    while stack:
        node, keyword, depth = stack.pop()
        if not isinstance(node, dict) or depth > _DEEPEST:
            continue
        yield node, keyword, depth
        if _HOLDERS.isdisjoint(node):
            continue
        for key in [key for key in node if key in _HOLDERS]:  # a set has no order to rely on
            held = node[key]
            if key in _IN_MAP:
                inner = depth + 1 if key == "properties" else 1
                if isinstance(held, dict):
                    stack += [(child, key, inner) for child in held.values()]
            elif key in _IN_LIST:
                if isinstance(held, list):
                    stack += [(child, key, depth) for child in held]
            elif isinstance(held, list):  # a tuple's items, before draft 2020-12
                stack += [(child, "prefixItems", depth) for child in held]
            else:
                stack.append((held, key, depth + 1 if key == "additionalProperties" else depth))


_Spotters = Sequence[tuple[str, Callable[..., bool]]]
"""Features' names, and how each is seen."""
_ByKeyword = dict[str, _Spotters]


@dataclass(frozen=True, slots=True)
class _Seen:
    """All features by where they are seen; ``of_type`` in nodes of one of JSON Schema's types."""

    node: _ByKeyword
    of_type: dict[str, _ByKeyword]
    key: _Spotters
    value: dict[type, _Spotters]
    tool: _Spotters
    offer: _Spotters
    turn: _Spotters


@cache
def _spotters() -> _Seen:
    features = all_features().values()

    def by_keyword(kind: str = "") -> _ByKeyword:
        found: dict[str, list[tuple[str, Callable[..., bool]]]] = {}
        for f in features:
            if f.node and (not kind or kind in f.types):
                found.setdefault(f.keyword, []).append((f.name, f.node))
        return dict(found)

    return _Seen(
        by_keyword(),
        {kind: by_keyword(kind) for kind in TYPES},
        [(f.name, f.key) for f in features if f.key],
        {
            kind: [(f.name, f.value) for f in features if f.value and kind in f.kinds]
            for kind in (str, int, float, dict, list)
        },
        [(f.name, f.tool) for f in features if f.tool],
        [(f.name, f.offer) for f in features if f.offer],
        [(f.name, f.turn) for f in features if f.turn],
    )
