"""When the next question may go to a server: how many are under way, and how fast they follow."""

import asyncio
import re
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from toolfuzz.core.exchange import Attempt
from toolfuzz.sources.growth import Growth, Rising, Steady
from toolfuzz.sources.limits import asked_pause
from toolfuzz.sources.source import Pace, SourceSpec
from toolfuzz.sources.spread import Spread
from toolfuzz.sources.tempo import Tempo

__all__ = ["BURST_SECONDS", "MAX_HOLD", "Again", "Pacer", "Pacers", "paced"]

Again = Callable[[str, int], bool]
"""Whether a target may be put so many requests once more."""

BURST_SECONDS = 1.0
"""Refusals that come this soon after the last cut don't cut again."""
MAX_HOLD = 60.0
"""Seconds that a server may hold up all questions at once."""
_APART = 0.9
"""What adapts sends no two requests closer than this share of the way that as many as may be under
way are apart where they follow each other evenly: a burst may be refused where that isn't."""
_SENT = 1024
"""So many of the latest requests are known by when they were sent."""
_LATEST = 0.2
"""How much of the usual time of an answer is the latest one's."""

_RATE_LIMITED = 429
_OVERLOADED = frozenset({408, 429, 503, 529})
_TIMEOUT = re.compile(r"\w*Timeout\b")


def _always(target: str, requests: int) -> bool:
    return True


class Pacer:
    """The Permit of all that share a server's limits.

    A server that refuses for load (429, 503, 529) or lets a request time out gets fewer at once
    (``growth`` says how many), and all wait as long as it says. ``rpm`` requests and ``tpm`` tokens
    a minute follow each other evenly. ``clock`` gives seconds.
    """

    def __init__(
        self,
        growth: Growth | int,
        clock: Callable[[], float] = time.monotonic,
        *,
        rpm: float | None = None,
        tpm: float | None = None,
        tempo: Tempo | None = None,
        again: Again = _always,
    ) -> None:
        self._again = again
        self._growth = Steady(growth) if isinstance(growth, int) else growth
        self._clock = clock
        self._requests, self._tokens, self._tempo = Spread(rpm), Spread(tpm), tempo
        self._active = self._under_way = self._carried = self._waiting = 0
        self._usual = 0.0
        self._sent: list[tuple[float, int]] = []
        self._held_until = self._last_cut = self._apart = float("-inf")
        self._free = asyncio.Condition()
        self._closed = asyncio.Event()

    @property
    def limit(self) -> int:
        """How many requests may be under way now."""
        return self._growth.limit

    async def again(self, target: str, requests: int = 1) -> bool:
        """Whether a target may be put so many requests once more."""
        return not self.closed and self._again(target, requests)

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

    def ended(self, attempt: Attempt, tokens: int = 0, used: int | None = None) -> None:
        """Learn from how a request went that is still under way here."""
        now = self._clock()
        sent = now - attempt.total_ms / 1000
        if used is not None:
            self._tokens.correct(used - tokens)
        if (pause := asked_pause(attempt, tokens if used is None else used)) is not None:
            self._held_until = max(self._held_until, now + min(pause, MAX_HOLD))
        silent = attempt.error is not None and _TIMEOUT.match(attempt.error)
        if attempt.status in _OVERLOADED or silent:
            self._cut(now, sent=sent, limited=attempt.status == _RATE_LIMITED)
        elif attempt.status is not None and attempt.status < 400 and attempt.error is None:
            if sent >= self._last_cut:
                self._carried = max(self._carried, self._with_it(sent))
            seconds = attempt.total_ms / 1000
            self._usual += (_LATEST if self._usual else 1.0) * (seconds - self._usual)
            self._growth.passed(seconds, full=self._active >= self._growth.limit)
            if self._tempo is not None:
                self._tempo.passed(now, since=sent >= self._last_cut)

    def _cut(self, now: float, *, sent: float, limited: bool) -> None:
        """Allow fewer; refusals of what was sent before the last cut are no news.

        Where more were under way than were ever answered, so many may be the limit. Where not, it
        is a rate that is limited: where it can be told they follow each other more slowly.
        """
        if sent < self._last_cut:
            return
        too_many = limited and self._with_it(sent) > self._carried
        if limited and not too_many and self._tempo is not None and self._tempo.refused(now):
            self._last_cut = now
        elif now - self._last_cut >= BURST_SECONDS:
            self._last_cut = now
            self._growth.refused(self._carried if limited else 0)

    def _with_it(self, sent: float) -> int:
        """Return how many were under way with what was sent then, itself included."""
        after = bisect_left(self._sent, (sent, 0))
        near = self._sent[max(0, after - 1) : after + 1]
        return min(near, key=lambda one: abs(one[0] - sent))[1] if near else 0

    @asynccontextmanager
    async def place(self, tokens: int = 0) -> AsyncIterator[None]:
        """Wait for a place, then for the request's turn, and hold the place."""
        if self._waiting or self._active >= self._growth.limit:
            await self._wait()
        self._active += 1
        try:
            await self._turn(tokens)
            self._under_way += 1
            self._sent.append((self._clock(), self._under_way))
            del self._sent[:-_SENT]
            try:
                yield
            finally:
                self._under_way -= 1
        finally:
            await self._leave()

    async def _turn(self, tokens: int) -> None:
        while not self.closed and (wait := self._next - self._clock()) > 0:
            await self.pause(wait)
        now = self._clock()
        self._requests.take(1, now)
        if self._tempo is not None:
            self._tempo.take(1, now)
            self._apart = now + _APART * self._usual / self._growth.limit
        self._tokens.take(tokens, now)

    @property
    def _next(self) -> float:
        tempo = self._tempo.next if self._tempo is not None else self._held_until
        return max(self._held_until, self._requests.next, self._tokens.next, tempo, self._apart)

    async def _wait(self) -> None:
        """Wait for a place. Others that come now wait as well, so that none is passed by all."""
        self._waiting += 1
        try:
            async with self._free:
                await self._free.wait_for(lambda: self._active < self._growth.limit)
        finally:
            self._waiting -= 1

    async def _leave(self) -> None:
        self._active -= 1
        if self._waiting:
            async with self._free:
                self._free.notify_all()


class Pacers:
    """The pacers of a run, one for all targets that share an address and a key."""

    def __init__(self, again: Again = _always) -> None:
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

    def limit(self, source: SourceSpec) -> int:
        """Return how many requests of this target may be under way now."""
        return self.of(source).limit

    def close(self) -> None:
        """Close all pacers, also those that are still to be made."""
        self._closed = True
        for pacer in self._pacers.values():
            pacer.close()


def paced(pace: Pace, again: Again = _always) -> Pacer:
    """Return a pacer for it alone."""
    growth = Rising(pace.most) if pace.adapts else Steady(pace.most)
    tempo = Tempo() if pace.adapts else None
    return Pacer(growth, rpm=pace.rpm, tpm=pace.tpm, tempo=tempo, again=again)
