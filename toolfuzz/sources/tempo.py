"""How fast requests may follow each other at a server that doesn't say so, by what it refuses."""

from collections import deque

from toolfuzz.sources.spread import Spread

__all__ = ["Tempo"]

_FEW, _LAST = 8, 16
"""Answers since the last refusal from which a server's rate can be told, and those that tell it."""
_LESS, _MORE = 0.9, 0.0015
"""A refusal costs a tenth. Each answer brings back a share of what was left, and a larger one the
longer nothing was refused: of fifty requests about one is refused where a rate is limited."""
_LONG = 50
_ROUGH = 1.05
"""What is told first may be far too low: until the second refusal each answer brings this."""
_LEAST = 1.0
"""Requests a second that are always tried: who takes fewer says how long to wait."""


class Tempo(Spread):
    """A spread that learns: before the first refusals there is no limit."""

    def __init__(self) -> None:
        super().__init__(None)
        self._rate = self._left = 0.0
        self._answers = self._refusals = 0
        self._times: deque[float] = deque(maxlen=_LAST)

    def passed(self, now: float) -> None:
        """Take note of an answer to what was sent since the last refusal."""
        self._times.append(now)
        self._answers += 1
        if self._refusals == 1:
            self._follow(self._rate * _ROUGH)
        elif self._refusals:
            self._follow(self._rate + _MORE * self._left * (1 + (self._answers / _LONG) ** 2))

    def refused(self, now: float) -> bool:
        """Take note that there were too many; whether that tells a rate, which is kept then."""
        if self._answers < _FEW or now <= self._times[0]:
            return False
        measured = len(self._times) / (now - self._times[0])
        self._left = max(_LEAST, _LESS * min(self._rate or measured, measured))
        self._answers = 0
        self._refusals += 1
        self._times.clear()
        self._follow(self._left)
        return True

    def _follow(self, rate: float) -> None:
        self._rate = rate
        self._each = 1 / rate
