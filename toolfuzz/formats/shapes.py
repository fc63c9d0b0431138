"""Shapes of JSON objects in one line each: ``choices[].delta.content?: string|null``.

A path's steps are keys; ``key[]`` is each element of an array, ``key[type=text]`` each element that
has this text there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind, kind_of

__all__ = ["Shape", "conditions", "get", "holds", "shape", "steps_of"]

_LINE = re.compile(r"((?:\[[^\]]*\]|[^\s:=?\[])+)(\?)?\s*([:=])\s*(.+)")
_ABSENT: Final = object()
# The Python types that a kind surely is; any other is looked at more closely.
_SURE: dict[str, frozenset[type]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
    "array": frozenset({list}),
    "object": frozenset({dict}),
    "union": frozenset({dict}),
}

Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What must stand at ``path``: one of ``kinds``, or exactly ``value``.

    The kinds are JSON type names, or ``union``: an object of which just one member is set.
    """

    text: str
    steps: Steps
    optional: bool
    kinds: frozenset[str]
    value: Any = _ABSENT

    def breaches(self, holder: JsonObject) -> Iterator[str]:
        """Yield what is wrong, at each place where the path leads."""
        for found in _walk(holder, self.steps):
            if found is _ABSENT:
                if not self.optional:
                    yield f"{'.'.join(self.steps)} is missing"
            elif self.value is not _ABSENT:
                if found != self.value or type(found) is not type(self.value):
                    yield f"{'.'.join(self.steps)} is not {strictjson.dumps(self.value)}"
            elif "union" in self.kinds:
                if not _is_union(found):
                    yield f"{'.'.join(self.steps)} is no object with one member"
            elif kind_of(found) not in self.kinds:
                yield f"{'.'.join(self.steps)} is {a_kind(found)}"


def _is_union(value: Json) -> bool:
    """Whether just one member of an object is set; null is not."""
    return isinstance(value, dict) and sum(inner is not None for inner in value.values()) == 1


def shape(text: str) -> Shape:
    """Read a shape; raises ValueError."""
    match = _LINE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no shape")
    path, optional, sign, what = match.groups()
    steps = steps_of(path)
    if sign == "=":
        return Shape(text, steps, bool(optional), frozenset(), strictjson.parse(what).value)
    kinds = frozenset(what.split("|"))
    if not kinds <= _SURE.keys():
        raise ValueError(f"{text!r} names no JSON type")
    return Shape(text, steps, bool(optional), kinds)


def conditions(texts: Sequence[str]) -> Callable[[JsonObject], bool]:
    """Return the test of conditions, all of which must hold.

    ``PATH=TEXT``, with a path of keys alone: the text stands there; ``PATH``: something does.
    """
    halves = [text.partition("=") for text in texts]
    texts_at = [(steps_of(path), text) for path, sign, text in halves if sign]
    things_at = [steps_of(path) for path, sign, _ in halves if not sign]

    def test(holder: JsonObject) -> bool:
        for steps, text in texts_at:
            if get(holder, steps) != text:
                return False
        return all(_there(holder, steps) for steps in things_at)

    return test


def _there(holder: JsonObject, steps: Steps) -> bool:
    return any(found is not _ABSENT for found in _walk(holder, steps))


# --- paths


def steps_of(path: str) -> Steps:
    """Return the steps of a path."""
    return tuple(path.split("."))


def get(holder: Json, steps: Steps) -> Json:
    """Return what stands at a path of keys alone; None where it leads nowhere."""
    for step in steps:
        if type(holder) is not dict:
            return None
        holder = holder.get(step)
    return holder


def _walk(holder: Any, steps: Steps) -> Iterator[Any]:
    """Yield what stands at the end of the path, _ABSENT where only the last step leads nowhere."""
    if not isinstance(holder, dict):
        return
    key, in_array, wanted = _step(steps[0])
    if in_array:
        array = holder.get(key)
        inner = array if isinstance(array, list) else []
        if wanted is not None:
            name, text = wanted
            inner = [one for one in inner if isinstance(one, dict) and one.get(name) == text]
    else:
        inner = [holder.get(key, _ABSENT)]
    for one in inner:
        if len(steps) > 1:
            yield from _walk(one, steps[1:])
        else:
            yield one


def _step(step: str) -> tuple[str, bool, tuple[str, str] | None]:
    """Return the key, whether the elements of its array are meant, and what tells them apart."""
    if not step.endswith("]"):
        return step, False, None
    key, _, wanted = step[:-1].partition("[")
    name, sign, text = wanted.partition("=")
    return key, True, (name, text) if sign else None


# --- many shapes at once: whether all hold is asked of every event, what is wrong of few


@dataclass(slots=True)
class _Node:
    """What must hold at one step: of the value itself, and of what stands in it."""

    key: str
    in_array: bool
    wanted: tuple[str, str] | None
    sure: frozenset[type] | None = None
    value: Any = _ABSENT
    required: bool = False
    union: bool = False
    inner: "dict[str, _Node]" = field(default_factory=dict)


def holds(shapes: Iterable[Shape]) -> Callable[[JsonObject], bool]:
    """Return a quick test: True is sure, False only that each shape must be looked at."""
    root: dict[str, _Node] = {}
    for one in shapes:
        nodes = root
        for step in one.steps:
            node = nodes.setdefault(step, _Node(*_step(step)))
            nodes = node.inner
        node.union = node.union or "union" in one.kinds
        if one.kinds:
            node.sure = frozenset().union(*(_SURE[kind] for kind in one.kinds))
        else:
            node.value = one.value
        node.required = node.required or not one.optional
    tree = _frozen(root)
    return lambda holder: _holds(tree, holder)


_Tree = tuple[tuple[Any, ...], ...]


def _frozen(nodes: dict[str, _Node]) -> _Tree:
    return tuple(
        (n.key, n.in_array, n.wanted, n.sure, n.value, n.required, n.union, _frozen(n.inner))
        for n in nodes.values()
    )


def _holds(tree: _Tree, holder: JsonObject) -> bool:
    for key, in_array, wanted, sure, value, required, union, inner in tree:
        found = holder.get(key, _ABSENT)
        if found is _ABSENT and not in_array:
            if required:
                return False
            continue
        if in_array and type(found) is not list:
            continue
        for one in found if in_array else (found,):
            if wanted is not None and get(one, wanted[:1]) != wanted[1]:
                continue
            if (sure is not None and type(one) not in sure) or (union and not _is_union(one)):
                return False
            if value is not _ABSENT and (one != value or type(one) is not type(value)):
                return False
            if inner and type(one) is dict and not _holds(inner, one):
                return False
    return True
