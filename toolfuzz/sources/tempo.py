"""How fast requests may follow each other at a server that doesn't say so, by what it refuses.

As TCP CUBIC does with its window (RFC 9438), and the AWS SDKs' adaptive mode with a rate: a refusal
costs a share of what was tried, which comes back soon at first, then slowly, and what is beyond is
tried ever faster.
"""

from collections import deque
from math import inf

from toolfuzz.sources.spread import Spread

__all__ = ["Tempo"]

_FEW, _LAST = 8, 16
"""Answers from which the rate of a server can be told, and those that tell it."""
_CUT = 0.15
_LONG = 40
"""Answers after which all that was cut is back: of so many requests about one is refused."""
_ROUGH = 1.08
"""What is told first may be far too low: until the second refusal each answer brings this."""
_AHEAD = 1.5
"""So many times the rate of the latest answers is tried at most."""
_LEAST = 1.0
"""Requests a second that are always tried: who takes fewer says how long to wait."""


class Tempo(Spread):
    """A spread that learns: before the first refusals there is no limit.

    Only answers to requests that waited for their turn say that it may be faster, and only where
    they did is it the rate that was refused.
    """

    def __init__(self) -> None:
        super().__init__(None)
        self._rate = self._refused_at = 0.0
        self._answers = self._refusals = 0
        self._waited = False
        self._times: deque[float] = deque(maxlen=_LAST)

    def take(self, amount: float, now: float) -> None:
        """Take so much, and note whether it came as soon as it might."""
        self._waited = now < self.next + self._each / 2
        super().take(amount, now)

    def passed(self, now: float, *, since: bool = True) -> None:
        """Take note of an answer, and whether it is to what was sent since the last refusal."""
        self._times.append(now)
        if not (since and self._refusals and self._waited):
            return
        if self._rate > _AHEAD * self._measured(now):
            return
        self._answers += 1
        if self._refusals == 1:
            self._follow(self._rate * _ROUGH)
        else:
            self._follow(self._refused_at * (1 - _CUT * (1 - self._answers / _LONG) ** 3))

    def refused(self, now: float) -> bool:
        """Take note that there were too many; whether that tells a rate, which is kept then."""
        measured = self._measured(now)
        if self._waited:
            measured *= _AHEAD
        elif measured == inf:
            return False
        self._refused_at = min(self._rate or inf, measured)
        self._answers = 0
        self._refusals += 1
        self._follow((1 - _CUT) * self._refused_at)
        self.next = max(self.next, now + self._each)
        return True

    def _measured(self, now: float) -> float:
        """Return the latest answers a second, infinite where that can't be told."""
        times = self._times
        return len(times) / (now - times[0]) if len(times) >= _FEW and now > times[0] else inf

    def _follow(self, rate: float) -> None:
        self._rate = max(_LEAST, rate)
        self._each = 1 / self._rate
