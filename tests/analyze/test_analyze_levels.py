"""The level at which one half passes: found from answers, and what to ask next."""

from math import exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.analyze.levels import Answer, estimate, next_level, success_at

SPAN = (3, 20)


def asked(half: float, span: tuple[int, int], n: int, rng: Random) -> list[Answer]:
    """Ask a made-up model whose success is one half at a known level."""
    answers: list[Answer] = []
    for _ in range(n):
        level = next_level(answers, span)
        answers.append((level, rng.random() < 1 / (1 + exp(3 * (log(level) - log(half))))))
    return answers


@pytest.mark.parametrize(("half", "span"), [(5.0, SPAN), (12.0, SPAN), (4.0, (1, 32))])
def test_the_level_is_found_and_the_interval_holds_it(half: float, span: tuple[int, int]) -> None:
    rng = Random(7)
    found = [estimate(asked(half, span, 40, rng), span) for _ in range(6)]
    assert sum(e.low <= half <= e.high for e in found) >= 5
    middle = sorted(e.level for e in found)[3]
    assert abs(log(middle / half)) < 0.2
    assert all(not e.beyond for e in found)


def test_more_scenarios_make_it_surer() -> None:
    few, many = (asked(7.0, SPAN, n, Random(3)) for n in (10, 60))
    narrow, wide = estimate(many, SPAN), estimate(few, SPAN)
    assert narrow.high / narrow.low < wide.high / wide.low


def test_what_is_asked_is_where_the_answer_is_open() -> None:
    """Nearly all levels lie around the half, none where all is known."""
    levels = [level for level, _ in asked(6.0, SPAN, 40, Random(1))][10:]
    assert sum(4 <= level <= 10 for level in levels) > 20
    assert len(set(levels)) > 2


@pytest.mark.parametrize(("passed", "beyond"), [(True, "above"), (False, "below")])
def test_a_model_beyond_all_that_can_be_asked(passed: bool, beyond: str) -> None:
    answers: list[Answer] = []
    for _ in range(20):
        answers.append((next_level(answers, SPAN), passed))
    assert estimate(answers, SPAN).beyond == beyond
    end = SPAN[1] if passed else SPAN[0]
    assert [level for level, _ in answers[-5:]] == [end] * 5


def test_success_at_a_level_follows_from_the_others() -> None:
    answers = asked(8.0, SPAN, 60, Random(5))
    for level in (7, 8, 20):
        share, low, high = success_at(level, answers, SPAN)
        assert low <= share <= high
        assert low <= 1 / (1 + exp(3 * (log(level) - log(8.0)))) <= high
    easy, hard = (success_at(level, answers, SPAN)[0] for level in (3, 20))
    assert easy > 0.7 and hard < 0.2


def test_without_answers_all_is_open() -> None:
    nothing = estimate([], SPAN)
    assert nothing.low < SPAN[0] and nothing.high > SPAN[1]
    assert SPAN[0] < next_level([], SPAN) < SPAN[1]


answers_at = st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=12)


@given(answers_at)
def test_levels_may_begin_at_nothing(answers: list[Answer]) -> None:
    found = estimate(answers, (0, 6))
    assert found.low <= found.level <= found.high
    assert 0 <= next_level(answers, (0, 6)) <= 6


@given(answers_at, st.randoms())
def test_the_order_of_the_answers_is_nothing(answers: list[Answer], random: Random) -> None:
    other = list(answers)
    random.shuffle(other)
    assert estimate(other, (0, 6)) == estimate(answers, (0, 6))
    assert next_level(other, (0, 6)) == next_level(answers, (0, 6))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12))
def test_who_passes_all_stands_above_who_fails_all(asked: list[int]) -> None:
    """A single answer may go either way: one that contradicts the rest is taken for a slip."""
    best, worst = (estimate([(level, ok) for level in asked], (0, 6)) for ok in (True, False))
    assert worst.level < best.level
    assert worst.high <= best.high
    assert worst.low <= best.low
