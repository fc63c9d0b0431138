"""Raw HTTP: every attempt is captured as it happened, retries are made here and nowhere else.

Bodies are kept as read (``accept-encoding: identity``), except that a secret which the server
sends back is masked, byte for byte. Redirects are not followed: they would carry the key along.
"""

import asyncio
import json
import os
import re
import ssl
import time
from collections.abc import Mapping
from contextlib import nullcontext
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_exponential_jitter,
)

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request, WireFormat
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.reachability import reachable
from toolfuzz.sources.redaction import Redaction
from toolfuzz.sources.registry import Endpoint

__all__ = ["Client", "encode_body", "reachable"]

MAX_BODY_BYTES = 64 * 2**20
MAX_RETRY_AFTER = 60.0
CONNECT_SECONDS = 10.0

_CARRIED = re.compile(r"[\t\x20-\x7e]*")
_backoff = wait_exponential_jitter(max=20.0)


class Client:
    """Puts request bodies to one endpoint; an async context manager.

    ``timeout`` is in seconds and bounds a whole attempt, also one whose bytes keep trickling.
    ``attempts`` is how often a question is put at most. Each client has an ``httpx.AsyncClient``
    of its own: one pool shared by 64 workers is slower than 64 pools.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        format: WireFormat,
        *,
        key: str | None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 120.0,
        attempts: int = 4,
        pacer: Pacer | None = None,
    ) -> None:
        given = {**endpoint.headers, **(headers or {})}
        own = {name.lower(): value for name, value in given.items()}
        if not all(_CARRIED.fullmatch(value) for value in own.values()):
            raise UsageError("a header holds characters that HTTP can't carry")
        self.endpoint = endpoint
        self.format = format
        self._base = httpx.URL(endpoint.base_url)
        self._urls: dict[str, httpx.URL] = {}
        self._key = key
        self._redaction = Redaction(key, own)
        self._timeout = timeout
        self._pacer = pacer
        self._retrying = AsyncRetrying(
            sleep=_sleep,
            stop=stop_after_attempt(attempts),
            wait=_pause,
            retry=retry_if_result(_worth_retrying),
            retry_error_callback=_last_result,
        )
        self._headers = httpx.Headers(
            {
                "accept": "*/*",
                "accept-encoding": "identity",
                "content-type": "application/json",
                "host": self._base.netloc.decode("ascii"),
                "user-agent": "toolfuzz",
                **format.headers(key),
                **own,
            }
        )
        limits = httpx.Timeout(None, connect=min(timeout, CONNECT_SECONDS))
        self._http = httpx.AsyncClient(timeout=limits, verify=_tls())
        self._extensions = {"timeout": limits.as_dict()}

    async def __aenter__(self) -> "Client":
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    def url(self, path: str) -> str:
        """Return the full address of a request's path."""
        return self.endpoint.base_url + path

    async def ask(self, request: Request) -> tuple[Attempt, ...]:
        """Put the question until an answer comes that can be judged; return every attempt.

        Put again: 408, 409, 429, 5xx and faults of the connection. Not put again: a refusal of
        the model's own call, a reply whose body began, a timeout (it was worked on and costs).
        """
        content = encode_body(request.body)
        first = await self._attempt(request.path, content)
        if not _worth_retrying(first):
            return (first,)
        attempts: list[Attempt] = []

        async def put() -> Attempt:
            attempts.append(await self._attempt(request.path, content) if attempts else first)
            return attempts[-1]

        await self._retrying.copy()(put)
        return tuple(attempts)

    async def ask_once(self, request: Request) -> Attempt:
        """Put the question once."""
        return await self._attempt(request.path, encode_body(request.body))

    async def _attempt(self, path: str, content: bytes) -> Attempt:
        async with self._pacer or nullcontext():
            attempt = await self._exchange(path, content)
            if self._pacer and attempt.status == 429:
                self._pacer.rate_limited()
        return attempt

    def _request(self, path: str, content: bytes) -> httpx.Request:
        """Return what is sent; a format that signs signs the very bytes, at the last moment."""
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = httpx.URL(self.url(path))
        headers = self._headers
        if self.format.sign is not None:
            headers = headers.copy()
            headers.update(self.format.sign(str(url), content, self._key))
        return httpx.Request(
            "POST", url, headers=headers, content=content, extensions=self._extensions
        )

    async def _exchange(self, path: str, content: bytes) -> Attempt:
        request = self._request(path, content)
        response: httpx.Response | None = None
        chunks: list[tuple[float, bytes]] = []
        error: str | None = None
        size = 0
        started, begin = time.time(), time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._http.send(request, stream=True)
                async for chunk in response.aiter_bytes():
                    chunks.append(((time.perf_counter() - begin) * 1000, chunk))
                    size += len(chunk)
                    if size > MAX_BODY_BYTES:
                        error = f"BodyTooLarge: more than {MAX_BODY_BYTES >> 20} MiB"
                        break
        except TimeoutError:
            error = f"Timeout: no whole reply within {self._timeout:g} s"
        except httpx.HTTPError as fault:
            error = f"{type(fault).__name__}: {_root_cause(fault)}"
        finally:
            if response is not None:
                await response.aclose()
        total = (time.perf_counter() - begin) * 1000
        headers = response.headers if response is not None else httpx.Headers()
        return Attempt(
            started=started,
            first_byte_ms=chunks[0][0] if chunks else None,
            total_ms=total,
            status=response.status_code if response is not None else None,
            headers=self._redaction.headers(headers),
            chunks=self._redaction.chunks(chunks),
            error=error and self._redaction.text(error),
            retry_after=_retry_after(headers),
        )


def encode_body(body: JsonObject) -> bytes:
    """Write a request body as compact JSON; lone surrogates, which UTF-8 lacks, are escaped."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


# --- when to put a question again

_REFUSED_CALL = re.compile(
    rb"tool_use_failed|failed_generation|MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL"
)
_CONNECTION_FAULT = re.compile(
    r"(Connect|Read|Write|Close)Error|ConnectTimeout|ProxyError|RemoteProtocolError"
)


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


def _worth_retrying(attempt: Attempt) -> bool:
    status = attempt.status
    if status in (408, 409, 429) or (status is not None and status >= 500):
        return not _REFUSED_CALL.search(attempt.body)
    return not attempt.chunks and bool(attempt.error and _CONNECTION_FAULT.match(attempt.error))


def _pause(state: RetryCallState) -> float:
    attempt: Attempt | None = state.outcome.result() if state.outcome else None
    if attempt and attempt.retry_after is not None:
        return min(attempt.retry_after, MAX_RETRY_AFTER)
    return _backoff(state)


def _last_result(state: RetryCallState) -> Attempt | None:
    attempt: Attempt | None = state.outcome.result() if state.outcome else None
    return attempt


def _retry_after(headers: httpx.Headers) -> float | None:
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


@cache
def _tls() -> ssl.SSLContext:
    """Return the one TLS context: making it reads all certificates and takes a while."""
    return httpx.create_ssl_context()
