"""Choices. Everything that is drawn is drawn through a ``Pick``, one bounded integer at a time.

Features and probes know no drawing engine: they ask a Pick. In ``toolfuzz.strategies`` it stands
on Hypothesis, one Hypothesis choice for each of its own, so examples shrink. In a campaign, which
never shrinks, it stands on ``words``: the same code draws from the same set at a fraction of the
time, and the same cases under every version of Python and Hypothesis.

Smaller is simpler throughout: 0 is the first option, a no, and the fewest of several. How many
there are is chosen before them, which is the order in which Hypothesis can leave out any of them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import gcd
from typing import Any, TypeVar

__all__ = ["Below", "Pick", "words"]

T = TypeVar("T")

Below = Callable[[int], int]
"""Where choices come from: returns an integer in [0, n); 0 where there is nothing to choose."""


def _chance(percent: int) -> tuple[int, int]:
    """Return in how few parts that share can be told, and the least of those that are in it."""
    parts = 100 // gcd(percent, 100)
    return parts, parts - parts * percent // 100


_CHANCES = tuple(map(_chance, range(101)))


class Pick:
    """Choices of all kinds, made of integers that ``below`` returns.

    ``whole``, when given, calls a function with a Pick whose choices Hypothesis keeps together.
    """

    __slots__ = ("_whole", "below")

    def __init__(
        self, below: Below, whole: "Callable[[Callable[[Pick], Any]], Any] | None" = None
    ) -> None:
        self.below = below
        self._whole = whole

    def whole(self, make: "Callable[[Pick], T]") -> T:
        """Make something of choices that belong together, to be left out in one piece."""
        made: T = self._whole(make) if self._whole else make(self)
        return made

    def within(self, low: int, high: int) -> int:
        """Return an integer in [low, high]; the simplest is the one that is nearest to 0."""
        n = self.below(high - low + 1)
        if low >= 0:
            return low + n
        if high <= 0:
            return high - n
        return n if n <= high else high - n

    def of(self, options: Sequence[T]) -> T:
        """Return one of the options; earlier ones are the simpler ones."""
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        """Return True in that share of cases."""
        parts, least = _CHANCES[percent]
        return self.below(parts) >= least

    def several(self, draw: "Callable[[Pick], T]", least: int, most: int) -> list[T]:
        """Return ``least`` to ``most`` drawn things."""
        return [self.whole(draw) for _ in range(self.within(least, most))]

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Return ``least`` to ``most`` different options (all of them where there are fewer)."""
        size = len(options)
        taken: set[int] = set()

        def another(pick: Pick) -> T:
            n = pick.below(size)
            while n in taken:
                n = (n + 1) % size
            taken.add(n)
            return options[n]

        return self.several(another, min(least, size), min(most, size))

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return the options in a drawn order; the simplest is the order they came in."""
        left, below = list(options), self.below
        return [left.pop(below(size)) for size in range(len(left), 0, -1)]


_START = 128  # the most that SHAKE-256 gives at once, and more than most need
_BLOCK = 1024
_WORD = 2**128
_SPARE = 2**32


def words(*key: object) -> Below:
    """Return evenly distributed integers that depend on the key alone, on every machine.

    They are cut from SHAKE-256 of the key's repr, some twenty small ones from each 128 bits;
    uneven by less than one part in 2**32.
    """
    name = repr(key).encode()
    of_16_bytes = (
        int.from_bytes(block[at : at + 16])
        for block in _blocks(name)
        for at in range(0, len(block), 16)
    )
    rest = left = 0

    def below(n: int) -> int:
        nonlocal rest, left
        if n < 2:
            return 0
        if n > 2**64:
            return _wide(n, of_16_bytes.__next__)
        if left < n * _SPARE:
            rest, left = next(of_16_bytes), _WORD
        left //= n
        rest, choice = divmod(rest, n)
        return choice

    return below


def _blocks(name: bytes) -> Iterator[bytes]:
    for n in count():
        block = hashlib.shake_256(b"%d %b" % (n, name))
        yield block.digest(_START)
        yield block.digest(_BLOCK)[_START:]


def _wide(n: int, word: Callable[[], int]) -> int:
    drawn, size = 0, 1
    while size < n * _SPARE:
        drawn, size = drawn * _WORD + word(), size * _WORD
    return drawn % n
