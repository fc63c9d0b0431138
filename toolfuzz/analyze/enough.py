"""How many more cases would decide what a run leaves open."""

from bisect import bisect_left
from math import ceil

from toolfuzz.analyze.rates import wilson

__all__ = ["cases_to_tell", "cases_without_failure"]

_MOST = 100_000
"""More than this is not worth saying: the rate is too close to the line."""


def cases_without_failure(clusters: int, line: float) -> int:
    """Return how many further cases must pass for the 95% interval to begin at ``line``.

    ``clusters`` is the number of independent questions so far, of which none failed.
    """
    enough = bisect_left(range(_MOST), line, key=lambda n: wilson(n, n)[0])
    return max(enough - clusters, 0)


def cases_to_tell(rate: float, n_eff: float, clusters: int, line: float) -> int | None:
    """Return how many further cases put the 95% interval on one side of ``line``, at this rate.

    ``n_eff`` independent questions came of ``clusters`` cases so far. None where it would take
    more than a hundred thousand.
    """
    above = rate > line

    def told(n: int) -> bool:
        low, high = wilson(rate * n, n)
        return low >= line if above else high < line

    enough = bisect_left(range(_MOST), True, key=told)
    if enough >= _MOST:
        return None
    per_case = n_eff / clusters if clusters else 1.0
    return max(ceil((enough - n_eff) / per_case), 1) if per_case else None
