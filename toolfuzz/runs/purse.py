"""What a command may spend: calls, time, tokens and money, counted before each question."""

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from toolfuzz.analyze.price import Price
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event, ExchangeRecorded
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.pools.chance import requests_again
from toolfuzz.pools.pool import Permits
from toolfuzz.runs.costs import Amount, Costs
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.prices import prices
from toolfuzz.sources.pacing import Pacers

__all__ = ["Purse", "close_on", "permits_within", "purse_of", "spending"]


@dataclass(slots=True)
class Purse:
    """Reserves the most that a question may take before it is asked, and gives back the rest.

    ``prices`` are by target. Tokens are those that the server counted, and as estimated where it
    counts none. ``spent_out`` says which limit was reached, once one was; ``full`` is set then.
    What an earlier command paid doesn't count. ``clock`` gives seconds.
    """

    limits: Limits
    prices: Mapping[str, Price]
    full: asyncio.Event
    clock: Callable[[], float] = time.monotonic
    spent_out: str = ""
    spent: Amount = field(default_factory=Amount)
    _held: Amount = field(default_factory=Amount)
    _questions: dict[tuple[str, str], list[Amount]] = field(default_factory=dict)
    _repeats: dict[str, deque[Amount]] = field(default_factory=lambda: defaultdict(deque))
    _largest: dict[str, Amount] = field(default_factory=lambda: defaultdict(Amount))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _end: asyncio.TimerHandle | None = None
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def told(self) -> JsonObject:
        """What was spent, and which limit ended it where one did, as a summary tells it."""
        spent = {**asdict(self.spent), "seconds": self.seconds}
        return {"spent": spent, **({"budget": self.spent_out} if self.spent_out else {})}

    @property
    def seconds(self) -> float:
        """Seconds since it was opened."""
        return self.clock() - self._began

    async def reserve(
        self, target: Target, case: Case, times: int = 1, *, wait: bool = True
    ) -> bool:
        """Wait until a case can be asked so many times; False when there never will be enough.

        Without ``wait`` False when there isn't now: who settles what others hold mustn't wait here.
        """
        self._watch_the_clock()
        costs = self._costs(target)
        self._largest[target.name] = self._largest[target.name].or_more(costs.of_request(case))
        need = costs.of_question(case)
        while not self.spent_out:
            lacking = self._lacking(Amount().plus(need, times))
            if not lacking:
                self._questions.setdefault((target.name, case.id), []).extend([need] * times)
                self._held = self._held.plus(need, times)
                return True
            if not wait:
                break
            if not self._questions:
                self._close(lacking)
                break
            self._changed.clear()
            await self._changed.wait()
        return False

    def again(self, target: str, requests: int = 1) -> bool:
        """Whether requests of questions under way may be put once more; they are reserved then.

        Each may take as much as the largest of the target's so far.
        """
        need = Amount(1).or_more(self._largest[target])
        if self._lacking(Amount().plus(need, requests)):
            return False
        # They only grow, so what is given back first is never more than what it was taken for.
        self._repeats[target].extend([need] * requests)
        self._held = self._held.plus(need, requests)
        return True

    def settle(self, target: Target, case: Case, events: Sequence[Event]) -> None:
        """Count what asking a case once came to, and give back what it didn't take."""
        if held := self._questions.get((target.name, case.id)):
            self._held = self._held.plus(held.pop(), -1)
            if not held:
                del self._questions[target.name, case.id]
        exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
        repeats = sum(max(0, len(exchange.attempts) - 1) for exchange in exchanges)
        if any(exchange.repeat < 0 for exchange in exchanges):
            repeats += requests_again(len(case.turns))
        reserved = self._repeats[target.name]
        for _ in range(min(repeats, len(reserved))):
            self._held = self._held.plus(reserved.popleft(), -1)
        costs = self._costs(target)
        self.spent = self.spent.plus(costs.came_to(events, costs.of_request(case)))
        self._changed.set()

    def _lacking(self, need: Amount) -> str:
        """Name the limit that stands against spending so much more, empty when none does."""
        whole = self.spent.plus(self._held).plus(need)
        limits = self.limits
        if self.seconds >= limits.seconds:
            return self._time_is_over
        if whole.calls > limits.calls:
            more = f", and the next question may take {need.calls:g}" if need.calls > 1 else ""
            return f"--max-calls {limits.calls:g}: {self.spent.calls:g} were made{more}"
        if whole.tokens > limits.tokens:
            return (
                f"--max-tokens {limits.tokens:g}: about {self.spent.tokens:.0f} were used, and "
                f"the next question may take {need.tokens:.0f}"
            )
        if whole.dollars > limits.dollars:
            return (
                f"--max-cost {limits.dollars:g}: about ${self.spent.dollars:.4f} were spent, and "
                f"the next question may take ${need.dollars:.4f}"
            )
        return ""

    def _watch_the_clock(self) -> None:
        """Let the end of the time be seen also where all wait for a server's pause."""
        if self._end is None and self.limits.seconds < math.inf:
            left = max(0.0, self.limits.seconds - self.seconds)
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(left, self._close, self._time_is_over)

    def _close(self, reason: str) -> None:
        self.spent_out = self.spent_out or reason
        self.full.set()
        self._changed.set()

    @property
    def _time_is_over(self) -> str:
        return f"--max-time {self.limits.seconds:g}: the time is over"

    def _costs(self, target: Target) -> Costs:
        counted = min(self.limits.tokens, self.limits.dollars) < math.inf
        return Costs(target, self.prices.get(target.name), counted)


def purse_of(limits: Limits, targets: Sequence[Target], full: asyncio.Event) -> Purse | None:
    """Return what may be spent on targets, None where it isn't limited.

    ``full`` is set when it is empty. Raises UsageError where money is limited and a price isn't
    known.
    """
    if not limits.any:
        return None
    limited = limits.dollars < math.inf
    prices = {target.name: _price(target, limits.price) for target in targets if limited}
    return Purse(limits, prices, full)


@asynccontextmanager
async def spending(
    limits: Limits, targets: Sequence[Target]
) -> AsyncIterator[tuple[Purse | None, Pacers]]:
    """Give what may be spent on targets and the permits to do it; pauses end with the purse."""
    full = asyncio.Event()
    purse = purse_of(limits, targets, full)
    permits = permits_within(purse)
    closing = asyncio.create_task(close_on(full, permits))
    try:
        yield purse, permits
    finally:
        closing.cancel()


async def close_on(stop: asyncio.Event, permits: Permits) -> None:
    """End pauses when all is stopped: a server may ask for a minute between two attempts."""
    await stop.wait()
    permits.close()


def permits_within(purse: Purse | None) -> Pacers:
    """Return permits that let a request be put once more only where that can be afforded."""
    return Pacers() if purse is None else Pacers(purse.again)


def _price(target: Target, given: tuple[float, float] | None) -> Price:
    price = prices(given)(target.model, nature_of(target))
    if price(1, 1) is None:
        raise UsageError(
            f"no price is known for {target.name}, so --max-cost can't be kept",
            "give it as --price IN,OUT, in dollars for a million tokens, "
            "or install toolfuzz[prices]",
        )
    return price
