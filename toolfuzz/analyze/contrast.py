"""Does one question fail less often than another? And how many askings does it take to say so?"""

import math
from dataclasses import dataclass
from functools import lru_cache

from toolfuzz.analyze.fisher import at_least

__all__ = ["Tally", "askings_to_exclude", "askings_to_tell", "fails_less"]

# z for a chance of 1% to see what isn't there, and of 12.5% to miss at first what is.
_Z_FALSE, _Z_MISSED = 2.33, 1.15
FEWEST, MOST = 12, 96
# What was never seen to fail may still do so: a rate of 0 is no estimate.
_LEAST_RATE = 0.02


@dataclass(frozen=True, slots=True)
class Tally:
    """``failed`` of ``asked`` answers that could be judged failed."""

    failed: int = 0
    asked: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.failed + other.failed, self.asked + other.asked)

    @property
    def rate(self) -> float:
        """The share that failed, 0 when nothing was asked."""
        return self.failed / self.asked if self.asked else 0.0

    @property
    def words(self) -> str:
        """For people: ``3 of 16``."""
        return f"{self.failed} of {self.asked}"


def fails_less(other: Tally, whole: Tally) -> float:
    """Return Fisher's exact one-sided p that ``other`` fails as often as ``whole``."""
    if not other.asked or not whole.asked:
        return 1.0
    failed, asked = whole.failed + other.failed, whole.asked + other.asked
    return at_least(whole.failed, asked, failed, whole.asked)


def askings_to_tell(often: float, rarely: float) -> int:
    """Return how often to ask each of two questions that fail at these rates to tell them apart."""
    rarely = max(rarely, _LEAST_RATE)
    if often <= rarely:
        return MOST
    spread = often * (1 - often) + rarely * (1 - rarely)
    n = math.ceil((_Z_FALSE + _Z_MISSED) ** 2 * spread / (often - rarely) ** 2)
    return min(max(n, FEWEST), MOST)


@lru_cache(maxsize=256)  # a corpus asks this for each case and model, mostly of the same tally
def askings_to_exclude(seen: Tally, level: float) -> int:
    """Return after how many passes in a row the rate that was seen is no longer credible."""
    if not seen.failed:
        raise ValueError("a failure that was never seen can't be excluded")
    passes = 1
    while fails_less(Tally(0, passes), seen) > level:
        passes += 1
    return passes
