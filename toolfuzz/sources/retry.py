"""When a question is put again, and after which pause. Retries are made here and nowhere else."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_exponential_jitter,
)

from toolfuzz.core.case import Json
from toolfuzz.core.exchange import Attempt
from toolfuzz.judge.refusals import is_final

__all__ = ["ATTEMPTS", "MAX_PAUSE", "MAX_RETRY_AFTER", "retrying", "worth_retrying"]

ATTEMPTS = 4
"""How often a question is put at most."""
MAX_RETRY_AFTER = 60.0
"""Seconds that a server may make us wait by Retry-After."""
MAX_PAUSE = 20.0
"""Seconds between two attempts when the server names none."""

_PASSING = frozenset({408, 409, 425, 429})
_LOOKED_AT = 20_000
_CONNECTION_FAULT = re.compile(
    r"(Connect|Read|Write|Close)Error|ConnectTimeout|ProxyError|RemoteProtocolError"
)


_backoff = wait_exponential_jitter(max=MAX_PAUSE)


def _wait(state: RetryCallState) -> float:
    """Return seconds to wait: Retry-After where the server says it, else 1, 2, 4 … and a bit.

    The bit is up to a second by chance, so that workers don't come back all at once.
    """
    attempt: Attempt | None = state.outcome.result() if state.outcome else None
    if attempt is not None and attempt.retry_after is not None:
        return min(attempt.retry_after, MAX_RETRY_AFTER)
    return _backoff(state)


async def _always() -> bool:
    return True


async def retrying(
    put: Callable[[], Awaitable[Attempt]],
    *,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    again: Callable[[], Awaitable[bool]] = _always,
) -> AsyncIterator[Attempt]:
    """Put a question until an answer comes that can be judged; give each attempt.

    ``again`` says after a pause (which ``sleep`` may cut short for that) whether there is another.
    """
    attempt = await put()
    yield attempt
    if not worth_retrying(attempt):
        return
    trials = AsyncRetrying(
        stop=stop_after_attempt(attempts),
        wait=_wait,
        retry=retry_if_result(worth_retrying),
        sleep=sleep,
        retry_error_callback=lambda state: None,
    )
    async for trial in trials:
        # Not `with trial`, which would keep a cancellation to itself.
        if trial.retry_state.attempt_number == 1:
            trial.retry_state.set_result(attempt)
            continue
        if not await again():
            return
        attempt = await put()
        trial.retry_state.set_result(attempt)
        yield attempt


def worth_retrying(attempt: Attempt) -> bool:
    """Whether the next attempt may bring an answer.

    Yes: 408, 409, 425, 429, 5xx and faults of the connection. No: a refusal of the model's own call
    (new or sent back), a reply whose body began, a timeout (it was worked on and costs).
    """
    status = attempt.status
    if status in _PASSING or (status is not None and status >= 500):
        # The judge's words for it: what is a finding at once needs no second try.
        return not is_final(_error(attempt.body[:_LOOKED_AT]))
    return not attempt.chunks and bool(attempt.error and _CONNECTION_FAULT.match(attempt.error))


def _error(body: bytes) -> Json:
    """Return the JSON of an error's body, or its text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
