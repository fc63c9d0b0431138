"""Sees which features a case really has, whoever wrote its tools."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from toolfuzz.core.case import ExpectedCall, Json, Tool, Turn
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import Feature, Place

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
    by_keyword, by_value, by_tool, by_offer, by_turn = _spotters()
    names = {f.name for f in by_offer if f.offer and f.offer(tools)}
    names.update(f.name for turn in turns for f in by_turn if f.turn and f.turn(turn))
    called = {c.tool for c in calls}
    for tool in [t for t in tools if t.name in called] or tools[:3]:
        names.update(f.name for f in by_tool if f.tool and f.tool(tool))
        for node, place in nodes(tool.parameters):
            if node.keys() <= _PLAIN and node.get("type") in _SCALARS:
                names.add(node["type"])
                continue
            for keyword in node:
                for feature in by_keyword.get(keyword, ()):
                    if feature.name not in names and feature.node and feature.node(node, place):
                        names.add(feature.name)
    for call in calls:
        for value in _values(call.arguments.values()):
            if isinstance(value, str):
                names.update(_in_text(value))
                continue
            for feature in by_value.get(type(value), ()):
                if feature.name not in names and feature.value and feature.value(value):
                    names.add(feature.name)
    return tuple(sorted(names))


@lru_cache(maxsize=4096)
def _in_text(text: str) -> tuple[str, ...]:
    """Return the features of a string among the arguments: the same ones come again and again."""
    return tuple(f.name for f in _spotters()[1][str] if f.value and f.value(text))


def nodes(schema: Json) -> Iterator[tuple[dict[str, Json], Place]]:
    """Yield every schema node with its place; references are not followed."""
    stack: list[tuple[Json, str, int]] = [(schema, "", 0)]
    while stack:
        node, keyword, depth = stack.pop()
        if not isinstance(node, dict) or depth > _DEEPEST:
            continue
        yield node, Place(keyword, depth, schema)
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


def _values(values: Iterable[Json]) -> Iterator[Json]:
    stack = list(values)
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value


_Spotters = tuple[
    dict[str, tuple[Feature, ...]],
    dict[type, tuple[Feature, ...]],
    tuple[Feature, ...],
    tuple[Feature, ...],
    tuple[Feature, ...],
]


@cache
def _spotters() -> _Spotters:
    features = all_features().values()
    keywords = {f.keyword for f in features if f.node}
    return (
        {k: tuple(f for f in features if f.node and f.keyword == k) for k in keywords},
        {k: tuple(f for f in features if k in f.kinds) for k in (str, int, float, dict, list)},
        tuple(f for f in features if f.tool),
        tuple(f for f in features if f.offer),
        tuple(f for f in features if f.turn),
    )
