"""Delta debugging over abstract trees with a planted symptom."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from toolfuzz.evidence.reduce import most, reduce_tree
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
    Probe,
    Reduction,
)
from toolfuzz.evidence.suspicion import Odds, Rates


class Numbers:
    """A tree of numbers: n hangs under n // 3; 0 is the root and stays."""

    def __init__(self, size: int, *, never_both: frozenset[int] = frozenset()) -> None:
        self.size, self.never_both = size, never_both

    @property
    def nodes(self) -> Sequence[int]:
        return [n for top in (1, 2) for n in self.below(top)]

    def below(self, n: int) -> list[int]:
        inner = range(3 * n, min(3 * n + 2, self.size) + 1)
        return [n] * (n <= self.size) + [m for child in inner for m in self.below(child)]

    def gone(self, n: int, removed: frozenset[int]) -> bool:
        return n in removed or (n >= 3 and self.gone(n // 3, removed))

    def candidates(self, removed: frozenset[int]) -> Sequence[int]:
        return [n for n in self.nodes if not self.gone(n, removed) and self.valid(removed | {n})]

    def valid(self, removed: frozenset[int]) -> bool:
        return not self.never_both or not self.never_both <= removed

    def left(self, removed: frozenset[int]) -> set[int]:
        return {n for n in range(1, self.size + 1) if not self.gone(n, removed)}


def probe_for(
    tree: Numbers, culprits: set[int], rate: float, noise: float = 0.0, seed: int = 1
) -> tuple[Probe[int], list[frozenset[int]]]:
    rng, asked = random.Random(seed), []

    async def probe(removed: frozenset[int]) -> bool:
        asked.append(removed)
        assert tree.valid(removed), "only what is valid may be asked"
        here = culprits <= tree.left(removed)
        return rng.random() < (rate if here else noise)

    return probe, asked


async def reduced(
    tree: Numbers, culprits: set[int], rate: float, noise: float = 0.0, seed: int = 1
) -> tuple[set[int], Reduction[int]]:
    probe, _ = probe_for(tree, culprits, rate, noise, seed)
    progress: Reduction[int] = Reduction()
    rates = Rates(min(rate, 0.97), deterministic=rate == 1.0 and not noise)
    await reduce_tree(tree, probe, rates, progress)
    await reduce_tree(tree, probe, rates, progress, expected=most)
    return tree.left(progress.removed), progress


def family(tree: Numbers, n: int) -> set[int]:
    return {n} | (family(tree, n // 3) if n >= 3 else set())


@pytest.mark.parametrize("symptom", [1, 5, 17, 40])
async def test_a_certain_failure_is_reduced_exactly(symptom: int) -> None:
    tree = Numbers(60)
    left, progress = await reduced(tree, {symptom}, 1.0)
    assert left == family(tree, symptom)
    assert progress.calls < 70


async def test_a_pair_of_culprits_stays_together() -> None:
    tree = Numbers(60)
    left, _ = await reduced(tree, {7, 50}, 1.0)
    assert left == family(tree, 7) | family(tree, 50)


@pytest.mark.parametrize(("rate", "least", "most_calls"), [(0.7, 11, 60), (0.3, 11, 160)])
async def test_a_failure_that_comes_only_sometimes(
    rate: float, least: int, most_calls: int
) -> None:
    tree = Numbers(60)
    exact = 0
    for seed in range(12):
        left, progress = await reduced(tree, {17}, rate, 0.02, seed)
        exact += left == family(tree, 17)
        assert progress.calls < most_calls
    assert exact >= least


async def test_nodes_that_may_not_both_go_end() -> None:
    """Each could go, both together couldn't: this once never came to an end."""
    tree = Numbers(30, never_both=frozenset({1, 2}))
    async with asyncio.timeout(20):
        left, _ = await reduced(tree, {20}, 1.0)
    assert family(tree, 20) <= left
    assert len(left & {1, 2}) == 1


async def test_what_holds_something_essential_is_not_asked_about() -> None:
    """What is left hangs in one chain, so only its end needs an answer."""
    tree = Numbers(60)
    probe, asked = probe_for(tree, {40}, 1.0)
    gone = frozenset(n for n in range(1, 61) if n not in family(tree, 40))
    progress: Reduction[int] = Reduction(removed=gone)
    await reduce_tree(tree, probe, Rates(0.97, deterministic=True), progress, expected=most)
    assert tree.left(progress.removed) == family(tree, 40)
    assert len(asked) <= 4
    assert {40} in [a - gone for a in asked]


async def test_either_of_two_is_kept_though_each_could_go() -> None:
    tree = Numbers(60)

    async def probe(removed: frozenset[int]) -> bool:
        return not tree.left(removed).isdisjoint({17, 40})

    progress: Reduction[int] = Reduction()
    await reduce_tree(tree, probe, Rates(0.97, deterministic=True), progress)
    assert tree.left(progress.removed) in (family(tree, 17), family(tree, 40))


async def test_a_step_that_was_taken_by_accident_is_taken_back() -> None:
    """One failure of its own accord says that nothing at all is needed."""
    tree = Numbers(60)
    asked = 0

    async def probe(removed: frozenset[int]) -> bool:
        nonlocal asked
        asked += 1
        return asked == 1 or 17 in tree.left(removed)

    progress: Reduction[int] = Reduction()
    await reduce_tree(tree, probe, Rates(0.9), progress)
    assert tree.left(progress.removed) == family(tree, 17)


async def test_answers_that_contradict_each_other_come_to_an_end() -> None:
    """More fails than less: no set of needed nodes explains it."""
    tree = Numbers(30)

    async def probe(removed: frozenset[int]) -> bool:
        return len(removed) % 2 == 0

    progress: Reduction[int] = Reduction()
    await reduce_tree(tree, probe, Rates(0.9), progress)
    assert progress.rounds < 1000


async def test_an_interrupted_reduction_leaves_something_that_fails() -> None:
    tree = Numbers(60)
    probe, asked = probe_for(tree, {17}, 1.0)

    async def stingy(removed: frozenset[int]) -> bool | None:
        if len(asked) >= 4:
            raise BudgetSpentError("spent")
        return await probe(removed)

    progress: Reduction[int] = Reduction()
    with pytest.raises(BudgetSpentError):
        await reduce_tree(tree, stingy, Rates(0.97, deterministic=True), progress)
    assert 17 in tree.left(progress.removed)


def test_one_answer_decides_only_where_answers_are_certain() -> None:
    sure, unsure = Odds(0.0, 3.0, 3.0), Odds(0.0, 3.0, 3.0)
    sure.take(False, Rates(1.0, deterministic=True), 0.85)
    unsure.take(False, Rates(0.7), 0.85)
    assert sure.essential
    assert unsure.open


def test_odds_end_in_any_case() -> None:
    odds = Odds(0.0, 1e9, 3.0)
    for n in range(100):
        odds.take(n % 3 == 0, Rates(0.5), 0.85)
    assert not odds.open
