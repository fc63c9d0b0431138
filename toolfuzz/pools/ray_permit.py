"""A permit whose places an actor on the cluster gives, and whose rest is the run's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Protocol
from uuid import uuid4

from ray.exceptions import RayActorError

from toolfuzz.core.errors import EndpointError
from toolfuzz.core.exchange import Attempt
from toolfuzz.pools.places import Ended
from toolfuzz.sources.source import Pace, Permit

__all__ = ["Keeper", "RayPermit"]

_LOST_SECONDS = 90
"""So long a lost actor that keeps the places is waited for: Ray starts another."""
_ALWAYS = 365 * 86_400.0


class Keeper(Protocol):
    """The handle of an actor with a Places; each is called by ``remote`` (see there)."""

    meet: Any
    place: Any
    leave: Any


class RayPermit:
    """A Permit (see there). ``find`` returns the actor, ``me`` is this worker's own.

    The ``run``'s own permit says whether something may be put again, and when all is to stop.
    """

    def __init__(self, find: Callable[[], Keeper], me: Any, pace: Pace, run: Permit) -> None:
        self._find = find
        self._me = me
        self._pace = pace
        self._run = run
        self._name = uuid4().hex
        self._numbers = count()
        self._ended: list[Ended] = []
        self._closing: asyncio.Task[None] | None = None
        self._known: Keeper | None = None

    @asynccontextmanager
    async def place(self, tokens: int = 0) -> AsyncIterator[None]:
        """Wait for a place there, and hold it; when the run is being stopped, don't wait."""
        number = next(self._numbers)
        if self._closing is None or self._closing.done():
            # What has ended may have been an earlier run.
            self._closing = asyncio.create_task(self._run.pause(_ALWAYS))
        waiting = asyncio.create_task(self._placed(number, tokens))
        try:
            await asyncio.wait([waiting, self._closing], return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                await waiting
            yield
        finally:
            waiting.cancel()
            ended, self._ended = self._ended, []
            if self._known is not None:
                self._known.leave.remote(self._name, number, ended)

    def ended(self, attempt: Attempt, tokens: int = 0, used: int | None = None) -> None:
        """Keep how a request went until its place is given back, which is at once."""
        self._ended.append((replace(attempt, chunks=()), tokens, used))

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the run is being stopped."""
        await self._run.pause(seconds)

    async def again(self, target: str, requests: int = 1) -> bool:
        """Whether a target may be put so many requests once more."""
        return await self._run.again(target, requests)

    async def _placed(self, number: int, tokens: int) -> None:
        for _ in range(_LOST_SECONDS):
            try:
                if self._known is None:
                    self._known = self._find()
                if await self._known.place.remote(self._name, number, tokens):
                    return
                await self._known.meet.remote(self._name, self._me, self._pace)
            except RayActorError:
                self._known = None
                await asyncio.sleep(1)
        raise EndpointError(
            "the cluster keeps losing the actor that holds all workers to their limits",
            "see the cluster's state: ray status",
        )
