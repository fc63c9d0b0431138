"""How many questions may be under way at one target."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from toolfuzz.sources.source import SourceSpec

__all__ = ["BURST_SECONDS", "Pacer", "Pacers"]

BURST_SECONDS = 1.0
"""Rate limits that come this soon after the last cut answer requests sent before it; they don't
cut again."""


class Pacer:
    """A concurrency limit that halves on a rate limit and grows back by one at a time.

    It grows after as many requests in a row as are allowed at once went through, up to the limit
    that it began with. It is the Permit of one target: an async context manager around each
    request. Faults other than rate limits don't concern it. ``clock`` gives seconds.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._most = max(1, limit)
        self.limit = self._most
        self._active = 0
        self._passed = 0
        self._last_cut = float("-inf")
        self._free = asyncio.Condition()
        self._closed = asyncio.Event()

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

    def rate_limited(self) -> None:
        """Halve the limit, once for a burst."""
        self._passed = 0
        now = self._clock()
        if now - self._last_cut >= BURST_SECONDS:
            self._last_cut = now
            self.limit = max(1, self.limit // 2)

    async def __aenter__(self) -> "Pacer":
        async with self._free:
            await self._free.wait_for(lambda: self._active < self.limit)
            self._active += 1
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._active -= 1
        self._passed += 1
        if self._passed > self.limit and self.limit < self._most:
            self.limit, self._passed = self.limit + 1, 0
        async with self._free:
            self._free.notify_all()


class Pacers:
    """The pacers of a run, one a target, made when they are first asked for."""

    def __init__(self) -> None:
        self._pacers: dict[str, Pacer] = {}
        self._closed = False

    def of(self, source: SourceSpec) -> Pacer:
        """Return the pacer that all sessions of this target share."""
        pacer = self._pacers.setdefault(source.target.name, Pacer(source.concurrency))
        if self._closed:
            pacer.close()
        return pacer

    def close(self) -> None:
        """Close all pacers, also those that are still to be made."""
        self._closed = True
        for pacer in self._pacers.values():
            pacer.close()
