"""What correcting a model costs: how often, and how many tasks are right after so many times."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance

from toolfuzz.analyze.beta import student_quantile
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import JsonObject
from toolfuzz.core.verdict import Scenario

__all__ = ["corrections", "survival"]


def corrections(played: Sequence[Scenario], patience: int) -> JsonObject:
    """Return interventions per 100 tasks with a 95% interval, and the share not yet right.

    Where no user corrects (``patience`` 0) there are none. The interval is of the mean of the
    pairs' means (Student's t; Wilson's where all are alike). ``survival`` begins with the tasks
    that need any correction; ``censored`` are those that were never right, ``regressions`` the
    share of corrections after which something was wrong that had been right.
    """
    if not patience or not played:
        return {"interventions": None}
    by_pair: dict[str, list[int]] = {}
    for one in played:
        by_pair.setdefault(one.pair, []).append(one.interventions)
    means = [100 * fmean(counts) for counts in by_pair.values()]
    mean, half = fmean(means), _half_width(means)
    times = [(one.interventions, one.reached) for one in played]
    corrected = sum(one.interventions for one in played)
    return {
        "interventions": {
            "per_100": mean,
            "low": max(mean - half, 0.0),
            "high": min(mean + half, 100.0 * patience),
            "survival": survival(times, patience),
            "censored": sum(not one.reached for one in played),
            "regressions": sum(one.regressions for one in played) / corrected if corrected else 0.0,
        }
    }


def _half_width(means: Sequence[float]) -> float:
    if len(means) < 2:
        return float("inf")
    if not variance(means):
        # All alike: one task in so many may still need one correction more.
        return 100 * wilson(0, len(means))[1]
    return student_quantile(len(means) - 1, 0.975) * sqrt(variance(means) / len(means))


def survival(times: Sequence[tuple[int, bool]], patience: int) -> list[float]:
    """Return the share of tasks not yet right after 0, 1 … ``patience`` corrections.

    ``times`` are (corrections, right in the end); a task that ended wrong is only known not to
    have been right until then (E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete
    observations", 1958).
    """
    left, curve = 1.0, []
    for k in range(patience + 1):
        at_risk = sum(corrected >= k for corrected, _ in times)
        right = sum(corrected == k and ok for corrected, ok in times)
        left *= 1 - right / at_risk if at_risk else 1
        curve.append(left)
    return curve
