"""Shapes of JSON objects in one line each: ``choices[].delta.content?: string|null``.

A path's steps are keys; ``key[]`` is each element of an array, ``key[type=text]`` each element that
has this text there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from operator import eq
from typing import Any, Final

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind, kind_of

__all__ = [
    "Shape",
    "Steps",
    "Test",
    "all_of",
    "conditions",
    "get",
    "holds",
    "shape",
    "steps_of",
]

_LINE = re.compile(r"((?:\[[^\]]*\]|[^\s:=?\[])+)(\?)?\s*([:=])\s*(.+)")
_ABSENT: Final = object()
# The Python types that a kind surely is; any other is looked at more closely.
_SURE: dict[str, frozenset[type]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float, strictjson.Float}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
    "array": frozenset({list}),
    "object": frozenset({dict}),
    "union": frozenset({dict}),
}

Steps = tuple[str, ...]
Test = Callable[[Any], bool]


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


@cache
def conditions(texts: tuple[str, ...]) -> Test:
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
        if not isinstance(holder, dict):
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
    """What must stand at one step: one of ``types`` (None: any), ``exact`` values, and within."""

    types: frozenset[type] | None = None
    exact: list[Json] = field(default_factory=list)
    union: bool = False
    inner: "dict[str, _Node]" = field(default_factory=dict)

    def bind(self, shape: Shape) -> None:
        types = frozenset[type]().union(*(_SURE[kind] for kind in shape.kinds))
        if not shape.kinds:
            types = frozenset({type(shape.value)})
            self.exact.append(shape.value)
        if shape.optional:
            types |= {type(_ABSENT)}
        self.types = types if self.types is None else self.types & types
        self.union = self.union or "union" in shape.kinds


def holds(shapes: Iterable[Shape]) -> Test:
    """Return a quick test: True is sure, False only that each shape must be looked at."""
    root = _Node()
    for one in shapes:
        node = root
        for step in one.steps:
            node = node.inner.setdefault(step, _Node())
        node.bind(one)
    return _members(root.inner)


def _members(nodes: dict[str, _Node]) -> Test:
    """Return the test of what stands in an object; what is none passes."""
    steps = [(*_step(step), node.types, _closer(node)) for step, node in nodes.items()]
    typed = [(key, types) for key, many, _, types, _ in steps if not many and types is not None]
    closer = [(key, right) for key, many, _, _, right in steps if not many and right is not None]
    arrays = [(key, wanted, types, right) for key, many, wanted, types, right in steps if many]

    def test(holder: Any) -> bool:
        if not isinstance(holder, dict):
            return True
        for key, types in typed:
            if type(holder.get(key, _ABSENT)) not in types:
                return False
        for key, right in closer:
            if key in holder and not right(holder[key]):
                return False
        for key, wanted, any_of, fits in arrays:
            array = holder.get(key)
            for one in array if isinstance(array, list) else ():
                if wanted is not None and get(one, wanted[:1]) != wanted[1]:
                    continue
                if any_of is not None and type(one) not in any_of:
                    return False
                if fits is not None and not fits(one):
                    return False
        return True

    return test


def _closer(node: _Node) -> Test | None:
    """Return the test of what the type doesn't say."""
    tests: list[Test] = [partial(eq, value) for value in node.exact]
    tests += [_is_union] if node.union else []
    tests += [_members(node.inner)] if node.inner else []
    return all_of(tests) if tests else None


def all_of(tests: Sequence[Test]) -> Test:
    """Return one test that holds where all do."""
    first, *rest = tests
    return (lambda one: all(test(one) for test in tests)) if rest else first
