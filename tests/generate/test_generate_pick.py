"""Choices: in range, even, enough of them, and simplest first."""

import hashlib
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.generate.pick import Pick, words

SIMPLEST = Pick(lambda n: 0)


def picks(seed: int, count: int) -> Iterator[Pick]:
    return (Pick(words(seed, n)) for n in range(count))


@pytest.mark.parametrize("n", [2, 3, 5, 100, 1000])
def test_integers_are_even(n: int) -> None:
    pick, draws = Pick(words("even", n)), 200 * n
    counts = Counter(pick.below(n) for _ in range(draws))
    assert set(counts) == set(range(n))
    squares = sum((count - 200) ** 2 / 200 for count in counts.values())
    assert squares < n + 5 * (2 * n) ** 0.5  # chi squared, five deviations above its mean


@given(st.integers(1, 10**400), st.integers(0, 9))
def test_integers_are_in_range_however_wide_it_is(n: int, seed: int) -> None:
    assert 0 <= Pick(words(seed)).below(n) < n


def test_wide_integers_reach_all_of_their_range() -> None:
    top = Counter(Pick(words(n)).below(2**200) >> 197 for n in range(800))
    assert set(top) == set(range(8))
    assert min(top.values()) > 60


@pytest.mark.parametrize("size", [3, 5, 7, 10, 11, 14, 20, 29])
@pytest.mark.parametrize(("least", "most"), [(3, 3), (1, 3), (0, 2), (2, 5)])
def test_some_are_as_many_as_was_asked_for(size: int, least: int, most: int) -> None:
    found = [pick.some(range(size), least, most) for pick in picks(size, 300)]
    assert all(len(set(some)) == len(some) for some in found)
    assert {len(some) for some in found} == set(range(least, min(most, size) + 1))
    assert {n for some in found for n in some} == set(range(size))


def test_some_of_too_few_are_all_of_them() -> None:
    assert all(sorted(pick.some("ab", 3, 4)) == ["a", "b"] for pick in picks(1, 20))
    assert SIMPLEST.some("", 1, 2) == []


@given(st.integers(-50, 50), st.integers(0, 40), st.integers(0, 10**6))
def test_within_keeps_its_bounds_and_starts_nearest_to_zero(low: int, size: int, seed: int) -> None:
    high = low + size
    assert low <= Pick(words(seed)).within(low, high) <= high
    assert SIMPLEST.within(low, high) == min(range(low, high + 1), key=abs)
    every = {Pick(lambda n, at=at: at % n).within(low, high) for at in range(size + 1)}
    assert every == set(range(low, high + 1))


@pytest.mark.parametrize("percent", [0, 1, 25, 35, 50, 90, 100])
def test_a_chance_is_the_share_it_says(percent: int) -> None:
    pick = Pick(words("chance", percent))
    share = sum(pick.chance(percent) for _ in range(4000)) / 40
    assert abs(share - percent) < 3
    assert SIMPLEST.chance(percent) is (percent == 100)


def test_the_simplest_choices_are_the_first_and_the_fewest() -> None:
    assert SIMPLEST.of("abc") == "a"
    assert SIMPLEST.some("abc", 1, 3) == ["a"]
    assert SIMPLEST.several(lambda pick: pick.of("xy"), 2, 4) == ["x", "x"]
    assert SIMPLEST.shuffled("abc") == ["a", "b", "c"]


def test_words_depend_on_their_key_alone() -> None:
    """A change here changes every case of every seed."""
    pick = Pick(words(0, 1, "two"))
    drawn = [pick.below(n) for n in (*range(2, 400), 2**40, 2**64, 2**64 + 1, 2**300)]
    digest = hashlib.sha256(repr(drawn).encode()).hexdigest()[:16]
    assert digest == "3d32983e9b92898c"
    assert drawn != [Pick(words(0, 1, "three")).below(n) for n in range(2, 400)]
