"""The beta distribution and Student's t, which follows from it.

Exact to eight digits or more. The continued fraction is that of the NIST Digital Library of
Mathematical Functions, https://dlmf.nist.gov/8.17.E22, worked out by Lentz's method.
"""

import math
from functools import lru_cache

__all__ = ["beta_at_most", "beta_quantile", "student_quantile"]

_TINY = 1e-300
_EXACT = 1e-15
_TERMS = 100_000
_ROUNDS = 200


def beta_at_most(a: float, b: float, x: float) -> float:
    """Return the chance that a beta variable is at most x: the regularized incomplete beta
    function. ``a`` and ``b`` are above 0.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(_log_front(a, b, x))
    # The fraction converges quickly below the mean; above it the other tail does.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1 - x) / b


@lru_cache(maxsize=4096)
def beta_quantile(a: float, b: float, chance: float) -> float:
    """Return the x that a beta variable stays at or below with this chance.

    Newton's steps, where they stay in the interval that holds x; halves of it otherwise.
    """
    if chance <= 0:
        return 0.0
    if chance >= 1:
        return 1.0
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_ROUNDS):
        above = beta_at_most(a, b, x) - chance
        if above > 0:
            high = x
        else:
            low = x
        # The front is the density times x(1 - x).
        slope = math.exp(_log_front(a, b, x)) / (x * (1 - x))
        step = above / slope if slope else math.inf
        new = x - step
        if not low < new < high:
            new = (low + high) / 2
        if abs(new - x) <= _EXACT * x or new in (low, high):
            return new
        x = new
    return x


@lru_cache(maxsize=4096)
def student_quantile(freedom: float, chance: float) -> float:
    """Return the t that Student's variable stays at or below with this chance, above one half."""
    x = beta_quantile(0.5, freedom / 2, 2 * chance - 1)
    return math.sqrt(freedom * x / (1 - x))


def _log_front(a: float, b: float, x: float) -> float:
    """Return the logarithm of x to the a times (1 - x) to the b, over B(a, b)."""
    ways = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return ways + a * math.log(x) + b * math.log1p(-x)


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _kept(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _kept(1 + even * d), _kept(1 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _kept(1 + odd * d), _kept(1 + odd / c)
        value *= d * c
        if abs(d * c - 1) < _EXACT:
            break
    return value


def _kept(value: float) -> float:
    """Keep it from 0, which Lentz's method may not divide by."""
    return value if abs(value) > _TINY else _TINY
