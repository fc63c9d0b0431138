"""Hands the same cases to every target, drawing only a little ahead of the fastest one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from toolfuzz.core.case import Case
from toolfuzz.core.events import Event

__all__ = ["CaseFeed", "Feed"]


class Feed(Protocol):
    """Where a target's cases come from."""

    async def get(self, position: int) -> Case | None:
        """Return the case at that position, or None when there are no more."""
        ...

    def note(self, events: Sequence[Event]) -> None:
        """Take note of what one question came to."""
        ...


class CaseFeed:
    """Cases by position. Drawn once, kept until the run ends, since every target asks all."""

    def __init__(self, cases: AsyncIterator[Case], *, ahead: int) -> None:
        self._source = cases
        self._ahead = ahead
        self._cases: list[Case] = []
        self._wanted = 0
        self._finished = False
        self._changed = asyncio.Condition()

    async def fill(self) -> None:
        """Draw until the source ends, pausing when nobody is near the end of what is drawn."""
        try:
            async for case in self._source:
                async with self._changed:
                    self._cases.append(case)
                    self._changed.notify_all()
                    await self._changed.wait_for(self._hungry)
        finally:
            async with self._changed:
                self._finished = True
                self._changed.notify_all()

    async def get(self, position: int) -> Case | None:
        """Return the case at that position, or None when there are no more."""
        if position < len(self._cases):
            if position > self._wanted:
                await self._want(position)
            return self._cases[position]
        await self._want(position)
        async with self._changed:
            await self._changed.wait_for(lambda: position < len(self._cases) or self._finished)
        return self._cases[position] if position < len(self._cases) else None

    def note(self, events: Sequence[Event]) -> None:
        """What came of a case changes none that follows."""

    @property
    def drawn(self) -> int:
        """How many cases were drawn so far."""
        return len(self._cases)

    def _hungry(self) -> bool:
        return len(self._cases) < self._wanted + self._ahead

    async def _want(self, position: int) -> None:
        async with self._changed:
            self._wanted = max(self._wanted, position)
            self._changed.notify_all()
