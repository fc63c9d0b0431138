"""How many questions may be under way at a server, by how it has answered so far."""

import math
from collections import defaultdict, deque
from itertools import islice
from statistics import fmean, pvariance
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
_BESIDE = 8
"""So many answers of lower limits they are held against, or half as many as are under way."""
_GAIN = 0.3
"""How much more under way must bring of what it could: 0 is a server that lets them wait, 1 one
that has room for all."""
_EARLY, _CLEAR = 2, 0.7
"""Where replies take alike long so many answers tell that there is room: by as much at least."""
_HOLD, _HOLD_REFUSED = 8, 10
"""Answers after which what brought nothing is tried again, and how often all under way are answered
before what was refused is; twice as many each time. Four answers are few, and a server may be
thought full that isn't."""
_KEPT = 32


class Rising:
    """Begins with one and doubles while that brings more answers a second.

    Answers a second are the limit over the usual time of an answer (the mean of the logarithms:
    replies differ in length); those at half as many and fewer say how many there could be, as
    TCP Vegas tells a queue by it. Where twice as many bring nothing half of them stay; where they
    are refused, as many as were answered at once, and then more up to what was refused. More are
    tried again later. On a server of two slots it settles at two, so that questions wait here and
    not in the server's queue, where they would run into their timeout.
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
        measured = self._here - begun_before
        if measured >= max(_WINDOW, self.limit) or (measured >= _EARLY and self._is_clear()):
            self._move()

    def refused(self, carried: int = 0) -> None:
        """Go back to what was carried, else halve, and stay below what was refused for a while."""
        self._refused.add(self.limit)
        half = self.limit // 2
        to = carried if 0 < carried < self.limit else half
        self._fall(_HOLD_REFUSED * self.limit, to=to)

    def _move(self) -> None:
        gain, _ = self._gain()
        if gain < _GAIN:
            self._fall(_HOLD, to=self.limit // 2)
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

    def _is_clear(self) -> bool:
        gain, error = self._gain()
        return gain - 2 * error > _CLEAR

    def _gain(self) -> tuple[float, float]:
        """Return how much of what more could bring it brought, and the standard error of that.

        It is 1 where nothing was measured before.
        """
        here = self._logs[self.limit]
        lower = sorted((n for n in self._logs if n <= self.limit // 2), reverse=True)
        each = ((math.log(n), log) for n in lower for log in reversed(self._logs[n]))
        beside = list(islice(each, max(_BESIDE, self.limit // 2)))
        if not beside:
            return 1.0, math.inf
        logs = [log for _, log in beside]
        more = math.log(self.limit) - fmean(n for n, _ in beside)
        error = math.sqrt(pvariance(here) / len(here) + pvariance(logs) / len(logs))
        return 1 - (fmean(here) - fmean(logs)) / more, error / more

    def _fall(self, hold: int, *, to: int) -> None:
        self._here = 0
        self._again[self.limit] = self._answers + hold * 2 ** self._failures[self.limit]
        self._failures[self.limit] += 1
        self.limit = max(1, to)
