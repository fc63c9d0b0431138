"""Arguments without a right answer beside them: facts that their schema alone proves."""

from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.validation import fits
from toolfuzz.judge.differences import Ambiguous, Difference, Edged, Leaf, Spilled, Wrapped
from toolfuzz.judge.envelope import Own, unwrap
from toolfuzz.judge.members import sort_out
from toolfuzz.judge.residue import left_at_edge
from toolfuzz.judge.schema import fault_of, proven
from toolfuzz.judge.shapes import root_place
from toolfuzz.judge.spelled import json_text, retyped
from toolfuzz.judge.spills import spilled
from toolfuzz.judge.step import UNKNOWN, Step

__all__ = ["violations"]

_KEY_ERRORS = frozenset(
    {"required", "additionalProperties", "unevaluatedProperties", "dependentRequired"}
)
_MOST_LOOKED_AT = 100


def violations(root: Json, value: JsonObject, own: Own) -> Iterator[Difference]:
    """Yield what the schema proves, parents first, one fact a path.

    A valid value can still be ambiguous: text that spells an object where the schema admits both.
    """
    top = _top(root, value)
    inner = unwrap(value, None, top.place, own) if top.place.properties else None
    if fits(root, value) and inner is None:
        yield from _ambiguous(top)
        spills = dict(spilled(value, top.place.properties))
        for key, name in spills.items():
            yield Spilled(top.into(key, UNKNOWN, value[key]), UNKNOWN, value[key], name)
        yield from _edged(top, spills)
        return
    if inner is not None:
        yield Wrapped(top, UNKNOWN, value, inner[1])
        top = _top(root, inner[0])
    explained: set[tuple[str | int, ...]] = set()
    sorted_out: set[tuple[str | int, ...]] = set()
    for error in proven(top.place, top.came):
        path = tuple(error.absolute_path)
        kind = error.validator in _KEY_ERRORS and isinstance(error.instance, dict)
        if path in sorted_out or any(path[:n] in explained for n in range(len(path) + 1)):
            continue
        (sorted_out if kind else explained).add(path)
        step = _follow(top, path)
        if kind:
            yield from sort_out(step, None, step.came).facts
        else:
            yield _leaf(error, step)


def _top(root: Json, value: JsonObject) -> Step:
    return Step(None, "", UNKNOWN, value, known_place=root_place(root, value))


def _follow(step: Step, path: Sequence[str | int]) -> Step:
    for key in path:
        place = step.place
        step = step.into(key, UNKNOWN, step.came[key])
        step.known_place = place.child(key, step.came)
    return step


def _leaf(error: Any, step: Step) -> Leaf | Edged:
    fault, came = fault_of(error, step.place), step.came
    markup = left_at_edge(str(step.shown), came) if isinstance(came, str) else None
    if markup is not None:
        return Edged(step, UNKNOWN, came, markup)
    right = fault.value if fault.about == "const" else UNKNOWN
    if fault.about != "type" and not fault.wanted:
        return Leaf(step, UNKNOWN, came, fault)
    return retyped(step, right, came, fault.wanted, fault)


def _ambiguous(top: Step) -> Iterator[Ambiguous]:
    for path, text in islice(_container_texts(top.came), _MOST_LOOKED_AT):
        loaded = json_text(text)
        if not isinstance(loaded, dict | list):
            continue
        step = _follow(top, path)
        if step.place.is_union and step.place.admits(loaded):
            yield Ambiguous(step, UNKNOWN, text, loaded)


def _edged(top: Step, spills: Container[str]) -> Iterator[Edged]:
    """Look for markup at the edges of the parameters' texts."""
    for key, text in islice(top.came.items(), _MOST_LOOKED_AT):
        markup = left_at_edge(key, text) if isinstance(text, str) and key not in spills else None
        if markup is not None:
            yield Edged(_follow(top, [key]), UNKNOWN, text, markup)


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
