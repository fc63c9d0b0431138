"""Delta debugging for endpoints that fail only some of the time.

What to leave out is chosen by what is believed to be needed, as in Wang and others,
"Probabilistic delta debugging", 2021: so much at once that the answer tells most. It works on any
tree: the tree names what could be removed, and an asker says whether what is left still fails.
"""

import math
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Generic

from toolfuzz.evidence.beliefs import Beliefs, Mask, chance, logit
from toolfuzz.evidence.reduction import HASTE, Node, Probe, Reduction, Tree, all_answers
from toolfuzz.evidence.suspicion import Rates

__all__ = ["Expected", "few", "hardly_any", "most", "reduce_tree"]

Expected = Callable[[int], float]
"""The share of so many nodes that is expected to be needed."""

# So likely a smaller case still fails before the search goes on from it, and before it ends.
GO_ON, END = 0.9, 0.97
# So unlikely a case without a node still fails before the node is kept.
KEPT = 0.02
# A search that has found nothing smaller for so many rounds has contradictory answers.
PATIENCE = 30
_GOLDEN = 0.618


def few(count: int) -> float:
    """Expect one or two of them to be needed."""
    return min(1.5 / count, 0.3)


def hardly_any(count: int) -> float:
    """Expect that perhaps one of them is needed."""
    return min(0.5 / count, 0.3)


def most(count: int) -> float:
    """Expect most of them to be needed, as of what a search has left."""
    return 0.9


async def reduce_tree(
    tree: Tree[Node],
    probe: Probe[Node],
    rates: Rates,
    progress: Reduction[Node],
    *,
    expected: Expected = few,
    slots: int = 16,
) -> None:
    """Remove what can be removed.

    Lets BudgetSpentError through from ``probe``; ``progress.removed`` is then the best so far.
    """
    if not tree.nodes:
        return
    search = _Search(tree, rates, expected(len(tree.nodes)), progress.removed)
    count = 1 if rates.deterministic else max(1, min(slots, round(HASTE / rates.fails)))
    while questions := search.questions(count):
        answers = await all_answers([probe(removed) for removed in questions])
        search.learn(questions, answers)
        progress.rounds += 1
        progress.calls += sum(a is not None for a in answers)
        progress.removed = search.base
        progress.tell()


class _Search(Generic[Node]):
    """A search under way; ``base`` is what is removed by now."""

    def __init__(self, tree: Tree[Node], rates: Rates, share: float, base: frozenset[Node]) -> None:
        self._tree = tree
        self._beliefs = Beliefs(tree.nodes, tree.gone, rates, share)
        best = max((n / 100 for n in range(5, 96)), key=self._beliefs.information)
        self._limit = -math.log(best)
        self._round = 0
        self._before: list[tuple[frozenset[Node], float]] = []
        self._stand_on(base, math.inf)

    def learn(self, questions: Sequence[frozenset[Node]], answers: Sequence[bool | None]) -> None:
        """Take the answers, and go on from the smallest case that by now surely fails."""
        beliefs = self._beliefs
        known = [(r, f) for r, f in zip(questions, answers, strict=True) if f is not None]
        self._standing += sum(beliefs.surprise(r, f) for r, f in known if r >= self.base)
        for removed, failed in known:
            beliefs.take(removed, failed)
        beliefs.settle(self.base)
        self._round += 1
        self._idle += 1
        if self._standing < 0:
            self._stand_on(*self._before.pop())
            return
        better = [r for r, f in known if f and r > self.base and beliefs.survives(r) >= GO_ON]
        if better:
            self._before.append((self.base, self._standing))
            base = max(better, key=lambda r: beliefs.mask(r).bit_count())
            self._stand_on(base, logit(beliefs.survives(base)))

    def _stand_on(self, base: frozenset[Node], standing: float) -> None:
        self.base, self._standing = base, standing
        self._beliefs.settle(base)
        self._candidates = self._tree.candidates(base)
        self._idle = -len(self._candidates)

    def questions(self, count: int) -> list[frozenset[Node]]:
        """Return what to leave out next, so often; nothing at the end."""
        beliefs, base = self._beliefs, self.base
        alone = {node: base | {node} for node in self._candidates}
        undecided = [n for n, removed in alone.items() if beliefs.survives(removed) > KEPT]
        if self._idle > PATIENCE or (not undecided and self._standing >= logit(END)):
            return []
        asked = [alone[n] for n in undecided] + [*self._arcs(undecided, 2 * count)]
        telling = {removed: beliefs.information(beliefs.survives(removed)) for removed in asked}
        telling[base] = beliefs.information(chance(self._standing))
        ranked = sorted(telling, key=lambda removed: -telling[removed])
        good = [removed for removed in ranked if telling[removed] >= telling[ranked[0]] / 2]
        return [good[n % len(good)] for n in range(count)]

    def _arcs(self, nodes: Sequence[Node], count: int) -> Iterator[frozenset[Node]]:
        """Yield sets that are as large as tells most, each from another place in the tree on."""
        if not nodes:
            return
        gone = self._beliefs.mask(self.base)
        ends = list(accumulate(self._beliefs.cost(node, gone) for node in nodes))
        for n in range(count):
            place = (self._round * _GOLDEN + n / count) % 1 * ends[-1]
            first = bisect(ends, place) % len(nodes)
            arc = self._fitting(self.base, self._arc([*nodes[first:], *nodes[:first]], gone))
            if arc != self.base:
                yield arc

    def _arc(self, nodes: Sequence[Node], gone: Mask) -> list[Node]:
        taken: list[Node] = []
        left = self._limit
        for node in nodes:
            if 0 < (cost := self._beliefs.cost(node, gone)) <= left:
                taken.append(node)
                left -= cost
                gone = gone | self._beliefs.mask((node,))
        return taken

    def _fitting(self, removed: frozenset[Node], nodes: Sequence[Node]) -> frozenset[Node]:
        """Return what of these can go together, on top of what is removed."""
        together = removed.union(nodes)
        if self._tree.valid(together):
            return together
        if len(nodes) == 1:
            return removed
        half = len(nodes) // 2
        return self._fitting(self._fitting(removed, nodes[:half]), nodes[half:])
