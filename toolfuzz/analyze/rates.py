"""Success rates with their intervals."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from operator import mul
from statistics import NormalDist, fmean

from toolfuzz.analyze.beta import student_quantile

__all__ = ["Z95", "Growing", "Rate", "Sample", "effective", "pass_k", "rate", "wilson"]

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Rate:
    """A success rate with its 95% interval; ``rate`` is None when nothing was judged.

    ``n_eff`` is the number of independent questions that would be as informative.
    """

    rate: float | None
    low: float
    high: float
    judged: int
    passed: int
    clusters: int
    n_eff: float


def wilson(passed: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's score interval (95% by default); ``n`` may be fractional, (0, 1) for n = 0.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if n <= 0:
        return 0.0, 1.0
    p = passed / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the borders the exact ends are 0 and 1; rounding must not put the rate outside.
    return min(max(middle - half, 0.0), p), max(min(middle + half, 1.0), p)


def rate(passes: Iterable[tuple[Hashable, bool]]) -> Rate:
    """Return the share of judged questions that passed, given (cluster, passed) of each.

    See ``Sample``.
    """
    growing = Growing()
    for cluster, ok in passes:
        growing.take(cluster, passed=ok)
    return growing.rate()


class Growing:
    """A success rate of questions that come one by one (see ``Sample``)."""

    def __init__(self) -> None:
        self._sizes: Counter[Hashable] = Counter()
        self._failed: Counter[Hashable] = Counter()
        self._sums = _Sums()
        self.judged = 0
        self.failed = 0

    def take(self, cluster: Hashable, *, passed: bool) -> None:
        """Take in a question that was judged."""
        size, failed = self._sizes[cluster], self._failed[cluster]
        self.judged += 1
        self._sizes[cluster] += 1
        self._sums.squares += 2 * size + 1
        self._sums.cross += failed
        if not passed:
            self.failed += 1
            self._failed[cluster] += 1
            self._sums.cross += size + 1
            self._sums.counted += 2 * failed + 1

    def rate(self) -> Rate:
        """Return the rate so far."""
        return _rate(self.judged, len(self._sizes), self.judged - self.failed, self._sums.rest())


class Sample:
    """Judged questions in the clusters that were sampled, by how many there are in each.

    Questions about the same schema are alike, so a share's interval is Wilson's on the effective
    number of questions: p(1-p) over the squared cluster-robust standard error, shrunk by
    (1.96/t)² with clusters - 1 degrees of freedom. Where all questions came out alike the clusters
    are what was sampled, so their number counts.
    """

    def __init__(self, sizes: Mapping[int, int] | array[int]) -> None:
        """Take how many there are in each cluster, by its number."""
        self._sizes = sizes
        counts = sizes.values() if isinstance(sizes, Mapping) else sizes
        self._clusters = sum(map(bool, counts))
        self._judged = sum(counts)
        self._squares = sum(map(mul, counts, counts))

    def share(self, counted: Mapping[int, int]) -> Rate:
        """Return the share of some of the questions, given how many there are in each cluster."""
        return _rate(self._judged, self._clusters, sum(counted.values()), self._sums(counted))

    def rest(self, counted: Mapping[int, int]) -> Rate:
        """Return the share of all other questions."""
        rest = self._judged - sum(counted.values())
        return _rate(self._judged, self._clusters, rest, self._sums(counted).rest())

    def _sums(self, counted: Mapping[int, int]) -> _Sums:
        cross = sum(n * self._sizes[cluster] for cluster, n in counted.items())
        return _Sums(self._squares, cross, sum(n * n for n in counted.values()))


@dataclass(slots=True)
class _Sums:
    """Sums over the clusters: of the squares of their sizes, of size times what is counted, and of
    the squares of what is counted."""

    squares: int = 0
    cross: int = 0
    counted: int = 0

    def rest(self) -> _Sums:
        """Return the same where all else is counted."""
        others = self.squares - 2 * self.cross + self.counted
        return _Sums(self.squares, self.squares - self.cross, others)


def _rate(judged: int, clusters: int, counted: int, sums: _Sums) -> Rate:
    if not judged:
        return Rate(None, 0.0, 1.0, 0, 0, 0, 0.0)
    p = counted / judged
    # In whole numbers, so that clusters that are alike are exactly alike.
    apart = judged**2 * sums.counted - 2 * judged * counted * sums.cross + counted**2 * sums.squares
    n_eff = effective(p * (1 - p), judged, clusters, apart / judged**2)
    low, high = wilson(p * n_eff, n_eff)
    # Few failures say little about how alike a schema's questions are. One failure must not leave
    # the run surer of itself than none would have.
    low = min(low, wilson(clusters, clusters)[0])
    high = max(high, wilson(0, clusters)[1])
    return Rate(p, min(low, p), max(high, p), judged, counted, clusters, n_eff)


def effective(spread: float, judged: int, clusters: int, apart: float) -> float:
    """Return how many independent calls would be as informative as these, which are in clusters.

    ``spread`` is the variance of one call, exactly 0 when all were alike; ``apart`` the sum of the
    squares of what each cluster lies above its mean.
    """
    if not spread or clusters == 1:
        return float(clusters)
    shrink = (Z95 / student_quantile(clusters - 1, 0.975)) ** 2
    variance = clusters / (clusters - 1) * apart / judged**2
    most = judged * shrink
    n_eff = min(spread / variance * shrink, most) if variance else most
    # Two or three clusters would shrink below one question, which is less than was seen.
    return max(n_eff, 1.0)


def pass_k(outcomes: Iterable[tuple[int, int]]) -> dict[int, float]:
    """Return pass^k for every k up to the most repeats: the chance that k askings all pass.

    ``outcomes`` holds how many of how many askings of each case passed. C(passed, k) / C(repeats,
    k), averaged over the cases with at least k repeats (arXiv:2406.12045).
    """
    tallies = Counter(outcomes)
    most = max((n for _, n in tallies), default=0)
    return {
        k: _pass_all(k, [(t, w) for t, w in tallies.items() if t[1] >= k])
        for k in range(1, most + 1)
    }


def _pass_all(k: int, tallies: Sequence[tuple[tuple[int, int], int]]) -> float:
    shares = [comb(passed, k) / comb(n, k) for (passed, n), _ in tallies]
    return fmean(shares, [cases for _, cases in tallies])
