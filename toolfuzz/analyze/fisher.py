"""Fisher's exact test, one-sided, and what is left of many such p-values."""

import math
from collections.abc import Sequence

__all__ = ["at_least", "false_discovery"]

_NEGLIGIBLE = 10**17
_EXACT = 10_000
"""So many are counted in whole numbers."""


def at_least(count: int, everyone: int, marked: int, drawn: int) -> float:
    """Return the chance that ``count`` or more of those drawn are marked.

    ``drawn`` of ``everyone`` are taken at random, ``marked`` of them all are marked: the
    hypergeometric distribution's upper tail.
    """
    least, most = max(0, marked + drawn - everyone), min(marked, drawn)
    if not least < count <= most:
        return float(count <= least)
    if count > marked * drawn / everyone:
        return min(_tail(count, most, everyone, marked, drawn), 1.0)
    # The same of those that are not marked: a sum of small parts is exact, 1 less another isn't.
    rest = _tail(drawn - count + 1, drawn - least, everyone, everyone - marked, drawn)
    return max(1.0 - rest, 0.0)


def _tail(first: int, last: int, everyone: int, marked: int, drawn: int) -> float:
    """Sum the chances from first to last, which fall."""
    if everyone > _EXACT:
        return _long_tail(first, last, everyone, marked, drawn)
    ways = math.comb(marked, first) * math.comb(everyone - marked, drawn - first)
    total = 0  # in whole numbers, so that one half is one half
    for n in range(first, last + 1):
        total += ways
        if ways * _NEGLIGIBLE < total:
            break
        ways = ways * (marked - n) * (drawn - n) // ((n + 1) * (everyone - marked - drawn + n + 1))
    return total / math.comb(everyone, drawn)


def _long_tail(first: int, last: int, everyone: int, marked: int, drawn: int) -> float:
    """Return the same from logarithms: whole numbers of so many digits take minutes."""
    chance = math.exp(
        _log_ways(marked, first)
        + _log_ways(everyone - marked, drawn - first)
        - _log_ways(everyone, drawn)
    )
    total = 0.0
    for n in range(first, last + 1):
        total += chance
        if chance * _NEGLIGIBLE < total:
            break
        chance *= (marked - n) / (n + 1) * ((drawn - n) / (everyone - marked - drawn + n + 1))
    return total


def _log_ways(n: int, k: int) -> float:
    """Return the logarithm of n over k."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's q-values, in the order of the p-values."""
    least = 1.0
    q_values = list(p_values)
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank in range(len(order), 0, -1):
        place = order[rank - 1]
        least = min(least, p_values[place] * len(order) / rank)
        q_values[place] = least
    return q_values
