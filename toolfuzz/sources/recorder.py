"""A proxy that records: an ASGI application between a client and its endpoint.

What passes is neither buffered nor changed, byte for byte; what was seen is handed on when an
exchange has ended, so that nothing that happens to it there can hold up or break the traffic.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from toolfuzz.core.exchange import Attempt
from toolfuzz.core.inflate import EncodingError, inflater, understood
from toolfuzz.core.sizes import MAX_REPLY, size_text
from toolfuzz.sources.redaction import kept_headers

__all__ = ["Recorder", "Seen"]

MOST_REQUEST = 32 * 2**20
"""Bytes of a request that are looked at; a longer one passes unseen."""

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that are meant for the next server alone (RFC 9110, 7.6.1)."""

_ACCEPTS = b"accept-encoding"


@dataclass(frozen=True, slots=True)
class Seen:
    """An exchange that passed: the request with its headers, and what came back.

    ``path`` is the request's with its query. ``body`` and ``attempt`` are without their content
    encodings; ``unread`` says why the request's can't be undone. The attempt's ``error`` says when
    it broke off. ``headers`` hold credentials and are for masking alone.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    attempt: Attempt
    unread: str = ""


@dataclass(slots=True)
class Recorder:
    """The proxy. ``upstream`` is the endpoint's origin (``https://host``); ``saw`` must not block.

    A response that is longer than is kept of one passes whole; its record says that it is cut.
    """

    http: httpx.AsyncClient
    upstream: str
    saw: Callable[[Seen], None]
    under_way: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its response back.

        A WebSocket, which the server must hand on as HTTP, is refused with the status at which
        clients take HTTP at once.
        """
        if scope["type"] != "http":
            return
        if any(n == b"upgrade" and v.lower() == b"websocket" for n, v in scope["headers"]):
            refused = PlainTextResponse("toolfuzz observe: HTTP alone passes\n", 426)
            await refused(scope, receive, send)
            return
        self.under_way += 1
        try:
            await self._pass(Request(scope, receive), scope, receive, send)
        finally:
            self.under_way -= 1

    async def _pass(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        taking = _Taking()
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # As sent: what was escaped in the path must stay so.
        raw_path = scope.get("raw_path", path.encode()) + (
            b"?" + scope["query_string"] if scope.get("query_string") else b""
        )
        headers = [
            (name, understood(value.decode("latin-1")).encode() if name == _ACCEPTS else value)
            for name, value in scope["headers"]
            if name.decode("latin-1") not in _HOP_BY_HOP
        ]
        started, begin = time.time(), time.perf_counter()
        kept = _Kept(begin)
        response: httpx.Response | None = None
        try:
            asked = self.http.build_request(
                request.method,
                httpx.URL(self.upstream).copy_with(raw_path=raw_path),
                headers=headers,
                content=taking.each(request.stream()) if _has_body(headers) else None,
            )
            response = await self.http.send(asked, stream=True)
            async with _while_connected(receive):
                await send(_head(response))
                async for chunk in response.aiter_raw():
                    kept.take(chunk)
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except _HungUpError:
            kept.error = "the client hung up"
        except ClientDisconnect:
            kept.error = "the client hung up while it sent its request"
        except (httpx.HTTPError, httpx.StreamError) as fault:
            kept.error = f"{type(fault).__name__}: {fault}"
            if response is None:
                answer = PlainTextResponse(f"toolfuzz observe: no answer: {kept.error}\n", 502)
                await answer(scope, receive, send)
            else:
                raise  # the server closes the connection: the client must see that it broke off
        except asyncio.CancelledError:
            kept.error = "the recorder was stopped"
            raise
        finally:
            if response is not None:
                with suppress(httpx.HTTPError):
                    await response.aclose()
            if taking.whole:
                attempt = kept.attempt(started, response)
                told = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
                body, unread = _read(bytes(taking.body), told.get("content-encoding", ""))
                self.saw(Seen(request.method, path, told, body, attempt, unread))


class _HungUpError(Exception):
    """The client is gone; nobody waits for the rest."""


@asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[None]:
    """Do what is inside until the client hangs up; then raises _HungUpError.

    A server sends on into nothing without a word, and an endpoint would go on being paid.
    """
    task = asyncio.current_task()
    assert task is not None
    gone = False

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not gone:
            raise
        task.uncancel()
        raise _HungUpError from None
    finally:
        watching.cancel()


class _Taking:
    """Keeps a request's body while it passes; ``whole`` is False once it is too long for that."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.whole = True

    async def each(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            if len(self.body) + len(chunk) > MOST_REQUEST:
                self.whole = False
                self.body.clear()
            if self.whole:
                self.body += chunk
            yield chunk


class _Kept:
    """The chunks of a response with their times, up to the most that is kept."""

    def __init__(self, begin: float) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        self.error: str | None = None
        self._begin = begin
        self._size = 0

    def take(self, chunk: bytes) -> None:
        if self._size <= MAX_REPLY:
            self.chunks.append(((time.perf_counter() - self._begin) * 1000, chunk))
        self._size += len(chunk)

    def attempt(self, started: float, response: httpx.Response | None) -> Attempt:
        total = (time.perf_counter() - self._begin) * 1000
        chunks, error = self.chunks, self.error
        if self._size > MAX_REPLY:
            error = f"BodyTooLarge: more than {size_text(MAX_REPLY)}"
        headers = response.headers if response is not None else httpx.Headers()
        try:
            chunks = list(_inflated(chunks, headers.get("content-encoding", "")))
        except EncodingError as fault:
            error = error or f"EncodingError: {fault}"
        return Attempt(
            started=started,
            first_byte_ms=chunks[0][0] if chunks else None,
            total_ms=total,
            status=response.status_code if response is not None else None,
            headers=kept_headers(headers),
            chunks=tuple(chunks),
            error=error,
        )


def _read(body: bytes, content_encoding: str) -> tuple[bytes, str]:
    """Return a request's body without its content encoding, else as it is, and why."""
    try:
        return b"".join(piece for _, piece in _inflated([(0.0, body)], content_encoding)), ""
    except EncodingError as fault:
        return body, str(fault)


def _inflated(chunks: Iterable[tuple[float, bytes]], name: str) -> Iterable[tuple[float, bytes]]:
    inflating = inflater(name)
    size, last = 0, 0.0
    for ms, chunk in chunks:
        last = ms
        for piece in inflating.feed(chunk):
            size += len(piece)
            if size > MAX_REPLY:
                raise EncodingError(f"it inflates to more than {size_text(MAX_REPLY)}")
            yield ms, piece
    yield from ((last, piece) for piece in inflating.finish())


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in headers)


def _head(response: httpx.Response) -> dict[str, object]:
    headers = [
        (name.lower(), value)
        for name, value in response.headers.raw
        if name.lower().decode("latin-1") not in _HOP_BY_HOP
    ]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}
