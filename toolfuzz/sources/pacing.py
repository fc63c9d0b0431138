"""How many questions may be under way at one target."""

import asyncio
import time
from types import TracebackType

__all__ = ["Pacer"]

# One burst of refusals is one message: those that come this soon after a cut don't cut again.
_BURST_SECONDS = 1.0


class Pacer:
    """A concurrency limit that halves on a rate limit and grows back by one at a time.

    It grows after as many requests in a row as are allowed at once went through, up to the limit
    that it began with. Use it as an async context manager around each request; faults other than
    rate limits don't concern it.
    """

    def __init__(self, limit: int) -> None:
        self._most = max(1, limit)
        self.limit = self._most
        self._active = 0
        self._passed = 0
        self._last_cut = float("-inf")
        self._free = asyncio.Condition()

    def rate_limited(self) -> None:
        """Halve the limit, once for a burst."""
        self._passed = 0
        now = time.monotonic()
        if now - self._last_cut >= _BURST_SECONDS:
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
