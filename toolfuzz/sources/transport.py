"""A transport of httpx for those who ask one server one question at a time.

Requests, responses and errors are httpx's, and h11 reads the bytes, as it does beneath httpx
(https://www.python-httpx.org/advanced/transports/). What httpx brings has a pool, proxies and
locks for any kind of loop as well, and takes most of the time of a call to a fast server: a whole
run's asking process takes 3.0 times bare httpx's processor time with it, 2.5 with httpx-aiohttp
0.2.0, 2.1 with this. Of 27 ways to answer badly, httpx-aiohttp gives 14 another error than httpx,
eight of them none of httpx's.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable

import h11
import httpx

from toolfuzz.sources.pipe import Pipe, connected

__all__ = ["Transport"]

_MOST_HEADERS = 100 * 1024
"""Bytes of headers that are read at most, as beneath httpx."""
_NO_ANSWER = "Server disconnected without sending a response."
_PORTS = {"http": 80, "https": 443}

_Head = h11.Response | h11.InformationalResponse


class Transport(httpx.AsyncBaseTransport):
    """Keeps a connection for the next request, so many seconds long.

    Of a request's timeouts only ``connect`` is obeyed: whoever reads says how long an answer may
    take. Raises httpx's ConnectError, ConnectTimeout, LocalProtocolError, ReadError and
    RemoteProtocolError.
    """

    def __init__(self, tls: ssl.SSLContext, *, idle_seconds: float) -> None:
        self._tls = tls
        self._idle_seconds = idle_seconds
        self._kept: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the response once its headers are there."""
        connection = self._take(_origin(request.url)) or await self._connect(request)
        try:
            head = await connection.send(request)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(connection, self._keep),
        )

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        while self._kept:
            self._kept.pop().close()

    def _take(self, origin: tuple[str, str, int]) -> "_Connection | None":
        """Return a kept connection on which the server says nothing and that isn't too old."""
        while self._kept:
            connection = self._kept.pop()
            fresh = time.monotonic() - connection.used < self._idle_seconds
            if fresh and connection.origin == origin and connection.heard_all:
                return connection
            connection.close()
        return None

    def _keep(self, connection: "_Connection") -> None:
        if connection.ready_again():
            self._kept.append(connection)
        else:
            connection.close()

    async def _connect(self, request: httpx.Request) -> "_Connection":
        scheme, host, port = origin = _origin(request.url)
        seconds = request.extensions.get("timeout", {}).get("connect")
        try:
            async with asyncio.timeout(seconds):
                pipe = await connected(host, port, self._tls if scheme == "https" else None)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return _Connection(origin, pipe)


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    if url.scheme not in _PORTS:
        raise httpx.UnsupportedProtocol(f"{url.scheme!r} is neither http nor https")
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]


class _Connection:
    """A connection that carries one request after the other."""

    def __init__(self, origin: tuple[str, str, int], pipe: Pipe) -> None:
        self.origin = origin
        self.used = 0.0
        self._pipe = pipe
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEADERS)

    @property
    def heard_all(self) -> bool:
        return self._pipe.heard_all

    def close(self) -> None:
        self._pipe.close()

    def ready_again(self) -> bool:
        """Whether both sides are through, and nothing came that wasn't asked for."""
        http = self._http
        through = http.our_state is h11.DONE and http.their_state is h11.DONE
        if not through or http.trailing_data[0] or not self._pipe.silent:
            return False
        http.start_next_cycle()
        self.used = time.monotonic()
        return True

    async def send(self, request: httpx.Request) -> _Head:
        """Send a request whole; return the head of what is the answer to it."""
        content = await request.aread()
        try:
            asked = h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            )
            sent = [self._http.send(asked), content]
            self._http.send(h11.Data(data=content))
            self._http.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        await self._pipe.write(b"".join(filter(None, sent)))
        while True:
            head = await self._event()
            if isinstance(head, _Head) and (head.status_code >= 200 or head.status_code == 101):
                return head

    async def body(self) -> AsyncIterator[bytes]:
        """Give the pieces of the answer's body."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def _event(self) -> object:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                piece = await self._pipe.read()
                if not piece and self._http.their_state is h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError(_NO_ANSWER)
                self._http.receive_data(piece)
            return event
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error


class _Body(httpx.AsyncByteStream):
    def __init__(self, connection: _Connection, keep: Callable[[_Connection], None]) -> None:
        self._connection = connection
        self._keep = keep

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.body()

    async def aclose(self) -> None:
        self._keep(self._connection)
