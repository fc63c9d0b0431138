"""Moments, as exports write them; a journal of a stranger may hold any number."""

from datetime import UTC, datetime

__all__ = ["moment", "nanoseconds"]

_MOST = 2**63 - 1


def moment(seconds: float | None, form: str | None = None) -> str:
    """Return a unix time as ISO 8601, or as ``strftime`` of ``form``; what is none as 1970."""
    try:
        at = datetime.fromtimestamp(seconds or 0, UTC)
    except (OverflowError, ValueError, OSError):
        at = datetime.fromtimestamp(0, UTC)
    return at.strftime(form) if form else at.isoformat()


def nanoseconds(seconds: float) -> int:
    """Return a unix time in nanoseconds, within what 63 bits hold."""
    try:
        return min(max(round(seconds * 1e9), 0), _MOST)
    except (OverflowError, ValueError):
        return 0
