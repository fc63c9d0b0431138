"""The bytes of one connection, both ways, over asyncio's own transports."""

import asyncio
import re
import select
import socket
import ssl
from collections import deque
from typing import Any, cast

__all__ = ["Pipe", "connected"]

_MOST_WAITING = 2**18
"""Bytes that came and weren't read, from which on the server has to wait."""
_NEXT_ADDRESS_SECONDS = 0.25
"""Of a host with several addresses, the next is tried beside one that is silent (RFC 8305)."""
_ERRNO = re.compile(r"\[Errno (\d+)\]")


class Pipe(asyncio.Protocol):
    """Gives what came in the pieces in which it came. One at a time may read, or write."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._came: deque[bytes] = deque()
        self._waiting = 0
        self._paused = False
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._ended = False
        self._error: Exception | None = None

    @property
    def silent(self) -> bool:
        """Whether it is open, and nothing came that wasn't read."""
        return not self._came and not self._ended

    @property
    def heard_all(self) -> bool:
        """Whether it is silent, and the system holds nothing for it that the loop hasn't seen."""
        return self.silent and not _readable(self._transport.get_extra_info("socket").fileno())

    async def read(self) -> bytes:
        """Return the next piece, b"" at the end; raises OSError when the connection broke."""
        while self.silent:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        if not self._came:
            if self._error is not None:
                raise self._error
            return b""
        piece = self._came.popleft()
        self._waiting -= len(piece)
        if self._paused and self._waiting < _MOST_WAITING:
            self._paused = False
            self._transport.resume_reading()
        return piece

    async def write(self, data: bytes) -> None:
        """Send; return when most of it is on its way, or when the connection has ended."""
        self._transport.write(data)
        if self._room is not None:
            await self._room

    def close(self) -> None:
        """Close at once, whatever is under way."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio, as all that follow."""
        # uvloop's is one without being called so.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep a piece."""
        self._came.append(data)
        self._waiting += len(data)
        if self._waiting >= _MOST_WAITING and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        _tell(self._news)

    def eof_received(self) -> None:
        """The server says no more; asyncio then closes the connection."""
        self._ended = True
        _tell(self._news)

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed, by whomever."""
        self._ended = True
        self._error = error
        _tell(self._news)
        self.resume_writing()

    def pause_writing(self) -> None:
        """Too much wasn't taken yet."""
        self._room = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """There is room again."""
        _tell(self._room)
        self._room = None


def _readable(descriptor: int) -> bool:
    """Whether something came, or it was hung up."""
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([descriptor], [], [], 0)[0])
    looking = select.poll()
    looking.register(descriptor, select.POLLIN)
    return bool(looking.poll(0))


def _tell(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


async def connected(host: str, port: int, tls: ssl.SSLContext | None) -> Pipe:
    """Return a new connection; raises OSError that says what the system, or TLS, said."""
    loop = asyncio.get_running_loop()
    # uvloop tries one address after the other.
    eyeballs = isinstance(loop, asyncio.BaseEventLoop)
    delay: dict[str, Any] = {"happy_eyeballs_delay": _NEXT_ADDRESS_SECONDS} if eyeballs else {}
    try:
        _, pipe = await loop.create_connection(Pipe, host, port, ssl=tls, **delay)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _in_words(str(error)) from error
    return pipe


def _in_words(said: str) -> OSError:
    """Of several addresses asyncio makes one text without a number, of a hang-up in TLS none."""
    number = _ERRNO.search(said)
    return OSError(int(number[1]), said) if number else OSError(said or "TLS: the server hung up")
