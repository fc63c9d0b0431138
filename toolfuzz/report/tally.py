"""What is known of a run while it goes on, from its events alone."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from toolfuzz.analyze.load import Question, causes, question
from toolfuzz.analyze.price import PriceOf
from toolfuzz.analyze.rates import Growing, Rate
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunStarted,
    TargetGivenUp,
    VerdictReached,
)
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import Nature, nature_of, says_simulated
from toolfuzz.core.verdict import Finding, Verdict

__all__ = ["Tally", "TargetTally"]


_LATEST = 17
"""By so many answers the pace is told: a server that is asked more and more gets faster."""
_ENOUGH = 4


@dataclass(slots=True)
class TargetTally:
    """One target so far. ``total`` are its questions, ``latest`` when its last answers came."""

    target: Target
    total: int = 0
    latest: deque[float] = field(default_factory=lambda: deque(maxlen=_LATEST))
    answers: Growing = field(default_factory=Growing)
    slugs: Counter[str] = field(default_factory=Counter)
    unjudged: int = 0
    calls: int = 0
    said_simulated: bool = False
    given_up: str = ""
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def nature(self) -> Nature:
        """What it is, as far as its answers have said."""
        return nature_of(self.target, said_simulated=self.said_simulated)

    @property
    def done(self) -> int:
        """Questions that were answered, judged or not."""
        return self.answers.judged + self.unjudged

    @property
    def failed(self) -> int:
        """Answers that were judged and failed."""
        return self.answers.failed

    @property
    def between(self) -> float | None:
        """Seconds from one answer to the next, of late; None before there are a few."""
        if len(self.latest) < _ENOUGH:
            return None
        return (self.latest[-1] - self.latest[0]) / (len(self.latest) - 1)

    @property
    def left(self) -> float | None:
        """Seconds until its end at that pace; None where that isn't known yet."""
        if self.given_up:
            return 0.0
        return None if self.between is None else max(self.total - self.done, 0) * self.between

    def rate(self) -> Rate:
        """Return the success rate so far with its interval."""
        return self.answers.rate()

    def pay(self, verdict: Verdict) -> None:
        """Take note of the tokens of an answer."""
        self.input_tokens += verdict.metrics.input_tokens or 0
        self.output_tokens += verdict.metrics.output_tokens or 0

    def take(self, verdict: Verdict) -> None:
        """Take note of a verdict that counts."""
        if verdict.status == "unjudged":
            self.unjudged += 1
            return
        passed = verdict.status == "pass"
        self.answers.take(verdict.cluster or verdict.case_id, passed=passed)
        self.slugs.update(sorted({finding.slug for finding in causes(verdict)}))


class Tally:
    """All targets of a run so far, its pace and its price.

    ``clock`` gives seconds, for pace and time left. ``at_most`` says that the total is a bound,
    as in a check, which ends as soon as it knows.
    """

    def __init__(
        self, price: PriceOf | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.targets: dict[str, TargetTally] = {}
        self.total = 0
        self.at_most = False
        self.latest: tuple[str, Finding] | None = None
        self._price = price
        self._clock = clock
        self._began = clock()
        self._respelled: set[str] = set()
        self._asked: set[Question] = set()
        self._unjudged: set[Question] = set()

    def take(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case RunStarted():
                settings = event.settings
                ways = 2 if settings.get("stream") == "both" else 1
                cases = settings.get("questions", settings["cases"])
                asked = cases * settings["repeat"] * ways
                self.total = asked * len(event.targets)
                self.at_most = "check" in settings
                self.targets = {t.name: TargetTally(t, asked) for t in event.targets}
                self._began = self._clock()
            case CaseDrawn(case) if case.respelled_from:
                self._respelled.add(case.id)
            case ExchangeRecorded(exchange):
                one = self.targets[exchange.target]
                one.calls += len(exchange.attempts)
                one.said_simulated |= says_simulated(exchange.last.headers)
                if exchange.repeat >= 0:
                    self._asked.add(question(exchange))
            case TargetGivenUp(target=name, reason=reason):
                self.targets[name].given_up = reason
            case VerdictReached(verdict):
                one = self.targets[verdict.target]
                if question(verdict) in self._unjudged:
                    # Told before; now it is known whose fault it was, or it was asked once more.
                    self._pay(one, verdict)
                    if verdict.status != "unjudged":
                        self._unjudged.remove(question(verdict))
                        one.unjudged -= 1
                        one.take(verdict)
                    return
                self._pay(one, verdict)
                if verdict.case_id in self._respelled:
                    return
                one.take(verdict)
                # A monitor asks more when the answers look worse.
                self.total = max(self.total, self.done)
                if verdict.status == "unjudged":
                    self._unjudged.add(question(verdict))
                if failing := causes(verdict):
                    self.latest = verdict.target, failing[0]

    def _pay(self, one: TargetTally, verdict: Verdict) -> None:
        """Pay for what was asked since: verdicts of a stored baseline are copied for nothing."""
        if question(verdict) in self._asked:
            self._asked.remove(question(verdict))
            one.latest.append(self._clock())
            one.pay(verdict)

    @property
    def done(self) -> int:
        """Questions that were answered."""
        return sum(s.done for s in self.targets.values())

    @property
    def elapsed(self) -> float:
        """Seconds since the first question."""
        return self._clock() - self._began

    @property
    def pace(self) -> float | None:
        """Calls per second, retries included; None before there is one."""
        calls = sum(s.calls for s in self.targets.values())
        return calls / self.elapsed if calls and self.elapsed > 0.5 else None

    @property
    def left(self) -> float | None:
        """Seconds until the end at this pace; None when the end or the pace isn't known."""
        known = [one.left for one in self.targets.values()]
        if self.at_most or not known or None in known:
            return None
        # Targets are asked side by side.
        return max(left for left in known if left is not None)

    @property
    def spent(self) -> float | None:
        """US dollars so far; None when a price is unknown or there is nothing to pay."""
        if self._price is None:
            return None
        amounts = [
            self._price(s.target.model, s.nature)(s.input_tokens, s.output_tokens)
            for s in self.targets.values()
        ]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) or None if len(known) == len(amounts) else None
