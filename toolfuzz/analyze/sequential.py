"""Accept or reject one model while it is asked, and the gate on a finished run's interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, exp, floor, lgamma, log
from typing import Literal

from toolfuzz.analyze.rates import Z95, Rate, wilson

__all__ = ["GateDecision", "SequentialDecision", "SequentialTest", "could_change", "gate"]

_CAP_OVER_FIXED = 1.5


@dataclass(frozen=True, slots=True)
class SequentialDecision:
    """``calls`` is how many answers were needed; ``capped`` says that the cap decided."""

    outcome: Literal["ACCEPT", "REJECT"]
    calls: int
    failures: int
    capped: bool
    reason: str


@dataclass(frozen=True)
class SequentialTest:
    """Wald's sequential probability ratio test of two rates, cut off at ``cap`` calls.

    A model as good as ``accept`` is rejected, and one as bad as ``reject`` accepted, with a
    chance of at most about ``error``. The cap is one and a half times the fixed sample that
    would keep the same promise. At the cap the likelier of the two rates wins.
    Raises ValueError unless 0 < reject < accept < 1, 0.1 percentage points or more apart, and
    0 < error < 0.5.
    """

    accept: float = 0.99
    reject: float = 0.95
    error: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.reject < self.accept < 1:
            raise ValueError("the rates must satisfy 0 < reject < accept < 1")
        if round(self.accept - self.reject, 9) < 0.001:
            raise ValueError("the rates must lie at least 0.1 percentage points apart")
        if not 0 < self.error < 0.5:
            raise ValueError("the error must lie between 0 and 0.5")

    @cached_property
    def cap(self) -> int:
        """The most calls that are ever made."""
        return floor(_CAP_OVER_FIXED * self.fixed_sample)

    @cached_property
    def fixed_sample(self) -> int:
        """The smallest sample of fixed size that tells the two rates apart."""
        bad, good = _AtMost(1 - self.reject), _AtMost(1 - self.accept)
        while True:
            # The smallest n at which so few failures are rare for the bad rate; a larger one
            # would only make as few rarer for the good rate too.
            while bad.chance > self.error:
                bad.ask()
                good.ask()
            if good.chance >= 1 - self.error:
                return bad.asked
            bad.allow()
            good.allow()

    @property
    def straight_passes(self) -> int:
        """How many passes without a failure accept the model."""
        return ceil(self._border / self._gain)

    @property
    def failures_at_cap(self) -> int:
        """The most failures with which the cap still accepts."""
        return floor(self.cap * self._gain / (self._gain + self._cost))

    @property
    def _gain(self) -> float:
        return log(self.accept / self.reject)

    @property
    def _cost(self) -> float:
        return log((1 - self.reject) / (1 - self.accept))

    @property
    def _border(self) -> float:
        return log((1 - self.error) / self.error)

    def reject_within(self, failures: int) -> int:
        """Return up to which call that many failures reject (0: never)."""
        passes = floor((failures * self._cost - self._border) / self._gain)
        return min(passes + failures, self.cap) if passes >= 0 else 0

    def decide(self, passes: Sequence[bool]) -> SequentialDecision | None:
        """Return the decision that these answers allow, or None: ask on.

        Answers after the one that decided are not looked at.
        """
        failures = 0
        for calls, ok in enumerate(passes, start=1):
            failures += not ok
            if calls > self.cap:
                break
            score = (calls - failures) * self._gain - failures * self._cost
            if score >= self._border:
                return self._decision("ACCEPT", calls, failures, capped=False)
            if score <= -self._border:
                return self._decision("REJECT", calls, failures, capped=False)
            if calls == self.cap:
                outcome: Literal["ACCEPT", "REJECT"] = "ACCEPT" if score >= 0 else "REJECT"
                return self._decision(outcome, calls, failures, capped=True)
        return None

    def words(self) -> str:
        """Return the rule in plain words."""
        extra = round(self._cost / self._gain)
        first = next(k for k in range(1, self.cap + 1) if self.reject_within(k))
        return (
            f"accept after {self.straight_passes} straight passes; each failure costs {extra} "
            f"more; reject on failure {first} within {self.reject_within(first)} calls, failure "
            f"{first + 1} within {self.reject_within(first + 1)}, then about {extra + 1} calls "
            f"later for each further one; at most {self.cap} calls, accepted there with at most "
            f"{self.failures_at_cap} failures"
        )

    def _decision(
        self, outcome: Literal["ACCEPT", "REJECT"], calls: int, failures: int, *, capped: bool
    ) -> SequentialDecision:
        count = f"{failures} of {calls} calls failed"
        rate = self.accept if outcome == "ACCEPT" else self.reject
        told = f"a rate of {rate:.1%} explains that better than "
        other = self.reject if outcome == "ACCEPT" else self.accept
        spared = self.fixed_sample - calls
        cost = f"{spared} calls fewer than" if spared > 0 else f"{-spared} calls more than"
        reason = (
            f"{outcome}: {count}; {told}{other:.1%}"
            f"{f' (stopped at the cap of {self.cap} calls)' if capped else ''}. "
            f"That took {cost} a sample of fixed size ({self.fixed_sample}). Stopped early: the "
            f"share of passes is no fair estimate of the rate."
        )
        return SequentialDecision(outcome, calls, failures, capped, reason)


class _AtMost:
    """The chance that at most ``failures`` of so many ``asked`` fail, followed step by step."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._logs = log(rate), log(1 - rate)
        self.failures = self.asked = 0
        self.chance = 1.0

    def ask(self) -> None:
        """Ask once more: it may be the failure that is one too many."""
        self.chance -= self._rate * self._exactly()
        self.asked += 1

    def allow(self) -> None:
        """Allow one failure more."""
        self.failures += 1
        self.chance += self._exactly()

    def _exactly(self) -> float:
        failed, passed = self.failures, self.asked - self.failures
        if passed < 0:
            return 0.0
        ways = lgamma(self.asked + 1) - lgamma(failed + 1) - lgamma(passed + 1)
        return exp(ways + failed * self._logs[0] + passed * self._logs[1])


