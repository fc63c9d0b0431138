import numpy as np
import pytest
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from toolfuzz.analyze.power import passes_needed, smallest_visible_drop


@pytest.mark.parametrize(("claim", "passes"), [(0.95, 59), (0.99, 299), (0.999, 2995)])
def test_passes_needed(claim: float, passes: int) -> None:
    assert passes_needed(claim) == passes
    assert claim**passes <= 0.05 < claim ** (passes - 1)


@pytest.mark.parametrize("claim", [0.0, 1.0, 1.5])
def test_passes_needed_refuses_what_no_run_can_show(claim: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        passes_needed(claim)


@pytest.mark.parametrize(("rate", "n"), [(0.95, 100), (0.95, 300), (0.8, 50), (0.999, 1000)])
def test_smallest_drop_agrees_with_statsmodels(rate: float, n: int) -> None:
    drop = smallest_visible_drop(rate, n)
    assert drop is not None
    needed = samplesize_proportions_2indep_onetail(
        -drop, rate, 0.8, ratio=1, alpha=0.05, alternative="smaller"
    )
    assert needed == pytest.approx(n, rel=1e-3)


def test_a_run_finds_the_drop_that_it_says_it_can_see() -> None:
    n, rate = 300, 0.95
    drop = smallest_visible_drop(rate, n)
    assert drop is not None
    rng = np.random.default_rng(3)
    before = rng.binomial(n, rate, 20_000)
    after = rng.binomial(n, rate - drop, 20_000)
    pooled = (before + after) / (2 * n)
    z = (before - after) / n / np.sqrt(np.maximum(2 * pooled * (1 - pooled) / n, 1e-12))
    assert 0.77 < np.mean(z > 1.644854) < 0.83


def test_more_calls_see_less() -> None:
    drops = [smallest_visible_drop(1.0, n) for n in (10, 100, 1000)]
    assert drops == sorted(drops, reverse=True)


@pytest.mark.parametrize(("rate", "n"), [(0.0, 100), (0.5, 1), (1.0, 1)])
def test_too_little_to_see_anything(rate: float, n: int) -> None:
    assert smallest_visible_drop(rate, n) is None
