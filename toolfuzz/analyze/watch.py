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
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import exp, inf, log, log1p
from math import log10 as log_10

from toolfuzz.analyze.beta import beta_quantile
from toolfuzz.analyze.fisher import at_least
from toolfuzz.analyze.paired import holm

__all__ = [
    "USUAL",
    "Count",
    "Evidence",
    "Grown",
    "Portion",
    "WatchRule",
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
        known, since = _before(portions), _since(portions)
        begun = [n for n, one in enumerate(known) if one.judged >= self.baseline]
        if not begun:
            return Evidence()
        bounds = self._bounds(known)
        weighed = [log(_weight(portions, n)) + self._bet(bounds[n], since[n]) for n in begun]
        log10 = _log_sum(weighed) / log(10)
        # The median of what the baseline says (Kerman, 2011), where the evidence takes a bound.
        last = [n for n in begun if n >= len(portions) - self.burst_portions]
        seen = {n: (known[n].failed + 2 / 3) / (known[n].judged + 1 / 3) for n in last}
        bets = [self._bet(min(seen[n] + self.margin, 1.0), since[n]) for n in last]
        return Evidence(
            log10=log10,
            suspicion=exp(min(_log_sum(bets), _MOST)),
            alarm=self.alarms(log10),
            bound=bounds[-1],
            # Of those that are as likely the last.
            since=max(zip(weighed, begun, strict=True))[1],
        )

    def _bounds(self, known: Sequence[Count]) -> list[float]:
        """Return how often the endpoint may fail at each beginning, by what was ``known``: the
        lowest of the bounds by then, and the margin.
        """
        lowest, bounds = 1.0, []
        enough, error = float(self.baseline), self.baseline_error / 2
        for seen in known:
            while seen.judged >= enough:
                lowest = min(lowest, _upper(seen, error))
                enough, error = 2 * enough, error / 2
            bounds.append(min(lowest + self.margin, 1.0))
        return bounds

    def _bet(self, bound: float, seen: Count) -> float:
        """Return the logarithm of a beginning's bets: the mean over the factors."""
        costs = _costs(self.factors, bound)
        each = [seen.failed * gain - seen.judged * cost for gain, cost in costs]
        return _log_sum(each) - log(len(each))


USUAL = WatchRule()
"""The rule, unless something else is asked for."""


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


def _before(portions: Sequence[Portion]) -> list[Count]:
    """Return for each portion what the regular questions of those before it came to."""
    failed = accumulate((p.regular.failed for p in portions[:-1]), initial=0)
    judged = accumulate((p.regular.judged for p in portions[:-1]), initial=0)
    return list(map(Count, failed, judged)) if portions else []


def _since(portions: Sequence[Portion]) -> list[Count]:
    """Return for each portion what all questions came to, from it to the last."""
    failed = accumulate(p.regular.failed + p.burst.failed for p in reversed(portions))
    judged = accumulate(p.regular.judged + p.burst.judged for p in reversed(portions))
    return list(map(Count, failed, judged))[::-1]


def _weight(portions: Sequence[Portion], n: int) -> float:
    """Return what a beginning counts: the days since the portion before."""
    days = (portions[n].started - portions[n - 1].started) / _DAY if n else 1.0
    return max(_LEAST, min(days, 1.0))


@lru_cache(maxsize=4096)
def _costs(factors: tuple[float, ...], bound: float) -> tuple[tuple[float, float], ...]:
    """Return for each factor what a failure gains, and what an answer costs."""
    return tuple((log(f), log1p((f - 1) * bound)) for f in factors)


def _upper(seen: Count, error: float) -> float:
    """Return Clopper and Pearson's one-sided upper bound of the chance of failing."""
    passed = seen.judged - seen.failed
    return beta_quantile(seen.failed + 1, passed, 1 - error) if passed > 0 else 1.0


def _log_sum(logs: Sequence[float]) -> float:
    """Return the logarithm of a sum, given those of its parts."""
    most = max(logs, default=-inf)
    return most + log(sum(exp(one - most) for one in logs)) if logs else most
