"""The beta distribution's own code, beside scipy's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.analyze.beta import beta_at_most, beta_quantile, student_quantile
from toolfuzz.analyze.sequential import SequentialTest

few = settings(max_examples=50, deadline=None)
shapes = st.one_of(st.floats(0.5, 20), st.integers(1, 200_000).map(float))


@few
@given(shapes, shapes, st.floats(0.0001, 0.9999))
def test_the_distribution_is_that_of_scipy(a: float, b: float, x: float) -> None:
    from scipy.special import betainc

    assert beta_at_most(a, b, x) == pytest.approx(betainc(a, b, x), rel=1e-8, abs=1e-12)


@few
@given(shapes, shapes, st.floats(0.001, 0.9999))
def test_the_quantile_is_that_of_scipy(a: float, b: float, chance: float) -> None:
    from scipy.special import betaincinv

    found = beta_quantile(a, b, chance)
    assert found == pytest.approx(betaincinv(a, b, chance), rel=1e-8, abs=1e-12)


@few
@given(st.integers(1, 200_000), st.floats(0.6, 0.9999))
def test_student_is_that_of_scipy(freedom: int, chance: float) -> None:
    from scipy.special import stdtrit

    assert student_quantile(freedom, chance) == pytest.approx(stdtrit(freedom, chance), rel=1e-8)


def test_borders() -> None:
    assert (beta_at_most(2, 3, 0), beta_at_most(2, 3, 1)) == (0.0, 1.0)
    assert (beta_quantile(2, 3, 0), beta_quantile(2, 3, 1)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("accept", "reject", "error"),
    [(0.99, 0.95, 0.05), (0.999, 0.995, 0.01), (0.6, 0.5, 0.05), (0.9, 0.89, 0.2), (0.5, 0.1, 0.4)],
)
def test_a_fixed_sample_is_the_smallest_by_scipy(
    accept: float, reject: float, error: float
) -> None:
    from scipy.special import bdtr

    failures, n = 0, 1
    while True:
        while bdtr(failures, n, 1 - reject) > error:
            n += 1
        if bdtr(failures, n, 1 - accept) >= 1 - error:
            break
        failures += 1
    assert SequentialTest(accept, reject, error).fixed_sample == n
