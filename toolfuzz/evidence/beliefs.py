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

Mask = int
"""Some of the nodes: a bit for each, by its place among all of them."""


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
        self._under = [
            sum(1 << n for n, other in enumerate(nodes) if gone(other, frozenset((node,))))
            for node in nodes
        ]
        self._rates = rates
        self._prior = math.log(share / (1 - share))
        self._counts: dict[frozenset[Node], list[int]] = {}
        self.settle(frozenset())

    def mask(self, removed: Iterable[Node]) -> Mask:
        """Return which nodes are gone with these."""
        gone = 0
        for node in removed:
            gone |= self._under[self._index[node]]
        return gone

    def take(self, removed: frozenset[Node], failed: bool) -> None:
        """Note one answer; ``settle`` draws the conclusions."""
        self._counts.setdefault(removed, [0, 0])[0 if failed else 1] += 1

    def settle(self, base: frozenset[Node]) -> None:
        """Believe what the answers say where ``base`` is not needed."""
        self._base, gone = base, self.mask(base)
        said: dict[Mask, float] = {}
        for removed, counts in self._counts.items():
            mask = self.mask(removed) & ~gone
            told = self._said(counts, 0.0 if removed >= base else ELSEWHERE)
            said[mask] = said.get(mask, 0.0) + told
        kept = [math.exp(_bounded(one)) for one in said.values()]
        alone = self._propagate([_bits(mask) for mask in said], kept)
        self._survival = {
            mask: a * k / (a * k + 1 - a) for mask, a, k in zip(said, alone, kept, strict=True)
        }

    def _said(self, counts: Sequence[int], elsewhere: float) -> float:
        """Return the log odds that the failure survives, by the answers to one question."""
        failures, passes = counts
        failed = self._rates.step(True, SHARE, elsewhere)
        return -failures * failed - passes * self._rates.step(False, SHARE)

    def _propagate(self, rows: Sequence[list[int]], kept: Sequence[float]) -> list[float]:
        """Set the odds of all nodes; return how likely each row holds nothing that is needed, its
        own answers aside, which make it ``kept`` times as likely.
        """
        messages = [[0.0] * len(row) for row in rows]
        untouched = [[-_log_1_plus_exp(self._prior)] * len(row) for row in rows]
        odds = [self._prior] * len(self._under)
        for _ in range(_ROUNDS):
            change = 0.0
            odds = [self._prior] * len(self._under)
            for row, message, free, odds_kept in zip(rows, messages, untouched, kept, strict=True):
                total = sum(free)
                for n, node in enumerate(row):
                    others = math.exp(total - free[n])
                    new = -math.log(others * odds_kept + 1 - others)
                    change = max(change, abs(new - message[n]))
                    message[n] = (message[n] + new) / 2
                    odds[node] += message[n]
            for row, message, free in zip(rows, messages, untouched, strict=True):
                free[:] = [
                    -_log_1_plus_exp(odds[node] - one)
                    for node, one in zip(row, message, strict=True)
                ]
            if change < _SETTLED:
                break
        self._needless = [_log_1_plus_exp(_bounded(one)) for one in odds]
        return [math.exp(sum(free)) for free in untouched]

    def survives(self, removed: frozenset[Node]) -> float:
        """Return how likely the failure still comes without these nodes, as without the base."""
        left = self.mask(removed) & ~self.mask(self._base)
        known = self._survival.get(left)
        return math.exp(-self._cost(left)) if known is None else known

    def cost(self, node: Node, gone: Mask) -> float:
        """Return by how much survival gets less likely (in nats) when the node goes as well."""
        return self._cost(self._under[self._index[node]] & ~gone)

    def _cost(self, mask: Mask) -> float:
        return sum(self._needless[n] for n in _bits(mask))

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


def _bits(mask: Mask) -> list[int]:
    """Return the places of the bits that are set."""
    places = []
    while mask:
        lowest = mask & -mask
        places.append(lowest.bit_length() - 1)
        mask ^= lowest
    return places


def _bounded(odds: float) -> float:
    return max(-_SURE, min(odds, _SURE))


def _log_1_plus_exp(odds: float) -> float:
    return odds + math.log1p(math.exp(-odds)) if odds > 0 else math.log1p(math.exp(odds))
