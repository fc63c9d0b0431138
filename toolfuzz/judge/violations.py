"""Arguments without a right answer beside them: what their schema alone proves wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.validation import fits
from toolfuzz.judge.coercion import UNKNOWN, Cause
from toolfuzz.judge.objects import sort_out, unwrap
from toolfuzz.judge.schema import describe, is_filler, proven
from toolfuzz.judge.shapes import Place, root_place
from toolfuzz.judge.strings import json_text

__all__ = ["Violation", "violations"]

_KEY_ERRORS = frozenset(
    {"required", "additionalProperties", "unevaluatedProperties", "dependentRequired"}
)
_MOST_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Violation:
    """A cause at a path of the arguments, and the value there."""

    path: list[str | int]
    place: Place
    cause: Cause
    came: Json


def violations(root: Json, value: JsonObject, tool_name: str) -> list[Violation]:
    """Return what the schema proves, parents first, one cause a path.

    A valid value can still be ambiguous: text that spells an object where the schema admits both
    is noted as info.
    """
    place = root_place(root, value)
    if fits(root, value):
        return list(_ambiguous(place, value))
    found: list[Violation] = []
    inner = unwrap(value, None, place, tool_name)
    if inner is not None:
        found.append(Violation([], place, Cause("args-wrapped", inner[1]), value))
        value = inner[0]
        place = root_place(root, value)
    explained: set[tuple[str | int, ...]] = set()
    sorted_out: set[tuple[str | int, ...]] = set()
    for error in proven(place, value):
        path = tuple(error.absolute_path)
        kind = error.validator in _KEY_ERRORS and isinstance(error.instance, dict)
        if path in sorted_out or any(path[:n] in explained for n in range(len(path) + 1)):
            continue
        (sorted_out if kind else explained).add(path)
        found += (
            _keys(place, value, list(path)) if kind else _single(error, place, value, list(path))
        )
    return found


def _keys(top: Place, value: Json, path: list[str | int]) -> Iterator[Violation]:
    place, came, _ = _follow(top, value, path)
    keys = sort_out(None, came, place, len(path))
    names = {shown: name for name, shown in keys.pairs.items()}
    for key, cause in keys.causes:
        if key is None:
            yield Violation(path, place, cause, came)
        else:
            member = came.get(key, UNKNOWN)
            yield Violation([*path, key], place.child(names.get(key, key), member), cause, member)


def _single(error: Any, top: Place, value: Json, path: list[str | int]) -> Iterator[Violation]:
    place, came, parent = _follow(top, value, path)
    if parent is not None and isinstance(path[-1], str) and not parent.requires(path[-1]):
        if came is None:
            yield Violation(path, place, Cause("optional-null", "null is not allowed"), came)
            return
        if is_filler(came):
            said = f"filled in with {came!r} instead of left out"
            yield Violation(path, place, Cause("optional-placeholder", said), came)
            return
    cause = describe(error, place, UNKNOWN, len(path))
    if cause is None:
        return
    if cause.slug == "value-changed" and parent is not None and parent.is_tuple:
        said = f"item {path[-1]} has no place there"
        yield Violation(path[:-1], parent, Cause("tuple-violated", said), came)
        return
    yield Violation(path, place, cause, came)


def _follow(place: Place, value: Json, path: list[str | int]) -> tuple[Place, Json, Place | None]:
    parent = None
    for token in path:
        value = value[token]
        parent, place = place, place.child(token, value)
    return place, value, parent


def _ambiguous(place: Place, value: Json) -> Iterator[Violation]:
    """Note strings that spell a container where the schema admits either."""
    for path, text in islice(_container_texts(value), _MOST_LOOKED_AT):
        loaded = json_text(text)
        if not isinstance(loaded, dict | list):
            continue
        here, _, _ = _follow(place, value, path)
        if here.is_union and here.admits(loaded):
            kind = "object" if isinstance(loaded, dict) else "array"
            slug = "nested-stringified" if len(path) > 1 else f"{kind}-as-json-string"
            said = f"the schema admits a string and an {kind}; can't tell which was meant"
            yield Violation(path, here, Cause(slug, said, severity="info"), text)


def _container_texts(value: Json) -> Iterator[tuple[list[str | int], str]]:
    stack: list[tuple[list[str | int], Json]] = [([], value)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str):
            if node.lstrip()[:1] in ("{", "["):
                yield path, node
        elif isinstance(node, dict):
            stack += [([*path, k], v) for k, v in node.items() if isinstance(v, str | dict | list)]
        elif isinstance(node, list):
            items = enumerate(node)
            stack += [([*path, n], v) for n, v in items if isinstance(v, str | dict | list)]
