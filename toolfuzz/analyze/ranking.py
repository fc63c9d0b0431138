"""What comes first in a list: what is shown, not what happened to come out.

Shares of few calls are extreme by chance: none of one passed is 0%, and shows little. So features
and defects are ranked, and coloured, by the end of their interval that the calls leave them at the
least.
"""

from typing import Literal

from toolfuzz.core.case import JsonObject

__all__ = ["FEW", "least", "least_failing", "tone"]

FEW = 10
"""Below so many calls a share is shown, but not as something that is known."""

_RED, _YELLOW = 0.1, 0.01


def least(entry: JsonObject) -> float:
    """Return the least share of calls with a defect that its interval leaves."""
    return float(entry["low"])


def least_failing(entry: JsonObject) -> float:
    """Return the least share of failed calls that the interval of a success rate leaves."""
    return 1 - float(entry["high"])


def tone(share: float, calls: int) -> Literal["few", "red", "yellow", "plain"]:
    """Return how a share that is bad is shown, by the least that it is and what it rests on."""
    if calls < FEW:
        return "few"
    return "red" if share >= _RED else "yellow" if share >= _YELLOW else "plain"
