"""The exact test and its correction, beside scipy's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.analyze.fisher import at_least, false_discovery


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    everyone = draw(st.sampled_from([1, 8, 60, 5000]).flatmap(lambda most: st.integers(1, most)))
    marked, drawn = draw(st.integers(0, everyone)), draw(st.integers(0, everyone))
    return draw(st.integers(-1, min(marked, drawn) + 1)), everyone, marked, drawn


@settings(deadline=None)
@given(tables())
def test_the_tail_is_that_of_scipy(table: tuple[int, int, int, int]) -> None:
    from scipy.stats import hypergeom

    count, *known = table
    assert at_least(*table) == pytest.approx(hypergeom.sf(count - 1, *known), rel=1e-8, abs=1e-300)


def test_what_is_certain_and_what_can_not_be() -> None:
    assert at_least(0, 10, 3, 4) == at_least(2, 10, 8, 4) == 1.0
    assert at_least(4, 10, 3, 4) == 0.0
    assert at_least(6_000, 20_000, 10_000, 10_000) < 1e-150
    assert at_least(4_000, 20_000, 10_000, 10_000) == 1.0
    assert at_least(19, 38, 37, 19) == 0.5


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1))
def test_false_discoveries_are_those_of_scipy(p_values: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert false_discovery(p_values) == pytest.approx(list(false_discovery_control(p_values)))


def test_nothing_was_discovered() -> None:
    assert false_discovery([]) == []
