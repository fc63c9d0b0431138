"""Cases without one of their features, and cases with hardly anything but some features.

Nothing is asked here. Both are found by taking parts of a case away (``tree.CaseTree``) and by
spelling its tools anew (``generate.respell``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Case, Json
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.jsonvalue import tokens_of
from toolfuzz.evidence.tree import CaseTree, Node
from toolfuzz.generate.respell import respelled
from toolfuzz.generate.spot import spot

__all__ = ["Toggle", "bare_with", "distance", "features_of", "toggle"]


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


def toggle(case: Case, feature: str) -> Toggle | None:
    """Return the case without the feature that keeps most of the others; None if there is none.

    Of several the one is taken that changes least.
    """
    before = features_of(case)
    spelled = (other for name, other in respelled(case).items() if name not in _RENAMING)
    without = [t for t in spelled if feature not in features_of(t)]
    if (pruned := _largest_without(case, feature)) is not None:
        without.append(pruned)
    found = [Toggle(feature, other, before - features_of(other)) for other in without]
    return min(found, key=lambda t: (len(t.lost), distance(case, t.case)), default=None)


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


def _largest_without(case: Case, feature: str) -> Case | None:
    """Take away all that can go, then put back whatever doesn't bring the feature back."""
    tree = CaseTree(case)
    nodes = _top_down(tree)
    removed: frozenset[Node] = frozenset()
    for node in nodes:
        if tree.valid(removed | {node}):
            removed |= {node}
    changed = True
    while changed:
        changed = False
        for node in [n for n in nodes if n in removed]:
            larger = tree.build(removed - {node})
            if larger is not None and feature not in features_of(larger):
                removed -= {node}
                changed = True
    found = tree.build(removed)
    return None if found is None or feature in features_of(found) else found


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
