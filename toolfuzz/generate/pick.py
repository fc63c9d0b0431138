"""Choices. Everything that is drawn is drawn through a ``Pick``, one bounded integer at a time.

Features and probes know no drawing engine: they ask a Pick. In use it stands on Hypothesis
(``draw.py``). One wide integer pays for some twenty choices, because a Hypothesis draw costs as
much as all the rest of a choice together.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["WORD", "Pick"]

T = TypeVar("T")


WORD = 2**128
_SPARE = 2**32


class Pick:
    """Choices out of words: ``word()`` returns an integer in [0, WORD), evenly distributed."""

    __slots__ = ("_left", "_rest", "_word")

    def __init__(self, word: Callable[[], int]) -> None:
        self._word = word
        self._rest = 0
        self._left = 0

    def below(self, n: int) -> int:
        """Return an integer in [0, n); uneven by less than one part in 2**32."""
        if self._left < n * _SPARE:
            self._rest, self._left = self._word(), WORD
        self._left //= n
        self._rest, choice = divmod(self._rest, n)
        return choice

    def of(self, options: Sequence[T]) -> T:
        """Return one of the options; earlier ones are the simpler ones."""
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        """Return True in that share of cases."""
        return self.below(100) >= 100 - percent

    def within(self, low: int, high: int) -> int:
        """Return an integer in [low, high]."""
        return low + self.below(high - low + 1)

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Return ``least`` to ``most`` different options for the price of a single choice."""
        size = len(options)
        choice = self.below((most - least + 1) * size * len(_STRIDES))
        choice, count = divmod(choice, most - least + 1)
        stride, start = divmod(choice, size)
        step = _STRIDES[stride]
        seen = [(start + n * step) % size for n in range(least + count)]
        return [options[n] for n in dict.fromkeys(seen)]


_STRIDES = (1, 5, 7, 11)
