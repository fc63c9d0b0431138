"""Hands the same cases to every target, drawing only a little ahead of the fastest one."""

import asyncio
import os
import pickle
import tempfile
import weakref
from array import array
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from toolfuzz.core.case import Case
from toolfuzz.core.events import Event

__all__ = ["CaseFeed", "Feed"]

_KEPT = 128
"""Cases in memory beside those that are drawn ahead."""
_STEP = 16
"""So many are drawn at once: to wake for each would cost more than to take it over."""


class Feed(Protocol):
    """Where a target's cases come from."""

    async def get(self, position: int) -> Case | None:
        """Return the case at that position, or None when there are no more."""
        ...

    def note(self, events: Sequence[Event]) -> None:
        """Take note of what one question came to."""
        ...


class CaseFeed:
    """Cases by position. Drawn once, since every target asks all.

    The latest are kept in memory. Those before are put on disk, where several ``targets`` ask: one
    may be far behind another.
    """

    def __init__(self, cases: AsyncIterator[Case], *, ahead: int, targets: int = 1) -> None:
        self._source = cases
        self._ahead = ahead
        self._step = min(_STEP, ahead - 1)
        self._latest: deque[Case] = deque()
        self._kept = ahead + _KEPT
        self._earlier = _Shelf() if targets > 1 else None
        self._drawn = 0
        self._wanted = 0
        self._finished = False
        self._more = asyncio.Event()
        self._room = asyncio.Event()

    async def fill(self) -> None:
        """Draw until the source ends, pausing when nobody is near the end of what is drawn."""
        try:
            async for case in self._source:
                self._keep(case)
                self._more.set()
                if self._drawn >= self._wanted + self._ahead:
                    self._room.clear()
                    await self._room.wait()
        finally:
            self._finished = True
            self._more.set()

    async def get(self, position: int) -> Case | None:
        """Return the case at that position, or None when there are no more."""
        self._wanted = max(self._wanted, position)
        if self._drawn < self._wanted + self._ahead - self._step:
            self._room.set()
        while position >= self._drawn and not self._finished:
            self._more.clear()
            await self._more.wait()
        return self._at(position) if position < self._drawn else None

    def _keep(self, case: Case) -> None:
        self._latest.append(case)
        self._drawn += 1
        if len(self._latest) > self._kept:
            passed = self._latest.popleft()
            if self._earlier is not None:
                self._earlier.put(passed)

    def _at(self, position: int) -> Case:
        first = self._drawn - len(self._latest)
        if position >= first:
            return self._latest[position - first]
        if self._earlier is None:
            raise LookupError(f"case {position} was asked before")
        return self._earlier.get(position)

    def note(self, events: Sequence[Event]) -> None:
        """What came of a case changes none that follows."""


class _Shelf:
    """Cases in a file that nobody else sees, and that is gone when the process is."""

    def __init__(self) -> None:
        self._places = array("q")
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)

    def put(self, case: Case) -> None:
        """Put a case behind the others."""
        self._places.append(self._file.seek(0, os.SEEK_END))
        pickle.dump(case, self._file)

    def get(self, position: int) -> Case:
        """Return the case at that position."""
        self._file.seek(self._places[position])
        case: Case = pickle.load(self._file)
        return case
