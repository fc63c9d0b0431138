"""When a question is put again, and after which pause. Retries are made here and nowhere else."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from toolfuzz.core.exchange import Attempt

__all__ = ["ATTEMPTS", "MAX_PAUSE", "MAX_RETRY_AFTER", "pause", "retrying", "worth_retrying"]

ATTEMPTS = 4
"""How often a question is put at most."""
MAX_RETRY_AFTER = 60.0
"""Seconds that a server may make us wait by Retry-After."""
MAX_PAUSE = 20.0
"""Seconds between two attempts when the server names none."""

_REFUSED_CALL = re.compile(
    rb"tool_use_failed|failed_generation|MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL"
)
_CONNECTION_FAULT = re.compile(
    r"(Connect|Read|Write|Close)Error|ConnectTimeout|ProxyError|RemoteProtocolError"
)


async def retrying(
    put: Callable[[], Awaitable[Attempt]],
    *,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Attempt]:
    """Put a question until an answer comes that can be judged; give each attempt."""
    for number in range(1, attempts + 1):
        attempt = await put()
        yield attempt
        if number == attempts or not worth_retrying(attempt):
            return
        await sleep(pause(attempt, number))


def worth_retrying(attempt: Attempt) -> bool:
    """Whether the next attempt may bring an answer.

    Yes: 408, 409, 429, 5xx and faults of the connection. No: a refusal of the model's own call, a
    reply whose body began, a timeout (it was worked on and costs).
    """
    status = attempt.status
    if status in (408, 409, 429) or (status is not None and status >= 500):
        return not _REFUSED_CALL.search(attempt.body)
    return not attempt.chunks and bool(attempt.error and _CONNECTION_FAULT.match(attempt.error))


def pause(attempt: Attempt, number: int) -> float:
    """Return seconds to wait after the attempt of this number (from 1): Retry-After, or 1, 2, 4 …

    plus up to a second by chance, so that workers don't come back all at once.
    """
    if attempt.retry_after is not None:
        return min(attempt.retry_after, MAX_RETRY_AFTER)
    return min(2.0 ** (number - 1) + random.random(), MAX_PAUSE)
