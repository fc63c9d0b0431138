"""What is taken apart, how far that has come, and asking until something is decided.

Everything may be asked many times at once; a budget may end it at any question.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from toolfuzz.evidence.suspicion import Odds, Rates

__all__ = [
    "UNION_SHARE",
    "VERIFY_LIMIT",
    "BudgetSpentError",
    "Node",
    "Probe",
    "Reduction",
    "Tree",
    "all_answers",
    "still_fails",
    "times_to_ask",
]

Node = TypeVar("Node", bound=Hashable)

Probe = Callable[[frozenset[Node]], Awaitable[bool | None]]
"""Ask once with these nodes removed: failed in the matching way, or not; None: no answer."""

UNION_SHARE = 0.7
"""The share of the original rate that a smaller case must still have to be the same failure."""

VERIFY_LIMIT = 4.0
_HASTE = 1.6


class BudgetSpentError(Exception):
    """The calls, the time or the money that may be spent are spent."""


class Tree(Protocol[Node]):
    """What could be removed from something."""

    def levels(self) -> int:
        """Return how deep the tree is."""
        ...

    def candidates(self, depth: int, removed: frozenset[Node]) -> Sequence[Node]:
        """Return the nodes at that depth that can still be removed, on top of what is gone."""
        ...

    def gone(self, node: Node, removed: frozenset[Node]) -> bool:
        """Whether the node is among what was removed, or within it."""
        ...

    def valid(self, removed: frozenset[Node]) -> bool:
        """Whether what is left without these nodes is still a valid whole."""
        ...


@dataclass(slots=True)
class Reduction(Generic[Node]):
    """Where a reduction stands; ``removed`` is always safe to use, also after an interruption."""

    removed: frozenset[Node] = frozenset()
    rounds: int = 0
    calls: int = 0
    level: int = 0
    undecided: int = 0
    tell: Callable[[], None] = field(default=lambda: None)


async def all_answers(questions: Sequence[Awaitable[bool | None]]) -> list[bool | None]:
    """Ask at once and wait for every answer, so that none is lost when a budget ends."""
    answers = await asyncio.gather(*questions, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [a for a in answers if not isinstance(a, BaseException)]


async def still_fails(
    ask: Callable[[], Awaitable[bool | None]],
    rates: Rates,
    progress: "Reduction[Node]",
    slots: int,
) -> bool:
    """Decide by a sequential test whether something still fails, a few questions at a time."""
    odds = Odds(0.0, VERIFY_LIMIT, VERIFY_LIMIT)
    while odds.open:
        progress.rounds += 1
        width = times_to_ask(odds, rates, slots, UNION_SHARE)
        answers = await all_answers([ask() for _ in range(width)])
        progress.calls += sum(a is not None for a in answers)
        for failed in answers:
            if failed is not None and odds.open:
                odds.take(failed, rates, UNION_SHARE)
        progress.tell()
    return odds.removable


def times_to_ask(odds: Odds, rates: Rates, most: int, share: float) -> int:
    """Return how often to ask in one round: what is likely to stay gets all that it takes."""
    if rates.deterministic:
        return 1
    likely = _HASTE / rates.fails
    if odds.value > 0:
        likely = max(likely, odds.passes_to_keep(rates, share))
    return max(1, min(most, round(likely)))
