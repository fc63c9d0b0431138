"""Two texts as the body of a diff."""

import difflib
from collections.abc import Sequence

__all__ = ["MOST_LINES", "difference"]

MOST_LINES = 80


def difference(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return the lines of a diff without its head; a short one is shown whole."""
    whole = len(one) + len(other) <= MOST_LINES
    lines = difflib.unified_diff(one, other, n=MOST_LINES if whole else 3, lineterm="")
    return list(lines)[3 if whole else 2 :]
