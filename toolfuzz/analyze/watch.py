"""Watching an endpoint over time: does it fail more often than it did?

An e-process that may be looked at after every answer. For each portion after the baseline there is
a bet that the endpoint has been worse since then: for a factor f by which the odds of failing may
have grown, f for each failure, over 1 + (f - 1)u for each answer. While the chance of failing is at
most u, such a product is no more than 1 on average, whenever one stops. The evidence is the sum
over all beginnings (Shiryaev and Roberts), each the mean over several factors. Each beginning
counts by the time since the portion before, at most a day, so that a year of beginnings counts at
most 365: the sum passes 365 / error in a year with a probability of at most error (Ville).

u is an upper bound of how often the endpoint fails, from what was asked before that beginning:
Clopper and Pearson's at so many answers, again at twice as many, and so on, each at half the error
of the one before, so that all of them hold at once. Questions that were asked because evidence grew
are no part of it: their number depends on what was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from math import log10 as log_10
from typing import TYPE_CHECKING, TypeAlias

from toolfuzz.analyze.beta import beta_quantile
from toolfuzz.analyze.fisher import at_least
from toolfuzz.analyze.paired import holm

# numpy takes a while to load, and 70 MB of disk; only a monitor needs it here.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

__all__ = [
    "USUAL",
    "Columns",
    "Count",
    "Evidence",
    "Grown",
    "Portion",
    "WatchRule",
    "columns",
    "grown",
]

DAYS = 365
_DAY = 86_400.0
_LEVEL = 0.05
_LEAST = 1e-6  # of a day: some portions begin at once after another
_MOST = 700.0  # e to this is still a float


@dataclass(frozen=True, slots=True)
class Count:
    """So many questions failed of those that were judged."""

    failed: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Portion:
    """What was asked at one time. ``started`` is unix time in seconds; ``regular`` are the
    questions that are asked every time, ``burst`` those that were asked as evidence grew."""

    started: float
    regular: Count
    burst: Count = Count()


@dataclass(frozen=True, slots=True)
class Columns:
    """The portions of many endpoints, a row each; ``weight`` is what a beginning counts."""

    weight: "Floats"
    regular_failed: "Floats"
    regular_judged: "Floats"
    failed: "Floats"
    judged: "Floats"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What portions say; nothing as long as there is no baseline.

    ``log10`` is the evidence that the endpoint became worse, as a power of ten. ``suspicion`` is
    that of the last portions against the baseline as it was seen; it decides nothing but whether
    more is asked. ``bound``: how often the endpoint may fail by its baseline and the margin.
    ``since`` is the portion with which it most likely became worse.
    """

    log10: float | None = None
    suspicion: float = 0.0
    alarm: bool = False
    bound: float | None = None
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Grown:
    """A defect that was seen in ``before`` answers of the baseline and in ``after`` since."""

    slug: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class WatchRule:
    """How evidence is weighed.

    ``baseline``: answers that must be there first. ``baseline_error``: the chance that a bound of
    the baseline does not hold. ``yearly_error``: the chance of a false alarm in a year while they
    hold. ``factors`` by which the odds of failing may have grown. More is asked when the last
    ``burst_portions`` are at least ``burst_at`` times as likely for an endpoint that became worse,
    but never more than ``most`` in a portion. Failing more often by up to ``margin`` (a share of
    the answers) is not worse.
    """

    baseline: int = 500
    baseline_error: float = 0.005
    yearly_error: float = 0.005
    factors: tuple[float, ...] = (1.5, 2.5, 5.0, 12.0)
    burst_at: float = 40.0
    burst_portions: int = 7
    most: int = 400
    margin: float = 0.0

    @property
    def alarm_at(self) -> float:
        """The evidence at which there is an alarm."""
        return DAYS / self.yearly_error

    def alarms(self, log10: float | None) -> bool:
        """Return whether so much evidence is an alarm."""
        return log10 is not None and log10 >= log_10(self.alarm_at)

    def more(self, evidence: Evidence, asked: int, block: int) -> int:
        """Return how many more questions a portion should ask, in blocks, after ``asked``."""
        if evidence.alarm or evidence.suspicion < self.burst_at:
            return 0
        return max(min(block, self.most - asked), 0)

    def evidence(self, portions: Sequence[Portion]) -> Evidence:
        """Return what an endpoint's portions say, in the order of time."""
        return self.weigh(columns([portions]))[0]

    def weigh(self, of: Columns) -> list[Evidence]:
        """Return what the portions of each endpoint say."""
        import numpy as np

        known_failed, known = _before(of.regular_failed), _before(of.regular_judged)
        begun = known >= self.baseline
        failed, judged = _since(of.failed), _since(of.judged)
        bounds = np.minimum(self._bounds(known_failed, known) + self.margin, 1.0)
        counts = np.where(begun, of.weight, 0.0)
        with np.errstate(divide="ignore"):
            weighed = self._bets(bounds, failed, judged) + np.log(counts)
        log10 = _log_sum(weighed) / np.log(10)
        last = np.s_[:, -self.burst_portions :]
        # The median of what the baseline says (Kerman, 2011), where the evidence takes a bound.
        seen = (known_failed[last] + 2 / 3) / (known[last] + 1 / 3)
        bets = self._bets(np.minimum(seen + self.margin, 1.0), failed[last], judged[last])
        suspicion = _log_sum(np.where(begun[last], bets, -np.inf))
        return [
            Evidence(
                log10=float(log10[n]),
                suspicion=float(np.exp(min(suspicion[n], _MOST))),
                alarm=self.alarms(float(log10[n])),
                bound=float(bounds[n, -1]),
                since=len(weighed[n]) - 1 - int(weighed[n][::-1].argmax()),
            )
            if begun[n, -1]
            else Evidence()
            for n in range(len(begun))
        ]

    def _bounds(self, failed: "Floats", judged: "Floats") -> "Floats":
        """Return the bound of each beginning; the lowest of those that were known by then."""
        import numpy as np

        bounds = np.ones_like(judged)
        enough, error = float(self.baseline), self.baseline_error / 2
        while (known := judged >= enough).any():
            at = known.argmax(axis=1, keepdims=True)
            seen = np.take_along_axis(failed, at, axis=1), np.take_along_axis(judged, at, axis=1)
            upper = _upper(*seen, error)
            bounds = np.where(known, np.minimum(bounds, upper), bounds)
            enough, error = 2 * enough, error / 2
        return bounds

    def _bets(self, bound: "Floats", failed: "Floats", judged: "Floats") -> "Floats":
        """Return the logarithm of each beginning's bets: the mean over the factors."""
        import numpy as np

        each = [failed * np.log(f) - judged * np.log1p((f - 1) * bound) for f in self.factors]
        mean: Floats = np.logaddexp.reduce(each) - np.log(len(each))
        return mean


