"""Reading an answer of HTTP/1.1 (RFC 9112) from a connection, as h11 reads it.

Nearly all answers come plainly: a head of printable characters in one piece, then a body of a
length that was told, or in chunks. They are read here, in an eighth and a quarter of the time that
h11 takes. Where anything else comes h11 reads on, so what is odd, and what is said of it, is h11's.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import NamedTuple

import h11
import httpx

from toolfuzz.sources.pipe import Pipe

__all__ = ["MOST_HEADERS", "Reading"]

MOST_HEADERS = 100 * 1024
"""Bytes of headers that are read at most, as beneath httpx."""

_NO_ANSWER = "Server disconnected without sending a response."
_INCOMPLETE = "(incomplete chunked read)"
_WITHOUT_BODY = frozenset({204, 304})
_HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9][0-9])(?: [\t\x20-\x7e]*)?\r\n"
    rb"((?:[-!#$%&'*+.^_`|~0-9a-zA-Z]+:[\t\x20-\x7e]*\r\n)+)\r\n"
)
_LENGTH = re.compile(r"[0-9]{1,20}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})\r\n")
_LAST_CHUNK = re.compile(rb"0{1,16}\r\n\r\n")
_UNFINISHED = re.compile(rb"(?:[0-9a-fA-F]{0,16}\r?|0{1,16}\r\n\r?)\Z")
"""What may become the head of a chunk that is read here."""
_CHUNKS_FOLLOW = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
_IN_CHUNK = (b"1\r\n.",)
"""A chunk of which the line break behind it is still to come."""


class _Plain(NamedTuple):
    """A head that is read here, and where it ends; a body without a ``size`` comes in chunks."""

    status: int
    headers: dict[str, str]
    size: int | None
    closes: bool
    end: int


class Reading:
    """Reads the answer to one request; ``asked`` returns h11's connection on which that was sent.

    Once the body is read to its end, ``again`` says whether another request may follow. Raises
    httpx's ReadError and RemoteProtocolError.
    """

    def __init__(self, pipe: Pipe, asked: Callable[[], h11.Connection]) -> None:
        self._pipe = pipe
        self._asked = asked
        self.again = False

    async def answer(self) -> tuple[int, Mapping[str, str], AsyncIterator[bytes]]:
        """Return status, headers and the pieces of the body, once the head is there."""
        data = await self._piece()
        if (plain := _plain(data)) is None:
            return await self._odd(data)
        rest = data[plain.end :]
        if plain.size is None:
            body = self._chunks(rest, plain.closes)
        else:
            body = self._counted(rest, plain.size, plain.closes)
        return plain.status, plain.headers, body

    async def _piece(self) -> bytes:
        try:
            return await self._pipe.read()
        except OSError as error:
            raise httpx.ReadError(str(error)) from error

    async def _more(self, lacking: str) -> bytes:
        if not (piece := await self._piece()):
            raise _remote(f"peer closed connection without sending complete message body {lacking}")
        return piece

    async def _counted(self, rest: bytes, size: int, closes: bool) -> AsyncIterator[bytes]:
        left = size
        while left:
            rest = rest or await self._more(f"(received {size - left} bytes, expected {size})")
            piece, rest = rest[:left], rest[left:]
            left -= len(piece)
            yield piece
        self.again = not (closes or rest)

    async def _chunks(self, rest: bytes, closes: bool) -> AsyncIterator[bytes]:
        at = 0
        while not (last := _LAST_CHUNK.match(rest, at)):
            head = _CHUNK.match(rest, at)
            if head is None or not (left := int(head[1], 16)):
                rest, at = rest[at:], 0
                if _UNFINISHED.match(rest) and (more := await self._piece()):
                    rest += more
                    continue
                async for piece in self._odd_chunks(rest, closes):
                    yield piece
                return
            at = head.end()
            while left:
                if at == len(rest):
                    rest, at = await self._more(_INCOMPLETE), 0
                piece = rest[at : at + left]
                at += len(piece)
                left -= len(piece)
                yield piece
            if at == len(rest):
                rest, at = await self._more(_INCOMPLETE), 0
            if not rest.startswith(b"\r\n", at):
                async for piece in self._odd_chunks(rest[at:], closes, _IN_CHUNK):
                    yield piece
                return
            at += 2
        self.again = not closes and last.end() == len(rest)

    async def _odd_chunks(
        self, rest: bytes, closes: bool, before: tuple[bytes, ...] = ()
    ) -> AsyncIterator[bytes]:
        """Let h11 read on in the middle of a body, behind such pieces of ``before``."""
        http = self._asked()
        for read in (_CHUNKS_FOLLOW, *before):
            http.receive_data(read)
            await self._event(http)
        # None is the end of the connection, which came above.
        http.receive_data(rest)
        async for piece in self._pieces(http):
            yield piece
        self.again = self.again and not closes

    async def _odd(self, data: bytes) -> tuple[int, Mapping[str, str], AsyncIterator[bytes]]:
        http = self._asked()
        self._feed(http, data)
        while True:
            head = await self._event(http)
            if isinstance(head, h11.Response) or (
                isinstance(head, h11.InformationalResponse) and head.status_code == 101
            ):
                headers = httpx.Headers(head.headers.raw_items())
                return head.status_code, headers, self._pieces(http)

    async def _pieces(self, http: h11.Connection) -> AsyncIterator[bytes]:
        while isinstance(event := await self._event(http), h11.Data):
            yield bytes(event.data)
        through = http.our_state is h11.DONE and http.their_state is h11.DONE
        self.again = through and not http.trailing_data[0]

    async def _event(self, http: h11.Connection) -> object:
        try:
            while (event := http.next_event()) is h11.NEED_DATA:
                self._feed(http, await self._piece())
            return event
        except h11.RemoteProtocolError as error:
            raise _remote(str(error)) from error

    def _feed(self, http: h11.Connection, data: bytes) -> None:
        if not data and http.their_state is h11.SEND_RESPONSE:
            raise _remote(_NO_ANSWER)
        http.receive_data(data)


def _remote(said: str) -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError(said)


def _plain(data: bytes) -> _Plain | None:
    """Return the head that a piece begins with, None for one that h11 is to read."""
    found = _HEAD.match(data)
    if found is None or found.end() > MOST_HEADERS:
        return None
    headers: dict[str, str] = {}
    for line in found[2].decode("ascii").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    status = int(found[1])
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    closes = "close" in headers.get("connection", "").lower()
    if status in _WITHOUT_BODY or (length is None) == (coding is None):
        return None
    if length is None:
        return _Plain(status, headers, None, closes, found.end()) if coding == "chunked" else None
    if not _LENGTH.fullmatch(length):
        return None
    return _Plain(status, headers, int(length), closes, found.end())
