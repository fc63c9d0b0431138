"""Asking one server over HTTP/1.1, one question at a time on each connection.

What httpx brings for that has a pool, proxies and locks for any kind of loop as well, and takes
most of the time of a call to a fast server. Of 27 ways to answer badly, httpx-aiohttp 0.2.0 gives
14 another error than httpx, eight of them none of httpx's; here each is the same.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from types import TracebackType
from typing import Self

import h11
import httpx

from toolfuzz.sources.answer import Answer
from toolfuzz.sources.pipe import Pipe, connected
from toolfuzz.sources.reading import MOST_HEADERS, Reading

__all__ = ["Headers", "Transport"]

Headers = tuple[tuple[bytes, bytes], ...]

_PORTS = {"http": 80, "https": 443}


class Transport:
    """Posts to the server of ``url`` (an async context manager).

    A connection is kept for the next question, ``idle_seconds`` long; making one may take
    ``connect_seconds``. How long an answer may take says whoever reads it. Raises httpx's
    ConnectError, ConnectTimeout, LocalProtocolError, ReadError, RemoteProtocolError and
    UnsupportedProtocol. ``tls`` is called for https alone.
    """

    def __init__(
        self,
        url: httpx.URL,
        tls: Callable[[], ssl.SSLContext],
        *,
        idle_seconds: float,
        connect_seconds: float | None = None,
    ) -> None:
        self._url = url
        self._tls = tls
        self._idle_seconds = idle_seconds
        self._connect_seconds = connect_seconds
        self._kept: list[tuple[Pipe, float]] = []

    async def post(self, target: bytes, headers: Headers, content: bytes) -> Answer:
        """Send a question whole; return the answer once its head is there.

        ``target`` is path and query; ``headers`` have a ``host``, but no length.
        """
        head = _written(target, headers)
        pipe = self._take() or await self._connect()
        reading = Reading(pipe, partial(_asked, target, headers))
        try:
            await pipe.write(head.of(content))
            status, told, pieces = await reading.answer()
        except BaseException:
            pipe.close()
            raise

        async def close() -> None:
            if reading.again and head.again and pipe.silent:
                self._kept.append((pipe, time.monotonic()))
            else:
                pipe.close()

        return Answer(status, told, pieces, close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._kept:
            self._kept.pop()[0].close()

    def _take(self) -> Pipe | None:
        """Return a kept connection on which the server says nothing and that isn't too old."""
        while self._kept:
            pipe, used = self._kept.pop()
            if time.monotonic() - used < self._idle_seconds and pipe.heard_all:
                return pipe
            pipe.close()
        return None

    async def _connect(self) -> Pipe:
        url = self._url
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"{url.scheme!r} is neither http nor https")
        host, port = url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
        tls = self._tls() if url.scheme == "https" else None
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await connected(host, port, tls)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Head:
    """A request's head but for the length of what it asks; ``again``: another may follow."""

    start: bytes
    again: bool

    def of(self, content: bytes) -> bytes:
        return b"%b%d\r\n\r\n%b" % (self.start, len(content), content)


_LENGTH_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
_LENGTH = b"0\r\n\r\n"


@lru_cache(maxsize=64)
def _written(target: bytes, headers: Headers) -> _Head:
    """Write a head, once for all questions that have it; h11 says what may not stand there."""
    if told := _LENGTH_HEADERS.intersection(name.lower() for name, _ in headers):
        raise httpx.LocalProtocolError(f"{min(told)!r} is not for a header of one's own to say")
    http = h11.Connection(h11.CLIENT)
    try:
        head = http.send(_request(target, headers))
        http.send(h11.EndOfMessage())
    except h11.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error)) from error
    assert head is not None and head.endswith(b"content-length: " + _LENGTH)
    return _Head(head.removesuffix(_LENGTH), http.our_state is h11.DONE)


def _asked(target: bytes, headers: Headers) -> h11.Connection:
    """Return h11's side of a connection on which this has been asked."""
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADERS)
    http.send(_request(target, headers))
    http.send(h11.EndOfMessage())
    return http


def _request(target: bytes, headers: Headers) -> h11.Request:
    told = [*headers, (b"content-length", b"0")]
    return h11.Request(method=b"POST", target=target, headers=told)
