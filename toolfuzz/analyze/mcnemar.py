"""McNemar's test, one-sided: do pairs change one way more often than the other?"""

from math import comb, exp, lgamma, log

__all__ = ["mcnemar_worse"]

_EXACT = 5000
"""So many changes are counted in whole numbers."""
_NEGLIGIBLE = 1e-17


def mcnemar_worse(worse: int, better: int) -> float:
    """Return McNemar's one-sided mid-p: how likely chance is to make it this much worse.

    M. W. Fagerland et al., "The McNemar test for binary matched-pairs data: mid-p and asymptotic
    are better than exact conditional", 2013.
    """
    flips = worse + better
    if flips > _EXACT:
        return _long_mid_p(worse, flips)
    tail = sum(comb(flips, k) for k in range(worse + 1, flips + 1))
    return (2 * tail + comb(flips, worse)) / (1 << (flips + 1))


def _long_mid_p(worse: int, flips: int) -> float:
    """Return the same from logarithms: whole numbers of so many digits take minutes."""
    if 2 * worse < flips:
        return 1 - _long_mid_p(flips - worse, flips)
    log_ways = lgamma(flips + 1) - lgamma(worse + 1) - lgamma(flips - worse + 1)
    chance = exp(log_ways - flips * log(2))
    total = chance / 2
    for k in range(worse, flips):
        chance *= (flips - k) / (k + 1)
        if chance < total * _NEGLIGIBLE:
            break
        total += chance
    return total
