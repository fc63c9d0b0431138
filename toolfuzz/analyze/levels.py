"""How hard a task may be until a model fails half of them, and which level tells most about it.

Success falls with the logarithm of the level by a logistic curve. Where it crosses one half, how
steeply, and how often the model fails whatever the level is are all unknown: each combination on a
grid is weighed by how well it explains the answers (S. A. Klein, "Measuring, estimating, and
understanding the psychometric function", 2001). Nothing here is drawn at random.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import exp, log
from typing import Literal

__all__ = ["Answer", "LevelEstimate", "estimate", "next_level", "success_at"]

Answer = tuple[float, bool]
"""At which level, and whether it passed."""

_STEPS = 41
# A curve may cross one half outside of what can be asked, by this factor.
_BEYOND = 4.0
# From three quarters to one quarter over a level seven times, three times … as high.
_SLOPES = (1.1, 2.2, 4.4, 8.8)
_LAPSES = {0.001: 0.25, 0.01: 0.25, 0.05: 0.25, 0.15: 0.15, 0.3: 0.1}
_MOST_CANDIDATES = 12
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class LevelEstimate:
    """The level at which one half passes, with its 95% interval.

    ``beyond``: it lies above (or below) all that can be asked, so only that end is known.
    """

    level: float
    low: float
    high: float
    beyond: Literal["", "above", "below"]


@dataclass(frozen=True, slots=True)
class _Curve:
    half: float
    slope: float
    lapse: float
    prior: float


def _log(level: float, least: float) -> float:
    """Return where a level stands on the curves. Levels that begin at 0 are counted from 1."""
    return log(level + max(1 - least, 0))


@lru_cache(maxsize=64)
def _curves(least: float, most: float) -> tuple[_Curve, ...]:
    """Return the grid, ordered by where the curves cross one half."""
    first, last = _log(least, least) - log(_BEYOND), _log(most, least) + log(_BEYOND)
    halves = [first + n * (last - first) / (_STEPS - 1) for n in range(_STEPS)]
    return tuple(
        _Curve(half, slope, lapse, prior)
        for half in halves
        for slope in _SLOPES
        for lapse, prior in _LAPSES.items()
    )


@lru_cache(maxsize=1024)
def _passing(least: float, most: float, level: float) -> tuple[float, ...]:
    """Return the chance to pass at a level by each curve of the grid."""
    at = _log(level, least)
    return tuple(_chance(curve, at) for curve in _curves(least, most))


def _chance(curve: _Curve, at: float) -> float:
    # Shifted, so that it is one half at ``half`` with the lapses counted in.
    top = 1 - curve.lapse
    shift = log(0.5 / (top - 0.5))
    return top / (1 + exp(curve.slope * (at - curve.half) - shift))


def _weights(answers: Iterable[Answer], least: float, most: float) -> list[float]:
    """Return how likely each curve is by the answers."""
    logs = [log(curve.prior) for curve in _curves(least, most)]
    for (level, passed), times in sorted(Counter(answers).items()):
        chances = _passing(least, most, level)
        logs = [
            so_far + times * log(p if passed else 1 - p)
            for so_far, p in zip(logs, chances, strict=True)
        ]
    highest = max(logs)
    raw = [exp(one - highest) for one in logs]
    total = sum(raw)
    return [one / total for one in raw]


def estimate(answers: Sequence[Answer], levels: tuple[float, float]) -> LevelEstimate:
    """Return where one half passes; ``levels`` are the least and the most that can be asked."""
    least, most = levels
    halves = list(_by_half(_weights(answers, least, most), least, most))
    back = max(1 - least, 0)
    low, middle, high = (exp(_quantile(halves, q)) - back for q in (_TAIL, 0.5, 1 - _TAIL))
    beyond: Literal["", "above", "below"] = ""
    if middle > most:
        beyond = "above"
    elif middle < least:
        beyond = "below"
    return LevelEstimate(middle, low, high, beyond)


def success_at(
    level: float, answers: Sequence[Answer], levels: tuple[float, float]
) -> tuple[float, float, float]:
    """Return the share that passes at a level with its 95% interval, by the answers at others."""
    least, most = levels
    chances = _passing(least, most, level)
    by_chance = sorted(zip(chances, _weights(answers, least, most), strict=True))
    mean = sum(chance * weight for chance, weight in by_chance)
    low, high = _quantile(by_chance, _TAIL), _quantile(by_chance, 1 - _TAIL)
    return mean, min(low, mean), max(high, mean)


def next_level(answers: Sequence[Answer], levels: tuple[int, int]) -> int:
    """Return the level whose answer tells most about where one half passes; the lower of equals."""
    weights = _weights(answers, *levels)
    gains = {level: _gain(weights, *levels, level) for level in _candidates(*levels)}
    best = max(gains.values())
    return next(level for level, gain in gains.items() if gain >= best - 1e-9)


def _candidates(least: int, most: int) -> list[int]:
    """Return levels in equal ratios, all of them where they are few."""
    if most - least < _MOST_CANDIDATES:
        return list(range(least, most + 1))
    ratio = (most / least) ** (1 / (_MOST_CANDIDATES - 1))
    return sorted({round(least * ratio**n) for n in range(_MOST_CANDIDATES)})


def _gain(weights: Sequence[float], least: float, most: float, level: float) -> float:
    """Return how much an answer at this level is expected to tell (mutual information, in nats)."""
    chances = _passing(least, most, level)
    whole = sum(w * p for w, p in zip(weights, chances, strict=True))
    known = 0.0
    each = len(_SLOPES) * len(_LAPSES)
    for start in range(0, len(weights), each):
        part = weights[start : start + each]
        weight = sum(part)
        if weight > 0:
            p = sum(w * c for w, c in zip(part, chances[start : start + each], strict=True))
            known += weight * _entropy(p / weight)
    return _entropy(whole) - known


def _entropy(p: float) -> float:
    return -sum(q * log(q) for q in (p, 1 - p) if q > 0)


def _by_half(weights: Sequence[float], least: float, most: float) -> Iterator[tuple[float, float]]:
    pairs = zip(_curves(least, most), weights, strict=True)
    for half, group in groupby(pairs, key=lambda pair: pair[0].half):
        yield half, sum(weight for _, weight in group)


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value below which this share of the weight lies, between two of the grid."""
    passed, before = 0.0, ordered[0][0]
    for value, weight in ordered:
        if weight > 0 and passed + weight >= share:
            return before + (value - before) * (share - passed) / weight
        passed, before = passed + weight, value
    return ordered[-1][0]
