"""How long a server asks all its clients to wait: by Retry-After, or by its rate-limit headers."""

import re
import time
from datetime import datetime

from toolfuzz.core.exchange import Attempt

__all__ = ["asked_pause"]

# OpenAI's names, which Groq, Together, LiteLLM and others share, and Anthropic's: how many requests
# are left of how many, and when all will be there again.
_HEADERS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-limit-requests", "x-ratelimit-reset-requests"),
    (
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-reset",
    ),
)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhd]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")


def asked_pause(attempt: Attempt) -> float | None:
    """Return seconds in which nothing should be sent, None where the server asks for none.

    An error names them by Retry-After. Else they are told where no request is left: then one is
    there again after a share of the time in which all come back.
    """
    if attempt.retry_after is not None and (attempt.status or 0) >= 400:
        return attempt.retry_after
    for left, most, reset in _HEADERS:
        if attempt.headers.get(left) == "0":
            seconds = _seconds(attempt.headers.get(reset, ""))
            if seconds is not None:
                return max(0.0, seconds) / max(1, _count(attempt.headers.get(most, "")))
    return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _seconds(text: str) -> float | None:
    """Read ``6m0s``, ``12ms``, ``7.66s`` or an RFC 3339 time; None for anything else."""
    if len(text) > 40:
        return None
    if _DURATION.fullmatch(text):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    try:
        return datetime.fromisoformat(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
