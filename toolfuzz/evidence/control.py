"""The control of a failing case: the nearest case that passes, and tells something.

Nearest is what differs least. The same call with one type instead of a list of types tells more
than a call without arguments, so what keeps the arguments comes first.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from toolfuzz.core.case import Case, Json
from toolfuzz.evidence.rebuild import rebuild
from toolfuzz.evidence.simplify import PlainTree
from toolfuzz.evidence.toggles import distance, toggles
from toolfuzz.evidence.tree import CaseTree
from toolfuzz.evidence.worlds import control_of
from toolfuzz.generate.respell import respelled

__all__ = ["nearby"]


def nearby(case: Case) -> list[Case]:
    """Return valid cases that differ in one thing, the most telling first."""
    if case.world is not None:
        return control_of(case)
    narrowed = list(_with_one_type(case))
    found = {other.id: other for other in (*narrowed, *_one_thing_less(case))}
    found.pop(case.id, None)
    first = {other.id for other in narrowed}

    def telling(other: Case) -> tuple[int, bool, int]:
        return _lost(case, other), other.id not in first, distance(case, other)

    return sorted(found.values(), key=telling)


def _one_thing_less(case: Case) -> Iterator[Case]:
    yield from respelled(case).values()
    for without in toggles(case).values():
        yield without.case
    tree, plain = CaseTree(case), PlainTree(case)
    nothing: frozenset[Any] = frozenset()
    for node in tree.candidates(nothing):
        if (smaller := tree.build(frozenset({node}))) is not None:
            yield smaller
    for change in plain.candidates(nothing):
        if (plainer := plain.build(frozenset({change}))) is not None:
            yield plainer


def _with_one_type(case: Case) -> Iterator[Case]:
    """Yield the case with each list of types spelled as each one of them that still fits."""
    for n, tool in enumerate(case.tools):
        for parameters in _narrowed(tool.parameters):
            tools = [*case.tools[:n], replace(tool, parameters=parameters), *case.tools[n + 1 :]]
            if (made := rebuild(case, tools, case.calls)) is not None:
                yield made


def _narrowed(node: Json) -> Iterator[Any]:
    if isinstance(node, list):
        for n, item in enumerate(node):
            yield from ([*node[:n], new, *node[n + 1 :]] for new in _narrowed(item))
    elif isinstance(node, dict):
        for key, item in node.items():
            if key == "type" and isinstance(item, list):
                yield from ({**node, "type": one} for one in item)
            yield from ({**node, key: new} for new in _narrowed(item))


def _lost(case: Case, other: Case) -> int:
    """Return how many calls, turns and filled arguments are gone."""
    return _content(case) - _content(other)


def _content(case: Case) -> int:
    return sum(bool(call.arguments) for call in case.calls) + len(case.turns)
