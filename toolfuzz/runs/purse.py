"""What a command may spend: calls, time, tokens and money, counted before each question."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from toolfuzz.analyze.price import Price, prices_at
from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, CaseSkipped, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.formats import wire_format
from toolfuzz.generate.size import BYTES_PER_TOKEN, input_tokens
from toolfuzz.pools.chance import requests_again
from toolfuzz.pools.pool import Job
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.targets import plan_targets
from toolfuzz.sources.pacing import Pacers

__all__ = ["Purse", "permits_within", "purse_of"]

_PROSE = 400
"""Tokens that a reply may hold beside its calls; those may be twice as long as asked."""


@dataclass(frozen=True, slots=True)
class _Amount:
    calls: float = 0
    tokens: float = 0
    dollars: float = 0

    def plus(self, other: "_Amount", times: float = 1) -> "_Amount":
        return _Amount(
            self.calls + times * other.calls,
            self.tokens + times * other.tokens,
            self.dollars + times * other.dollars,
        )


@dataclass(slots=True)
class Purse:
    """Reserves the most that a question may take before it is asked, and gives back the rest.

    ``prices`` are by target. Tokens are those that the server counted, and as estimated where it
    counts none. ``spent_out`` says which limit was reached, once one was; ``full`` is set then.
    ``clock`` gives seconds.
    """

    limits: Limits
    prices: Mapping[str, Price]
    full: asyncio.Event
    clock: Callable[[], float] = time.monotonic
    spent_out: str = ""
    _spent: _Amount = field(default_factory=_Amount)
    _reserved: dict[tuple[str, str], list[_Amount]] = field(default_factory=dict)
    _held: _Amount = field(default_factory=_Amount)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    async def reserve(self, job: Job, *, wait: bool = True) -> bool:
        """Wait until there is enough for a job; False when there never will be.

        Without ``wait`` False when there isn't now: who settles what others hold mustn't wait here.
        """
        need = self._most(job)
        async with self._changed:
            while not self.spent_out:
                lacking = self._lacking(_Amount().plus(need, len(job.modes)))
                if not lacking:
                    held = self._reserved.setdefault((job.source.target.name, job.case.id), [])
                    held += [need] * len(job.modes)
                    self._held = self._held.plus(need, len(job.modes))
                    return True
                if not wait:
                    break
                if not self._reserved:
                    self.spent_out = lacking
                    self.full.set()
                    self._changed.notify_all()
                    break
                await self._changed.wait()
        return False

    def again(self, target: str, requests: int = 1) -> bool:
        """Whether requests of a question under way may be put once more; they are reserved then."""
        if self._lacking(_Amount(requests)):
            return False
        self._held = self._held.plus(_Amount(requests))
        return True

    async def settle(self, targets: Mapping[str, Target], events: Sequence[Event]) -> None:
        """Count what a question came to, and give back what it didn't take."""
        target = targets[_target_of(events)]
        case = next(e.case for e in events if isinstance(e, CaseDrawn))
        key = (target.name, case.id)
        async with self._changed:
            if not (held := self._reserved.get(key)):
                return
            most = held.pop()
            if not held:
                del self._reserved[key]
            exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
            repeats = sum(len(exchange.attempts) - 1 for exchange in exchanges)
            if any(exchange.repeat < 0 for exchange in exchanges):
                repeats += requests_again(len(case.turns))
            self._held = self._held.plus(most, -1).plus(_Amount(repeats), -1)
            self._spent = self._spent.plus(self._came_to(target, events, most))
            self._changed.notify_all()

    def _lacking(self, need: _Amount) -> str:
        """Name the limit that stands against spending so much more, empty when none does."""
        whole = self._spent.plus(self._held).plus(need)
        limits = self.limits
        if self.clock() - self._began >= limits.seconds:
            return f"--max-time {limits.seconds:g}: the time is over"
        if whole.calls > limits.calls:
            return f"--max-calls {limits.calls:g}: {self._spent.calls:g} were made"
        if whole.tokens > limits.tokens:
            return (
                f"--max-tokens {limits.tokens:g}: about {self._spent.tokens:.0f} were used, and "
                f"the next question may take {need.tokens:.0f}"
            )
        if whole.dollars > limits.dollars:
            return (
                f"--max-cost {limits.dollars:g}: about ${self._spent.dollars:.4f} were spent, and "
                f"the next question may take ${need.dollars:.4f}"
            )
        return ""

    def _most(self, job: Job) -> _Amount:
        """Return the most that one question of a job may take."""
        target, turns = job.source.target, len(job.case.turns)
        given, made = input_tokens(job.case) * turns, _output_tokens(job.case, target)
        return _Amount(turns, given + made, self._dollars(target, given, made))

    def _came_to(self, target: Target, events: Sequence[Event], most: _Amount) -> _Amount:
        exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
        calls = sum(len(exchange.attempts) for exchange in exchanges)
        if not calls:
            return _Amount()
        # What was asked again has no verdict that counts it; it was the same question.
        times = 1 + len({(x.repeat, x.stream) for x in exchanges if x.repeat < 0})
        counted = [e.verdict.metrics for e in events if isinstance(e, VerdictReached)]
        known = [m for m in counted if m.input_tokens is not None or m.output_tokens is not None]
        if not known:
            return _Amount(calls, times * most.tokens, times * most.dollars)
        given = times * sum(m.input_tokens or 0 for m in known)
        made = times * sum(m.output_tokens or 0 for m in known)
        return _Amount(calls, given + made, self._dollars(target, given, made))

    def _dollars(self, target: Target, given: int, made: int) -> float:
        return self.prices[target.name](given, made) or 0.0 if self.prices else 0.0


