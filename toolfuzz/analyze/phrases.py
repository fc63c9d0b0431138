"""Phrases of the sentences that decide: how many of how many, what they mostly show, who."""

from collections.abc import Sequence

from toolfuzz.core.case import JsonObject
from toolfuzz.judge.catalogue import defects

__all__ = [
    "between",
    "calls",
    "cause_words",
    "counted",
    "failed",
    "names",
    "percent",
    "points",
    "share",
    "title",
]

_NAMED = 3
"""Of more targets than this the others are counted."""
_ONE_IN = 0.2
"""Up to this share "1 call in 7" is near enough to the truth to be said."""


def title(slug: str) -> str:
    """Return what a defect is, as a clause; empty for one that this version doesn't know."""
    entry = defects().get(slug)
    if entry is None:
        return ""
    first, space, rest = entry.title.partition(" ")
    # Of "NaN" and "JSON" the capitals stay.
    return f"{first.lower() if first[1:].islower() or len(first) == 1 else first}{space}{rest}"


def failed(row: JsonObject) -> int:
    """Return how many of a target's judged calls failed."""
    return int(row["judged"] - row["passed"])


def share(row: JsonObject, *, interval: bool = False) -> str:
    """Return which share of a target's judged calls failed."""
    low, high = percent(1 - row["high"]), percent(1 - row["low"])
    return counted(failed(row), row["judged"], f"; 95% interval {low} – {high}" * interval)


def counted(failed: int, judged: int, more: str = "") -> str:
    """Return ``1 call in 7 fails (14 of 100)``, or the count alone where that says it better."""
    if 1 < failed <= _ONE_IN * judged:
        return f"1 call in {round(judged / failed):,} fails ({failed:,} of {judged:,}{more})"
    more = f" ({more.removeprefix('; ')})" if more else ""
    return f"{failed:,} of {calls(judged)} {'fails' if failed == 1 else 'fail'}{more}"


def cause_words(cause: JsonObject | None) -> str:
    """Return what failed calls mostly show, after a comma; empty where nothing failed."""
    if cause is None:
        return ""
    return f", {'mostly' if cause['mostly'] else 'most often'} {cause['slug']}"


def calls(n: int) -> str:
    """Return ``1 call`` or ``2 calls``."""
    return f"{n:,} {'call' if n == 1 else 'calls'}"


def names(some: Sequence[str], last: str = "and") -> str:
    """Return ``a, b and c``; of many the others are counted."""
    if len(some) > _NAMED + 1:
        some = [*some[:_NAMED], f"{len(some) - _NAMED} others"]
    *first, end = some
    return f"{', '.join(first)} {last} {end}" if first else end


def points(difference: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{100 * difference:.1f}"


def between(entry: JsonObject) -> str:
    """Return the interval of a difference."""
    return f"({points(entry['low'])} to {points(entry['high'])})"


def percent(share: float) -> str:
    """Return ``97.5%``; only all is 100.0%, only none 0.0%."""
    if 0.9995 <= share < 1:
        return ">99.9%"
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"
