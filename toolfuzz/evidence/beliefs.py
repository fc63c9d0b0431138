"""What a failure needs, by all answers together.

Each question leaves some nodes out. A failure says that nothing it needs is among them; no failure
says that something is, or just that none came this time. This is group testing with answers that
may mislead, solved by belief propagation: D. Sejdinovic and O. Johnson, "Note on noisy group
testing: asymptotic bounds and belief propagation reconstruction", 2010. So every answer counts
for every node, and none is asked for twice.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from toolfuzz.evidence.reduction import Node
from toolfuzz.evidence.suspicion import Rates

__all__ = ["Beliefs", "Mask", "chance", "logit"]

# The share of the original rate that a smaller case must still have to count as the same failure.
SHARE = 0.85
# What the failure needs may be there twice. That it comes without one of them says little about
# a case that has lost the other; so often it is another one that makes a failure.
ELSEWHERE = 0.2
# No belief is surer than this (log odds), so that a few answers can always change it.
_SURE = 25.0
_ROUNDS, _SETTLED = 30, 0.02

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class Beliefs(Generic[Node]):
    """How likely each node is needed; ``share`` is how likely that is before anything is asked.

    ``gone`` says whether a node goes with others, as in ``reduction.Tree``. A node is needed when
    the failure needs more of it than what hangs under it.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        gone: Callable[[Node, frozenset[Node]], bool],
        rates: Rates,
        share: float,
    ) -> None:
        self._index = {node: n for n, node in enumerate(nodes)}
        self._under: Mask = np.array(
            [[gone(other, frozenset((node,))) for other in nodes] for node in nodes], dtype=bool
        )
        self._rates = rates
        self._prior = math.log(share / (1 - share))
        self._counts: dict[frozenset[Node], list[int]] = {}
        self._masks: Mask = np.zeros((0, len(nodes)), dtype=bool)
        self.settle(frozenset())

    def mask(self, removed: Iterable[Node]) -> Mask:
        """Return which nodes are gone with these."""
        rows = self._under[[self._index[node] for node in removed]]
        gone: Mask = np.logical_or.reduce(rows, axis=0)
        return gone

    def take(self, removed: frozenset[Node], failed: bool) -> None:
        """Note one answer; ``settle`` draws the conclusions."""
        if removed not in self._counts:
            self._counts[removed] = [0, 0]
            self._masks = np.vstack((self._masks, self.mask(removed)))
        self._counts[removed][0 if failed else 1] += 1

    def settle(self, base: frozenset[Node]) -> None:
        """Believe what the answers say where ``base`` is not needed."""
        self._base, gone = base, self.mask(base)
        rows: dict[bytes, int] = {}
        left = self._masks & ~gone
        for mask in left:
            rows.setdefault(mask.tobytes(), len(rows))
        masks: Mask = np.zeros((len(rows), len(gone)), dtype=bool)
        said = np.zeros(len(rows))
        for (removed, counts), mask in zip(self._counts.items(), left, strict=True):
            row = rows[mask.tobytes()]
            masks[row] = mask
            said[row] += self._said(counts, 0.0 if removed >= base else ELSEWHERE)
        said = np.clip(said, -_SURE, _SURE)
        alone = self._propagate(masks, said)
        survival = alone * np.exp(said) / (alone * np.exp(said) + 1 - alone)
        self._survival = {key: float(survival[row]) for key, row in rows.items()}

    def _said(self, counts: Sequence[int], elsewhere: float) -> float:
        """Return the log odds that the failure survives, by the answers to one question."""
        failures, passes = counts
        failed = self._rates.step(True, SHARE, elsewhere)
        return -failures * failed - passes * self._rates.step(False, SHARE)

    def _propagate(self, masks: Mask, said: Numbers) -> Numbers:
        """Set the odds of all nodes; return how likely each row holds nothing that is needed, its
        own answers aside.
        """
        kept = np.exp(said)[:, None]
        messages: Numbers = np.zeros(masks.shape)
        untouched = np.where(masks, -np.logaddexp(0, self._prior), 0.0)
        for _ in range(_ROUNDS):
            others = np.exp(untouched.sum(axis=1, keepdims=True) - untouched)
            new = np.where(masks, -np.log(others * kept + 1 - others), 0.0)
            change = np.abs(new - messages).max(initial=0.0)
            messages = (messages + new) / 2
            odds = self._prior + messages.sum(axis=0) - messages
            untouched = np.where(masks, -np.logaddexp(0, odds), 0.0)
            if change < _SETTLED:
                break
        self.odds: Numbers = np.clip(self._prior + messages.sum(axis=0), -_SURE, _SURE)
        alone: Numbers = np.exp(untouched.sum(axis=1))
        return alone

    def survives(self, removed: frozenset[Node]) -> float:
        """Return how likely the failure still comes without these nodes, as without the base."""
        left = self.mask(removed) & ~self.mask(self._base)
        known = self._survival.get(left.tobytes())
        return math.exp(-float(np.logaddexp(0, self.odds[left]).sum())) if known is None else known

    def cost(self, node: Node, gone: Mask) -> float:
        """Return by how much survival gets less likely (in nats) when the node goes as well."""
        return float(np.logaddexp(0, self.odds[self._under[self._index[node]] & ~gone]).sum())

    def surprise(self, removed: frozenset[Node], failed: bool) -> float:
        """Return how an answer moves the log odds of the base against its having lost the failure:
        by what was expected of it.
        """
        kept, lost = self._rates.chances(SHARE)
        survival = self.survives(removed)
        expected = survival * kept + (1 - survival) * lost
        return math.log(expected / lost if failed else (1 - expected) / (1 - lost))

    def information(self, survival: float) -> float:
        """Return how much (in nats) one answer tells about whether the failure survives."""
        kept, lost = self._rates.chances(SHARE)
        mixed = survival * kept + (1 - survival) * lost
        return _entropy(mixed) - survival * _entropy(kept) - (1 - survival) * _entropy(lost)


def chance(odds: float) -> float:
    """Return the chance of these log odds."""
    return 1 / (1 + math.exp(-odds))


def logit(chance: float) -> float:
    """Return the log odds of a chance."""
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf


def _entropy(chance: float) -> float:
    return -sum(c * math.log(c) for c in (chance, 1 - chance) if c > 0)
