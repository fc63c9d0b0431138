"""Hierarchical delta debugging for endpoints that fail only some of the time.

Misherghi and Su, "HDD: hierarchical delta debugging", 2006, with a sequential test per deletion
and many candidates asked at once. It works on any tree: the tree names what could be removed,
and an asker says whether what is left still fails.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic

from toolfuzz.evidence.reduction import (
    UNION_SHARE,
    VERIFY_LIMIT,
    Node,
    Probe,
    Reduction,
    Tree,
    all_answers,
    still_fails,
    times_to_ask,
)
from toolfuzz.evidence.suspicion import Odds, Rates

__all__ = ["reduce_tree", "sweep_tree"]

# The share of the original rate that a smaller case must still have to count as the same failure.
_DELETION_SHARE = 0.85
_ALL_PRIOR = -0.5
_FIRST_GROUPS = 8
_PARTS = 4
_SPLIT_AT = 1.0
# What is kept for now is asked about once more in the end, and then it counts.
_KEEP_FOR_NOW = 1.2
_KEEP_FOR_GOOD = 4.5
# What is left has been found essential once.
_SWEEP_PRIOR = 0.5


async def reduce_tree(
    tree: Tree[Node],
    probe: Probe[Node],
    rates: Rates,
    progress: Reduction[Node],
    *,
    slots: int = 16,
) -> None:
    """Remove what can be removed, level by level from the top down.

    Lets BudgetSpentError through from ``probe``; ``progress.removed`` is then the best so far.
    """
    pending: tuple[Node, ...] = ()
    for depth in range(tree.levels()):
        progress.level = depth
        pending = await _reduce_level(tree, depth, pending, probe, rates, progress, slots)
    await _remove_together(tree, pending, probe, rates, progress, slots)


async def sweep_tree(
    tree: Tree[Node],
    probe: Probe[Node],
    rates: Rates,
    progress: Reduction[Node],
    *,
    slots: int = 16,
) -> None:
    """Ask once more about what is left, from the leaves up, until nothing can go.

    Catches what was kept by bad luck, and what could only go after something deeper had gone.
    What holds something essential is essential itself and isn't asked about.
    """
    proven: set[Node] = set()
    while leaves := _leaves(tree, progress.removed, proven):
        groups = [_Group((n,), Odds(_SWEEP_PRIOR, keep_at=_KEEP_FOR_GOOD)) for n in leaves]
        while open_groups := [g for g in groups if g.odds.open]:
            await _round(open_groups, None, progress.removed, probe, rates, progress, slots)
        gone = tuple(n for g in groups if g.odds.removable for n in g.nodes)
        await _remove_together(tree, gone, probe, rates, progress, slots)
        proven.update(n for n in leaves if n not in progress.removed)


def _leaves(tree: Tree[Node], removed: frozenset[Node], proven: set[Node]) -> list[Node]:
    """Return the candidates that hold neither another one nor anything proven."""
    left = [
        n
        for depth in range(tree.levels())
        for n in tree.candidates(depth, removed)
        if n not in proven
    ]
    return [
        n
        for n in left
        if not any(n != other and tree.gone(other, frozenset((n,))) for other in (*left, *proven))
    ]


@dataclass(slots=True)
class _Group(Generic[Node]):
    """Nodes that are removed together; ``odds`` that one of them at least is essential."""

    nodes: tuple[Node, ...]
    odds: Odds

    @property
    def decided(self) -> bool:
        # A group that probably holds something needed is split at once; only one node needs proof.
        if len(self.nodes) > 1 and self.odds.value >= _SPLIT_AT:
            return True
        return not self.odds.open


async def _reduce_level(
    tree: Tree[Node],
    depth: int,
    pending: tuple[Node, ...],
    probe: Probe[Node],
    rates: Rates,
    progress: Reduction[Node],
    slots: int,
) -> tuple[Node, ...]:
    """Decide the nodes at one depth; return those that look removable, not yet verified together.

    ``pending`` is what the level above returned. It is verified on the way: any failure with more
    removed on top shows that the failure survived it.
    """
    base = progress.removed | frozenset(pending)
    check = Odds(0.0, VERIFY_LIMIT, VERIFY_LIMIT) if pending else None
    candidates = tree.candidates(depth, base)
    if not candidates:
        return pending
    # Often nothing at a level is needed, which few questions show.
    groups = [_Group(tuple(candidates), Odds(_ALL_PRIOR, keep_at=_KEEP_FOR_NOW))]
    gone: list[Node] = []
    while groups := _askable(tree, groups, base | frozenset(gone)):
        progress.undecided = sum(len(g.nodes) for g in groups)
        await _round(groups, check, base | frozenset(gone), probe, rates, progress, slots)
        if check and check.essential:
            # Too much was removed one level up: mend that, then begin this level again.
            await _remove_together(tree, pending, probe, rates, progress, slots)
            return await _reduce_level(tree, depth, (), probe, rates, progress, slots)
        if check and check.removable:
            progress.removed, pending, check = base, (), None
        still: list[_Group[Node]] = []
        for group in groups:
            if not group.decided:
                still.append(group)
            elif group.odds.removable:
                if tree.valid(base | frozenset((*gone, *group.nodes))):
                    gone += group.nodes
            elif len(group.nodes) > 1:
                still += _split(group.nodes, _FIRST_GROUPS if len(groups) == 1 else _PARTS)
        groups = still
    if pending:
        await _remove_together(tree, pending, probe, rates, progress, slots)
        gone = [n for n in gone if n in tree.candidates(depth, progress.removed)]
    return tuple(gone)


def _split(nodes: Sequence[Node], parts: int) -> list[_Group[Node]]:
    """Cut into parts of nearly the same size; one of them is expected to hold something needed."""
    parts = min(parts, len(nodes))
    bounds = [len(nodes) * i // parts for i in range(parts + 1)] if parts else []
    return [
        _Group(tuple(nodes[a:b]), Odds(_prior(parts), keep_at=_KEEP_FOR_NOW))
        for a, b in pairwise(bounds)
        if a < b
    ]


def _askable(
    tree: Tree[Node], groups: Sequence[_Group[Node]], removed: frozenset[Node]
) -> list[_Group[Node]]:
    """Split what can't go together until it can; a single node that can't go any more is kept."""
    askable: list[_Group[Node]] = []
    for group in groups:
        if tree.valid(removed | frozenset(group.nodes)):
            askable.append(group)
        elif len(group.nodes) > 1:
            askable += _askable(tree, _split(group.nodes, 2), removed)
    return askable


def _prior(parts: int) -> float:
    return math.log(1 / (parts - 1)) if parts > 1 else 0.0


async def _round(
    groups: Sequence[_Group[Node]],
    check: Odds | None,
    removed: frozenset[Node],
    probe: Probe[Node],
    rates: Rates,
    progress: Reduction[Node],
    slots: int,
) -> None:
    """Ask about every open group, as often as one failure is likely to take.

    ``check`` gathers whether the case fails at all with ``removed`` gone; one question a round is
    about just that.
    """
    most = slots // len(groups)
    asked = [
        group
        for group in groups[:slots]
        for _ in range(times_to_ask(group.odds, rates, most, _DELETION_SHARE))
    ]
    probes = [probe(removed | frozenset(g.nodes)) for g in asked]
    if check:
        probes.append(probe(removed))
    answers = await all_answers(probes)
    progress.rounds += 1
    progress.calls += sum(a is not None for a in answers)
    # One or two groups hold what is essential; the answers about the rest tell whether the failure
    # is still there.
    others = 1 - 2 / len(groups)
    for group, failed in zip(asked, answers, strict=False):
        if failed is None:
            continue
        if group.odds.open:
            group.odds.take(failed, rates, _DELETION_SHARE)
        if check and check.open and others > 0:
            check.take(failed, rates, UNION_SHARE * others)
    if check and answers[-1] is not None and check.open:
        check.take(answers[-1], rates, UNION_SHARE)
    progress.tell()


async def _remove_together(
    tree: Tree[Node],
    nodes: Sequence[Node],
    probe: Probe[Node],
    rates: Rates,
    progress: Reduction[Node],
    slots: int,
    *,
    refused: bool = False,
) -> None:
    """Remove all of them if the failure survives that; else halve and go on with the parts.

    ``refused`` says that it is known not to survive.
    """
    if not nodes:
        return
    together = progress.removed | frozenset(nodes)
    if (
        not refused
        and tree.valid(together)
        and await still_fails(lambda: probe(together), rates, progress, slots)
    ):
        progress.removed = together
    elif len(nodes) > 1:
        first, second = nodes[: len(nodes) // 2], nodes[len(nodes) // 2 :]
        await _remove_together(tree, first, probe, rates, progress, slots)
        # With the first half gone, the second is the same question again.
        same = progress.removed.issuperset(first)
        await _remove_together(tree, second, probe, rates, progress, slots, refused=same)