USUAL = WatchRule()
"""The rule, unless something else is asked for."""


def columns(endpoints: Sequence[Sequence[Portion]]) -> Columns:
    """Put the portions of endpoints, equally many of each, into columns."""
    import numpy as np

    started = np.array([[p.started for p in portions] for portions in endpoints])
    days = np.diff(started, prepend=started[:, :1] - _DAY) / _DAY
    regular, burst = (
        np.array([[astuple(getattr(p, kind)) for p in portions] for portions in endpoints], float)
        for kind in ("regular", "burst")
    )
    every = regular + burst
    return Columns(
        np.clip(days, _LEAST, 1.0), regular[..., 0], regular[..., 1], every[..., 0], every[..., 1]
    )


def grown(
    before: Mapping[str, int], judged_before: int, after: Mapping[str, int], judged_after: int
) -> list[Grown]:
    """Return the defects that came more often afterwards than chance explains, most grown first.

    Fisher's exact test for each, Holm's correction over all of them.
    """
    p_values = {
        slug: at_least(
            count, judged_before + judged_after, count + before.get(slug, 0), judged_after
        )
        for slug, count in after.items()
    }
    found = [
        Grown(slug, before.get(slug, 0), after[slug])
        for slug, p in holm(p_values).items()
        if p <= _LEVEL
    ]
    return sorted(
        found, key=lambda g: (g.before / max(judged_before, 1) - g.after / judged_after, g.slug)
    )


def _before(counts: "Floats") -> "Floats":
    """Return for each portion the sum of those before it."""
    import numpy as np

    return np.cumsum(counts, axis=1) - counts


def _since(counts: "Floats") -> "Floats":
    """Return for each portion the sum from it to the last."""
    import numpy as np

    return np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]


def _upper(failed: "Floats", judged: "Floats", error: float) -> "Floats":
    """Return Clopper and Pearson's one-sided upper bound of the chance of failing."""
    import numpy as np

    counts = zip(failed.flat, judged.flat, strict=True)
    bounds = [1.0 if k >= n else beta_quantile(k + 1, n - k, 1 - error) for k, n in counts]
    return np.reshape(bounds, failed.shape)


def _log_sum(logs: "Floats") -> "Floats":
    """Return the logarithm of a sum over portions, given those of its parts."""
    import numpy as np

    total: Floats = np.logaddexp.reduce(logs, axis=1)
    return total
