"""The first of many details, for a message."""

from collections.abc import Sequence

from toolfuzz.core.text import clip

__all__ = ["some"]


def some(details: Sequence[str]) -> str:
    """Return the first three: ``a, b, c (and 4 more)``."""
    names = ", ".join(clip(name, 40) for name in details[:3])
    return names + (f" (and {len(details) - 3} more)" if len(details) > 3 else "")
