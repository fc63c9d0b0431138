"""How small a drop a number of calls can show."""

from bisect import bisect_left
from math import ceil, log, sqrt
from statistics import NormalDist

__all__ = ["passes_needed", "smallest_visible_drop"]

_STEPS = 10**9


def passes_needed(claim: float, confidence: float = 0.95) -> int:
    """Return how many straight passes support "at least ``claim``" (59 for 0.95, 299 for 0.99).

    The smallest n for which n passes in a row have a chance of at most 1 - confidence when the
    true rate is ``claim``. Raises ValueError outside 0 < claim < 1.
    """
    if not 0 < claim < 1:
        raise ValueError("a claim is a rate between 0 and 1")
    return ceil(log(1 - confidence) / log(claim))


def smallest_visible_drop(
    rate: float, n_eff: float, *, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """Return the smallest true drop from ``rate`` that a second run of this size would show.

    "Show" means a one-sided test at ``alpha`` with chance ``power``; the runs are taken as
    independent, which is cautious for runs on the same cases. Normal approximation. None when
    even a drop to zero would go unseen.
    """
    normal = NormalDist()
    z_alpha, z_power = normal.inv_cdf(1 - alpha), normal.inv_cdf(power)

    def margin(drop: float) -> float:
        after = rate - drop
        mean = rate - drop / 2
        apart = rate * (1 - rate) + after * (1 - after)
        need = z_alpha * sqrt(2 * mean * (1 - mean)) + z_power * sqrt(apart)
        return drop * sqrt(n_eff) - need

    if rate <= 0 or margin(rate) < 0:
        return None
    # A root finder of a library would take a hundred times as long to load as this takes to run.
    step = rate / _STEPS
    return bisect_left(range(_STEPS), 0.0, key=lambda n: margin(n * step)) * step
