"""Cases without one of their features, and cases with hardly anything but some features.

Nothing is asked here. Both are found by taking parts of a case away (``tree.CaseTree``) and by
spelling its tools anew (``generate.respell``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from toolfuzz.core.case import Case, Json
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.jsonvalue import tokens_of
from toolfuzz.evidence.tree import CaseTree, Node
from toolfuzz.generate.respell import respelled
from toolfuzz.generate.spot import spot

__all__ = ["Toggle", "bare_with", "distance", "features_of", "toggles"]


# Under other names the place of a failure could not be found again.
_RENAMING = ("neutral-names",)


@dataclass(frozen=True, slots=True)
class Toggle:
    """A case without ``feature``; ``lost`` is everything that had to go with it."""

    feature: str
    case: Case
    lost: frozenset[str]


def features_of(case: Case) -> frozenset[str]:
    """Return the features that a case really has."""
    return frozenset(spot(case.tools, case.calls))


def toggles(case: Case) -> dict[str, Toggle]:
    """Return, by feature, the case without it that keeps most of the others, where there is one.

    Of several the one is taken that changes least.
    """
    before = features_of(case)
    others = [o for name, o in respelled(case).items() if name not in _RENAMING]
    spelled = [(other, features_of(other)) for other in others]
    pruner = _Pruner(case)
    found: dict[str, Toggle] = {}
    for feature in sorted(before):
        without = [(other, left) for other, left in spelled if feature not in left]
        if (pruned := pruner.largest_without(feature)) is not None:
            without.append((pruned, features_of(pruned)))
        made = [Toggle(feature, other, before - left) for other, left in without]
        if made:
            found[feature] = min(made, key=lambda t: (len(t.lost), distance(case, t.case)))
    return found


def bare_with(case: Case, features: Iterable[str], place: str = "") -> Case:
    """Return the case without everything that these features don't need.

    ``place`` points into the expected arguments; the value there stays as it is.
    """
    wanted, value = frozenset(features), _values_at(case, place)

    def kept(other: Case) -> bool:
        return wanted <= features_of(other) and (not place or _values_at(other, place) == value)

    tree = CaseTree(case)
    removed: frozenset[Node] = frozenset()
    for node in _top_down(tree):
        smaller = tree.build(removed | {node})
        if smaller is not None and kept(smaller):
            removed |= {node}
    return tree.build(removed) or case


class _Pruner:
    """Takes away all of a case that can go, then puts back whatever doesn't bring a feature back.

    What is left of a case, and its features, are worked out once for all features.
    """

    def __init__(self, case: Case) -> None:
        self._tree = CaseTree(case)
        self._nodes = _top_down(self._tree)
        self._features = cache(self._features_without)
        removed: frozenset[Node] = frozenset()
        for node in self._nodes:
            if self._tree.valid(removed | {node}):
                removed |= {node}
        self._all = removed

    def largest_without(self, feature: str) -> Case | None:
        removed, changed = self._all, True
        while changed:
            changed = False
            for node in [n for n in self._nodes if n in removed]:
                found = self._features(removed - {node})
                if found is not None and feature not in found:
                    removed -= {node}
                    changed = True
        left = self._features(removed)
        return None if left is None or feature in left else self._tree.build(removed)

    def _features_without(self, removed: frozenset[Node]) -> frozenset[str] | None:
        case = self._tree.build(removed)
        return None if case is None else features_of(case)


def _values_at(case: Case, place: str) -> list[Json]:
    found = []
    for call in case.calls:
        value: Json = call.arguments
        for token in tokens_of(place):
            if isinstance(value, dict):
                value = value.get(token)
            elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
                value = value[int(token)]
            else:
                value = None
        if value is not None:
            found.append(value)
    return found


def distance(one: Case, other: Case) -> int:
    """Return how many leaves of the two cases' JSON differ."""
    return len(set(_leaves(case_to_json(one))) ^ set(_leaves(case_to_json(other))))


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    members: Iterable[tuple[str | int, Json]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        yield path, repr(value)
    for key, inner in members:
        yield from _leaves(inner, f"{path}/{key}")


def _top_down(tree: CaseTree) -> list[Node]:
    return sorted(tree.nodes, key=lambda n: n.depth)