def _target_of(events: Sequence[Event]) -> str:
    """Return whose question it was: an exchange, a verdict or a skip says so."""
    for event in events:
        match event:
            case ExchangeRecorded(exchange=exchange):
                return exchange.target
            case VerdictReached(verdict=verdict):
                return verdict.target
            case CaseSkipped(target=target):
                return target
    raise ValueError("a batch of no question")


def _output_tokens(case: Case, target: Target) -> int:
    """Return about the most tokens of all replies: a cap in the parameters bounds each."""
    cap = wire_format(target.format).cap(dict(target.params))
    bound = 0
    for turn in case.turns:
        calls = [call.arguments for call in turn.expect.calls]
        usual = 2 * len(json.dumps(calls)) // BYTES_PER_TOKEN + _PROSE
        bound += min(usual, cap) if cap else usual
    return bound


def purse_of(
    options: RunOptions, full: asyncio.Event, others: Sequence[Target] = ()
) -> Purse | None:
    """Return what a run may spend, None where it isn't limited; ``full`` is set at the end of it.

    ``others`` are targets besides the run's own. Raises UsageError where money is limited and a
    price isn't known.
    """
    if options.limits == Limits():
        return None
    targets = (*plan_targets(options.models, options.access), *others)
    limited = options.limits.dollars < math.inf
    prices = {target.name: _price(target, options.price) for target in targets if limited}
    return Purse(options.limits, prices, full)


def permits_within(purse: Purse | None) -> Pacers:
    """Return permits that let a request be put once more only where that can be afforded."""
    return Pacers() if purse is None else Pacers(purse.again)


def _price(target: Target, given: tuple[float, float] | None) -> Price:
    """Return the price of a target; ``given`` is in dollars for a million tokens in and out."""
    price = prices_at(given)(target.model, nature_of(target))
    if price(1, 1) is None:
        raise UsageError(
            f"no price is known for {target.name}, so --max-cost can't be kept",
            "give it as --price IN,OUT, in dollars for a million tokens, "
            "or install toolfuzz[prices]",
        )
    return price
