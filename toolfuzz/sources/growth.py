"""How many questions may be under way at a server, by how it has answered so far."""

import math
from collections import defaultdict, deque
from statistics import fmean
from typing import Protocol

__all__ = ["Growth", "Rising", "Steady"]


class Growth(Protocol):
    """Says how many may be under way, and learns from how each ends."""

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        ...

    def passed(self, seconds: float, *, full: bool) -> None:
        """Take note of an answer, and whether as many as may be were under way with it."""
        ...

    def refused(self, carried: int = 0) -> None:
        """Take note that there were too many; ``carried``: so many at once were answered."""
        ...


class Steady:
    """As many as the user says; halved when refused, and back by one at a time.

    It grows after as many answers in a row as are allowed at once.
    """

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self.limit = self._most
        self._answers = 0

    def passed(self, seconds: float, *, full: bool) -> None:
        """Grow back."""
        self._answers += 1
        if self._answers > self.limit and self.limit < self._most:
            self.limit, self._answers = self.limit + 1, 0

    def refused(self, carried: int = 0) -> None:
        """Halve."""
        self._answers = 0
        self.limit = max(1, self.limit // 2)


_WINDOW = 4
"""Answers by which a limit is measured, or as many as are under way."""
_GAIN = 1.2
"""Twice as many under way must bring so many times the answers a second: 1 is a server that lets
them wait, 2 one that has room for all."""
_HOLD, _HOLD_REFUSED = 8, 64
"""Answers after which what brought nothing, or was refused, is tried again; twice as many each
time. Four answers are few, and a server may be thought full that isn't."""
_KEPT = 32


class Rising:
    """Begins with one and doubles while that brings more answers a second.

    Answers a second are the limit over the usual time of an answer (the mean of the logarithms:
    replies differ in length). Where twice as many bring nothing half of them stay; where they are
    refused, as many as were answered at once, and then more up to what was refused. More are tried
    again later. On a server of two slots it settles at two, so that questions
    wait here and not in the server's queue, where they would run into their timeout.
    """

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self.limit = 1
        self._logs: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._answers = 0
        self._here = 0
        self._again: dict[int, int] = {}
        self._refused: set[int] = set()
        self._failures: dict[int, int] = defaultdict(int)

    def passed(self, seconds: float, *, full: bool) -> None:
        """Measure, and move when enough is measured."""
        self._answers += 1
        if not full:
            return
        self._here += 1
        # The first answers at a limit were begun at the one before.
        begun_before = self.limit // 2
        if self._here <= begun_before:
            return
        self._logs[self.limit].append(math.log(max(seconds, 1e-6)))
        if self._here - begun_before >= max(_WINDOW, self.limit):
            self._move()

    def refused(self, carried: int = 0) -> None:
        """Go back to what was carried, else halve, and stay below what was refused for a while."""
        self._refused.add(self.limit)
        self._fall(_HOLD_REFUSED, to=carried if 0 < carried < self.limit else self.limit // 2)

    def _move(self) -> None:
        half = self.limit // 2
        if half in self._logs and self._gain(half) < _GAIN:
            self._fall(_HOLD, to=half)
            return
        self._here = 0
        self._refused.discard(self.limit)
        self.limit = self._next()

    def _next(self) -> int:
        """Return twice as many, or half way to what was refused; neither is tried too often."""
        twice = 2 * self.limit
        if refused := [n for n in self._refused if self.limit < n <= twice]:
            least = min(refused)
            return least if self._may_be_tried(least) else (self.limit + least) // 2
        return twice if twice <= self._most and self._may_be_tried(twice) else self.limit

    def _may_be_tried(self, limit: int) -> bool:
        return self._again.get(limit, 0) <= self._answers

    def _gain(self, half: int) -> float:
        return 2 * math.exp(fmean(self._logs[half]) - fmean(self._logs[self.limit]))

    def _fall(self, hold: int, *, to: int) -> None:
        self._here = 0
        self._again[self.limit] = self._answers + hold * 2 ** self._failures[self.limit]
        self._failures[self.limit] += 1
        self.limit = max(1, to)