@dataclass(frozen=True, slots=True)
class GateDecision:
    """What ``--fail-under`` says of a run, and why."""

    outcome: Literal["PASS", "FAIL", "INCONCLUSIVE"]
    reason: str


def gate(
    measured: Rate, under: float, *, unjudged: int = 0, given_up: bool = False
) -> GateDecision:
    """Decide on the interval, not on the point: it must lie wholly on one side of ``under``.

    ``unjudged`` answers are no failures, but nobody has seen them pass: where it would change the
    outcome if all of them had failed (or passed), nothing is decided. A target that was
    ``given_up`` never passes.

    Raises ValueError unless 0 < under < 1: no number of calls shows a rate of exactly 1.
    """
    if not 0 < under < 1:
        raise ValueError("the limit must lie between 0 and 1, both excluded")
    if measured.rate is None:
        return GateDecision("INCONCLUSIVE", "INCONCLUSIVE: nothing was judged.")
    seen = (
        f"{measured.passed} of {measured.judged} judged calls passed ({measured.rate:.1%}, 95% "
        f"interval {measured.low:.1%} – {measured.high:.1%})"
    )
    decided = measured.low >= under or measured.high < under
    if given_up and measured.low >= under:
        unseen = "the target was given up, so the rest was never seen"
    elif decided and could_change(measured, under, unjudged):
        unseen = f"{unjudged} unjudged answers could change that"
    else:
        unseen = ""
    if unseen:
        return GateDecision("INCONCLUSIVE", f"INCONCLUSIVE: {seen}, but {unseen}.")
    if measured.low >= under:
        return GateDecision("PASS", f"PASS: {seen}; all of the interval is at least {under:.1%}.")
    if measured.high < under:
        return GateDecision("FAIL", f"FAIL: {seen}; all of the interval is below {under:.1%}.")
    advice = ""
    if measured.rate > under:
        needed = ceil(Z95**2 * under * (1 - under) / (measured.rate - under) ** 2)
        advice = f" At this rate about {needed} independent calls would be enough to pass."
    return GateDecision(
        "INCONCLUSIVE", f"INCONCLUSIVE: {seen}; {under:.1%} lies inside the interval.{advice}"
    )


def could_change(measured: Rate, under: float, unjudged: int) -> bool:
    """Whether all unjudged answers together could move the interval to the limit or beyond."""
    everything = measured.judged + unjudged
    n_eff = measured.n_eff * everything / measured.judged
    passes = measured.low >= under
    passed = measured.passed + (0 if passes else unjudged)
    low, high = wilson(passed / everything * n_eff, n_eff)
    return unjudged > 0 and (low < under if passes else high >= under)
