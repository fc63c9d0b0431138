"""One HTTP exchange, captured as it happened.

Bodies are kept as read; secrets that the server sends back are masked later (``redaction``).
Redirects are not followed: they would carry the key along.
"""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from itertools import zip_longest

import httpx

from toolfuzz.core.exchange import Attempt
from toolfuzz.core.inflate import EncodingError, Inflater, inflater
from toolfuzz.core.sizes import MAX_REPLY, size_text
from toolfuzz.sources.answer import Answer
from toolfuzz.sources.redaction import kept_headers
from toolfuzz.sources.silence import Silence

__all__ = ["MAX_CHUNKS", "MAX_ERROR_BYTES", "WHOLE", "capture"]

WHOLE = 5
"""A reply whose bytes keep coming ends after so many times the timeout."""
MAX_ERROR_BYTES = 2**20
"""Of an HTTP error, and of a body that is too large, so much is kept: words to read."""
MAX_CHUNKS = 50_000
"""Of a body in more pieces, neighbours count as one: a byte by itself costs a hundred."""


async def capture(
    send: Callable[[], Awaitable[Answer]],
    *,
    timeout: float,
    most: int = MAX_REPLY,
) -> Attempt:
    """Send a request and return what came, whatever it was.

    ``timeout`` is in seconds without a byte, from the sending of the request on: until the first
    byte (of a plain reply that is all the time a model takes), and between any two. Bytes that keep
    trickling have WHOLE times as long. More than ``most`` bytes of a body are not read, of an HTTP
    error's not more than MAX_ERROR_BYTES. A body that is larger is judged by nobody: its beginning
    is kept.
    """
    answer: Answer | None = None
    chunks: list[tuple[float, bytes]] = []
    error: str | None = None
    size = 0
    started, begin = time.time(), time.perf_counter()
    try:
        async with Silence(timeout, WHOLE * timeout) as silence:
            answer = await send()
            said = ""
            if answer.status >= 400:
                most = min(most, MAX_ERROR_BYTES)
                said = f" of an HTTP {answer.status}"
            async for chunk in _decoded(answer):
                chunks.append(((time.perf_counter() - begin) * 1000, chunk[: most - size]))
                size += len(chunk)
                silence.heard()
                if size > most:
                    error = f"BodyTooLarge: more than {size_text(most)}{said}"
                    break
                if len(chunks) > MAX_CHUNKS:
                    chunks = _coarser(chunks)
    except TimeoutError:
        error = f"Timeout: {_waited(timeout, chunks, time.perf_counter() - begin)}"
    except EncodingError as fault:
        error = f"EncodingError: {fault}"
    except httpx.HTTPError as fault:
        error = f"{type(fault).__name__}: {_root_cause(fault)}"
    finally:
        if answer is not None:
            await answer.close()
    if size > most:
        chunks = _beginning(chunks, min(most, MAX_ERROR_BYTES))
    total = (time.perf_counter() - begin) * 1000
    headers = answer.headers if answer is not None else {}
    return Attempt(
        started=started,
        first_byte_ms=chunks[0][0] if chunks else None,
        total_ms=total,
        status=answer.status if answer is not None else None,
        headers=kept_headers(headers),
        chunks=tuple(chunks),
        error=error,
        retry_after=_retry_after(headers),
    )


def _waited(timeout: float, chunks: list[tuple[float, bytes]], seconds: float) -> str:
    if seconds >= WHOLE * timeout:
        return f"no end of the reply within {WHOLE * timeout:g} s"
    return f"not a {'further ' if chunks else ''}byte within {timeout:g} s"


def _coarser(chunks: list[tuple[float, bytes]]) -> list[tuple[float, bytes]]:
    """Join each chunk of an even place with its neighbour."""
    pairs = zip_longest(chunks[::2], chunks[1::2], fillvalue=(0.0, b""))
    return [(ms, one + other) for (ms, one), (_, other) in pairs]


def _beginning(chunks: list[tuple[float, bytes]], most: int) -> list[tuple[float, bytes]]:
    kept: list[tuple[float, bytes]] = []
    for ms, chunk in chunks:
        if most <= 0:
            break
        kept.append((ms, chunk[:most]))
        most -= len(chunk)
    return kept


def _decoded(answer: Answer) -> AsyncIterator[bytes]:
    encoding = answer.headers.get("content-encoding")
    return _inflated(answer.pieces, inflater(encoding)) if encoding else answer.pieces


async def _inflated(pieces: AsyncIterator[bytes], inflating: Inflater) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for inflated in inflating.feed(piece):
            yield inflated
    for inflated in inflating.finish():
        yield inflated


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return seconds to wait (RFC 9110, 10.2.3: a number or a date), None when not said."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if seconds < float("inf") else None


def _root_cause(fault: BaseException) -> str:
    """Say what the operating system or TLS said; httpx's own words only when they said nothing."""
    said = str(fault)
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, OSError) and cause.errno is not None:
            # asyncio words a refused connection without the word "refused".
            refused = isinstance(cause, ConnectionError)
            said = os.strerror(cause.errno) if refused else str(cause)
        cause = cause.__cause__ or cause.__context__
    return said
