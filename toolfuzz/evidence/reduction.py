"""What is taken apart, how far that has come, and asking until something is decided.

Everything may be asked many times at once; a budget may end it at any question.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from toolfuzz.evidence.suspicion import Odds, Rates

__all__ = [
    "HASTE",
    "BudgetSpentError",
    "Node",
    "Probe",
    "Reduction",
    "Tree",
    "all_answers",
    "still_fails",
]

Node = TypeVar("Node", bound=Hashable)

Probe = Callable[[frozenset[Node]], Awaitable[bool | None]]
"""Ask once with these nodes removed: failed in the matching way, or not; None: no answer."""

HASTE = 1.6
"""How many failures the questions of one round are to bring where the failure still comes."""

# The share of the original rate that a smaller case must still have to be the same failure.
_SHARE = 0.7
_LIMIT = 4.0


class BudgetSpentError(Exception):
    """The calls, the time or the money that may be spent are spent."""


class Tree(Protocol[Node]):
    """What could be removed from something."""

    @property
    def nodes(self) -> Sequence[Node]:
        """All of them, what hangs together side by side."""
        ...

    def candidates(self, removed: frozenset[Node]) -> Sequence[Node]:
        """Return the nodes that can still be removed, one at a time, on top of what is gone."""
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
    odds = Odds(0.0, _LIMIT, _LIMIT)
    while odds.open:
        progress.rounds += 1
        answers = await all_answers([ask() for _ in range(_width(odds, rates, slots))])
        progress.calls += sum(a is not None for a in answers)
        for failed in answers:
            if failed is not None and odds.open:
                odds.take(failed, rates, _SHARE)
        progress.tell()
    return odds.removable


def _width(odds: Odds, rates: Rates, slots: int) -> int:
    """Return how often to ask in one round: what is likely to stay gets all that it takes."""
    if rates.deterministic:
        return 1
    likely = HASTE / rates.fails
    if odds.value > 0:
        likely = max(likely, odds.passes_to_keep(rates, _SHARE))
    return max(1, min(slots, round(likely)))
