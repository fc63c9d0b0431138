"""How long a server asks all its clients to wait: by Retry-After, or by its rate-limit headers."""

import re
import time
from datetime import datetime

from toolfuzz.core.exchange import Attempt

__all__ = ["asked_pause"]

# How much is left of how much, and when all of it will be there again. OpenAI's names, which Groq,
# Azure, LiteLLM and others share, Cerebras' and Anthropic's.
_REQUESTS = ("x-ratelimit-{}-requests", "anthropic-ratelimit-requests-{}")
_TOKENS = (
    "x-ratelimit-{}-tokens",
    "x-ratelimit-{}-tokens-minute",
    "anthropic-ratelimit-tokens-{}",
    "anthropic-ratelimit-input-tokens-{}",
    "anthropic-ratelimit-output-tokens-{}",
)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhd]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_A_TIME = 1e9
"""A number as large as this is no time to wait, but a time of the clock."""


def asked_pause(attempt: Attempt, tokens: int = 0) -> float | None:
    """Return seconds in which nothing should be sent, None where the server asks for none.

    An error names them by Retry-After. Else they are told where less is left than the next request
    takes, one like this of about so many ``tokens``: then it is there after a share of the time in
    which all comes back.
    """
    if attempt.retry_after is not None and (attempt.status or 0) >= 400:
        return attempt.retry_after
    if not any("ratelimit" in name for name in attempt.headers):
        return None
    needs = [(name, 1) for name in _REQUESTS] + [(name, max(1, tokens)) for name in _TOKENS]
    pauses = [pause for name, need in needs if (pause := _pause(attempt, name, need)) is not None]
    return max(pauses, default=None)


def _pause(attempt: Attempt, name: str, need: int) -> float | None:
    left, most = (_count(attempt.headers.get(name.format(w), "")) for w in ("remaining", "limit"))
    if left is None or left >= need:
        return None
    seconds = _seconds(attempt.headers.get(name.format("reset"), ""))
    if seconds is None:
        return None
    gone = max(1, (most or 0) - left)
    return max(0.0, seconds) * min(1.0, (need - left) / gone)


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None


def _seconds(text: str) -> float | None:
    """Read ``6m0s``, ``12ms``, ``7.66s``, ``7.66`` or an RFC 3339 time; None for anything else."""
    if len(text) > 40:
        return None
    if _DURATION.fullmatch(text):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if _NUMBER.fullmatch(text):
        seconds = float(text)
        return seconds if seconds < _A_TIME else seconds - time.time()
    try:
        return datetime.fromisoformat(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
