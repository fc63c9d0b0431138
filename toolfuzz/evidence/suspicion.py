"""Sequential tests against an endpoint that fails only some of the time.

A. Wald, "Sequential tests of statistical hypotheses", 1945. Every answer moves the log odds of a
hypothesis; at ±3, say, it is decided (about 95:5). Nothing is decided by
"failed once of five".
"""

import math
from dataclasses import dataclass

__all__ = ["Odds", "Rates"]

# No more than this many answers for one yes-or-no question, whatever the odds say.
MOST_ANSWERS = 60
# What fails this often is taken to fail as often when less is left of it.
_NEARLY_ALWAYS = 0.95
# Where the same question always gets the same answer.
_NEVER = 1e-9


@dataclass(frozen=True, slots=True)
class Rates:
    """How often the case under study fails in the matching way, and how often anything else does.

    ``noise`` is the chance of a matching failure although what it needs was removed.
    ``deterministic``: the endpoint answers the same question always the same way, so that one
    answer decides.
    """

    fails: float
    noise: float = 0.02
    deterministic: bool = False

    def chances(self, share: float) -> tuple[float, float]:
        """Return how likely a failure is where what it needs is left, and where it is gone;
        ``share`` is the share of its rate that the failure must still have.
        """
        if self.deterministic:
            return 1 - _NEVER, _NEVER
        if self.fails >= _NEARLY_ALWAYS:
            share = max(share, 0.98)
        return min(max(share * self.fails, 2 * self.noise), 0.98), self.noise

    def step(self, failed: bool, share: float, elsewhere: float = 0.0) -> float:
        """Return how one answer moves the log odds of "what the failure needs was removed".

        ``elsewhere`` is how likely a failure comes all the same, since what it needs is there
        once more.
        """
        kept, lost = self.chances(share)
        if failed:
            return math.log((lost + elsewhere * (kept - lost)) / kept)
        return math.log((1 - lost) / (1 - kept))


@dataclass(slots=True)
class Odds:
    """Log odds that a candidate can't be removed (its removal takes the failure away)."""

    value: float
    limit: float
    keep_at: float
    answers: int = 0

    @property
    def essential(self) -> bool:
        """Decided: without it the case no longer fails."""
        return self.value >= self.keep_at or (self.answers >= MOST_ANSWERS and self.value > 0)

    @property
    def removable(self) -> bool:
        """Decided: the case fails without it as well."""
        return self.value <= -self.limit or (self.answers >= MOST_ANSWERS and self.value <= 0)

    @property
    def open(self) -> bool:
        """Not decided yet."""
        return not (self.essential or self.removable)

    def passes_to_keep(self, rates: Rates, share: float) -> int:
        """Return how many answers without a failure would show that it can't be removed."""
        if rates.deterministic:
            return 1
        return max(1, math.ceil((self.keep_at - self.value) / rates.step(False, share)))

    def take(self, failed: bool, rates: Rates, share: float) -> None:
        """Note one answer."""
        self.value += rates.step(failed, share)
        self.answers += 1

    def note(self, failed: bool | None, rates: Rates, share: float) -> None:
        """Note one asking, which may have had no answer."""
        if failed is None:
            self.answers += 1
        else:
            self.take(failed, rates, share)
