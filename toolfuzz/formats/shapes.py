"""Shapes of JSON objects in one line each: ``choices[].delta.content?: string|null``.

A path's steps are keys; ``key[]`` is each element of an array, ``key[type=text]`` each element that
has this text there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind, kind_of

__all__ = ["Shape", "conditions", "look", "shape"]

_LINE = re.compile(r"((?:\[[^\]]*\]|[^\s:=?\[])+)(\?)?\s*([:=])\s*(.+)")
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Shape:
    """What must stand at ``path``: one of ``kinds``, or exactly ``value``.

    The kinds are JSON type names, or ``union``: an object of which just one member is set.
    """

    text: str
    steps: tuple[str, ...]
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
    steps = tuple(path.split("."))
    if sign == "=":
        return Shape(text, steps, bool(optional), frozenset(), strictjson.parse(what).value)
    return Shape(text, steps, bool(optional), frozenset(what.split("|")))


def conditions(texts: Sequence[str]) -> Callable[[JsonObject], bool]:
    """Return the test of conditions, all of which must hold.

    ``PATH=TEXT``: the text stands there; ``PATH``: something stands there.
    """
    wanted = [text.partition("=") for text in texts]

    def test(holder: JsonObject) -> bool:
        return all(
            text in look(holder, path) if sign else look(holder, path)
            for path, sign, text in wanted
        )

    return test


def look(holder: JsonObject, path: str) -> list[Json]:
    """Return the values at a path; none where it leads nowhere."""
    return [value for value in _walk(holder, tuple(path.split("."))) if value is not _ABSENT]


def _walk(holder: Any, steps: Sequence[str]) -> Iterator[Any]:
    """Yield what stands at the end of the path, _ABSENT where only the last step leads nowhere."""
    step, rest = steps[0], steps[1:]
    if not isinstance(holder, dict):
        return
    if step[-1] == "]":
        key, _, wanted = step[:-1].partition("[")
        array = holder.get(key)
        inner = array if isinstance(array, list) else []
        if wanted:
            name, _, text = wanted.partition("=")
            inner = [one for one in inner if isinstance(one, dict) and one.get(name) == text]
    else:
        inner = [holder.get(step, _ABSENT)]
    for one in inner:
        if rest:
            yield from _walk(one, rest)
        else:
            yield one
