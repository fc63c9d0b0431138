"""How long a server may be silent."""

import asyncio
from types import TracebackType
from typing import Self

__all__ = ["Silence"]


class Silence:
    """Raises TimeoutError after ``seconds`` without a word, or when ``whole`` seconds are over.

    It is asyncio's timeout, but that moving it costs nothing: a timer of the loop's for each byte
    that comes would take longer than reading it. (An async context manager.)
    """

    def __init__(self, seconds: float, whole: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._end = self._heard + whole
        self._timeout = asyncio.timeout(None)
        self._timer = self._loop.call_at(self._heard + seconds, self._look)

    def heard(self) -> None:
        """Begin anew: something came."""
        self._heard = self._loop.time()

    def _look(self) -> None:
        due = min(self._heard + self._seconds, self._end)
        if due > self._loop.time():
            self._timer = self._loop.call_at(due, self._look)
        else:
            self._timeout.reschedule(due)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)
