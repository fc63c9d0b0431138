"""Success rates with their intervals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist, fmean

__all__ = ["Z95", "Rate", "effective", "pass_k", "rate", "wilson"]

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


def rate(passes: Iterable[tuple[str, bool]]) -> Rate:
    """Return the share of judged questions that passed, given (cluster, passed) of each.

    The interval is Wilson's on the effective number of questions, since questions about the same
    schema are alike: p(1-p) over the squared cluster-robust standard error, shrunk by
    (1.96/t)² with clusters - 1 degrees of freedom. With no failure (or no pass) the clusters are
    what was sampled, so their number counts.
    """
    sums: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    for cluster, ok in passes:
        sums[cluster] += ok
        sizes[cluster] += 1
    judged, passed, clusters = sum(sizes.values()), sum(sums.values()), len(sizes)
    if not judged:
        return Rate(None, 0.0, 1.0, 0, 0, 0, 0.0)
    p = passed / judged
    n_eff = effective(p * (1 - p), judged, [sums[c] - p * sizes[c] for c in sizes])
    low, high = wilson(p * n_eff, n_eff)
    # Few failures say little about how alike a schema's questions are. One failure must not
    # leave the run surer of itself than none would have.
    low = min(low, wilson(clusters, clusters)[0])
    high = max(high, wilson(0, clusters)[1])
    return Rate(p, min(low, p), max(high, p), judged, passed, clusters, n_eff)


def effective(spread: float, judged: int, residuals: Sequence[float]) -> float:
    """Return how many independent calls would be as informative as these, which are in clusters.

    ``spread`` is the variance of one call, exactly 0 when all were alike; ``residuals`` what each
    cluster lies above its mean in sum.
    """
    clusters = len(residuals)
    if not spread or clusters == 1:
        return float(clusters)
    from scipy.special import stdtrit

    shrink = (Z95 / float(stdtrit(clusters - 1, 0.975))) ** 2
    variance = clusters / (clusters - 1) * sum(r * r for r in residuals) / judged**2
    most = judged * shrink
    n_eff = min(spread / variance * shrink, most) if variance else most
    # Two or three clusters would shrink below one question, which is less than was seen.
    return max(n_eff, 1.0)


def pass_k(outcomes: Iterable[Sequence[bool]]) -> dict[int, float]:
    """Return pass^k for every k up to the most repeats: the chance that k askings all pass.

    ``outcomes`` holds the repeats of each case. C(passed, k) / C(repeats, k), averaged over the
    cases with at least k repeats (arXiv:2406.12045).
    """
    tallies = [(sum(repeats), len(repeats)) for repeats in outcomes]
    most = max((n for _, n in tallies), default=0)
    return {
        k: fmean(comb(passed, k) / comb(n, k) for passed, n in tallies if n >= k)
        for k in range(1, most + 1)
    }
