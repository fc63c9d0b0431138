"""When the next question may go to a server: how many are under way, and how fast they follow."""

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from toolfuzz.core.exchange import Attempt
from toolfuzz.sources.growth import Growth, Rising, Steady
from toolfuzz.sources.limits import asked_pause
from toolfuzz.sources.source import Pace, SourceSpec

__all__ = ["BURST_SECONDS", "MAX_HOLD", "Pacer", "Pacers", "paced"]

BURST_SECONDS = 1.0
"""Refusals that come this soon after the last cut don't cut again."""
MAX_HOLD = 60.0
"""Seconds that a server may hold up all questions at once."""

_OVERLOADED = frozenset({408, 429, 503, 529})
_TIMEOUT = re.compile(r"\w*Timeout\b")


class Pacer:
    """The Permit of all that share a server's limits: an async context manager around each request.

    A server that refuses for load (429, 503, 529) or lets a request time out gets fewer at once
    (``growth`` says how many), and all wait as long as it says. ``rpm`` requests a minute follow
    each other evenly. ``again`` says whether so many may be put once more. ``clock`` gives seconds.
    """

    def __init__(
        self,
        growth: Growth | int,
        clock: Callable[[], float] = time.monotonic,
        *,
        rpm: float | None = None,
        again: Callable[[int], bool] = lambda requests: True,
    ) -> None:
        self._again = again
        self._growth = Steady(growth) if isinstance(growth, int) else growth
        self._clock = clock
        self._between = 60 / rpm if rpm else 0.0
        self._active = 0
        self._next = self._last_cut = float("-inf")
        self._free = asyncio.Condition()
        self._closed = asyncio.Event()

    @property
    def limit(self) -> int:
        """How many requests may be under way now."""
        return self._growth.limit

    def again(self, requests: int = 1) -> bool:
        """Whether so many requests may be put once more."""
        return self._again(requests)

    @property
    def closed(self) -> bool:
        """Whether no question may be put again."""
        return self._closed.is_set()

    def close(self) -> None:
        """End all pauses; requests under way go on, and so do those that wait for their place."""
        self._closed.set()

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until it is closed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)

    def ended(self, attempt: Attempt) -> None:
        """Learn from how a request went that is still under way here."""
        now = self._clock()
        if (pause := asked_pause(attempt)) is not None:
            self._next = max(self._next, now + min(pause, MAX_HOLD))
        silent = attempt.error is not None and _TIMEOUT.match(attempt.error)
        if attempt.status in _OVERLOADED or silent:
            self._cut(now, sent=now - attempt.total_ms / 1000)
        elif attempt.status is not None and attempt.status < 400 and attempt.error is None:
            full = self._active >= self._growth.limit
            self._growth.passed(attempt.total_ms / 1000, full=full)

    def _cut(self, now: float, *, sent: float) -> None:
        """Allow fewer; refusals of what was sent before the last cut are no news."""
        if now - self._last_cut >= BURST_SECONDS and sent >= self._last_cut:
            self._last_cut = now
            self._growth.refused()

    async def __aenter__(self) -> "Pacer":
        async with self._free:
            await self._free.wait_for(lambda: self._active < self._growth.limit)
            self._active += 1
        try:
            await self._turn()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._leave()

    async def _turn(self) -> None:
        """Wait until the next request may be sent."""
        while not self.closed and (wait := self._next - self._clock()) > 0:
            await self.pause(wait)
        if self._between:
            self._next = max(self._next, self._clock()) + self._between

    async def _leave(self) -> None:
        self._active -= 1
        async with self._free:
            self._free.notify_all()


class Pacers:
    """The pacers of a run, one for all targets that share an address and a key.

    ``again`` says whether so many requests may be put once more.
    """

    def __init__(self, again: Callable[[int], bool] = lambda requests: True) -> None:
        self._again = again
        self._pacers: dict[str, Pacer] = {}
        self._closed = False

    def of(self, source: SourceSpec) -> Pacer:
        """Return the pacer that all sessions of this target share."""
        pace = source.pace
        if pace.shared_by not in self._pacers:
            self._pacers[pace.shared_by] = paced(pace, self._again)
        pacer = self._pacers[pace.shared_by]
        if self._closed:
            pacer.close()
        return pacer

    def close(self) -> None:
        """Close all pacers, also those that are still to be made."""
        self._closed = True
        for pacer in self._pacers.values():
            pacer.close()


def paced(pace: Pace, again: Callable[[int], bool] = lambda requests: True) -> Pacer:
    """Return a pacer for it alone."""
    growth = Rising(pace.most) if pace.adapts else Steady(pace.most)
    return Pacer(growth, rpm=pace.rpm, again=again)
