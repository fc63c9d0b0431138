"""What is made of what: a graph with chains, diamonds and loops over lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from toolfuzz.generate.pick import Pick

__all__ = ["Need", "Node", "drawn"]

Need = Literal["one", "each", "all"]
"""One token; one after the other all tokens of a list; all of them at once."""

_MOST_NEEDS = 3
_LOOP_FROM = 5
"""The level from which there are loops."""
_PAGES_FROM = 10


@dataclass(frozen=True, slots=True)
class Node:
    """A tool of the foundry: the thing that it makes, and what of.

    ``count``: it makes a list of so many, told in pages of ``page`` (0: all at once). ``origin`` is
    the thing whose list is gone through, where an item of it is made or all of them are joined.
    """

    thing: str
    needs: dict[str, Need] = field(default_factory=dict)
    count: int = 0
    page: int = 0
    origin: str = ""

    @property
    def single(self) -> bool:
        """Whether there is just one token of the thing."""
        return not self.count and "each" not in self.needs.values()


def drawn(pick: Pick, things: Sequence[str]) -> list[Node]:
    """Return nodes in an order in which each needs earlier ones only; all lead to the last."""
    nodes: list[Node] = []
    left, unused = list(things), list[str]()
    for size in _sizes(pick, len(things)):
        older = [node.thing for node in nodes if node.single]
        first = _node(pick, left[0], unused, older, last=size == len(left))
        part = [first] if size == 1 else _loop(pick, first, left[1:size], len(things))
        nodes += part
        unused.append(part[-1].thing)
        del left[:size]
    return nodes


def _sizes(pick: Pick, level: int) -> list[int]:
    """Return of how many nodes the parts are: single ones, and loops in drawn places."""
    loops: list[int] = []
    if level >= _LOOP_FROM and pick.chance(60):
        for _ in range(pick.within(1, max(1, level // 6))):
            loops.append(min(pick.within(3, 4), level - 1 - sum(loops)))
    loops = [size for size in loops if size > 2]
    return pick.shuffled([*[1] * (level - sum(loops)), *loops])


def _node(pick: Pick, thing: str, unused: list[str], older: list[str], last: bool) -> Node:
    """Return a node that uses up some of what nothing else needs, and perhaps more."""
    most = len(unused) if last else min(_MOST_NEEDS, len(unused))
    least = most if last else max(0, len(unused) - _MOST_NEEDS + 1)
    if unused and not least and pick.chance(70):
        least = 1
    taken = pick.some(unused, least, most)
    for one in taken:
        unused.remove(one)
    others = [one for one in older if one not in taken]
    also = pick.some(others, 0, 1) if taken and others else []
    return Node(thing, dict.fromkeys((*taken, *also), "one"))


def _loop(pick: Pick, first: Node, things: Sequence[str], level: int) -> list[Node]:
    """Return a list, what is made of each of its items, and what is made of all those."""
    count = pick.within(2, 3 + level // 4)
    paged = level >= _PAGES_FROM and count > 2 and pick.chance(40)
    nodes = [replace(first, count=count, page=max(1, count // 2) if paged else 0)]
    for n, thing in enumerate(things):
        how: Need = "all" if n == len(things) - 1 else "each"
        nodes.append(Node(thing, {nodes[-1].thing: how}, origin=first.thing))
    return nodes
