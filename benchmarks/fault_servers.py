"""How a server answers in the wire format in which it is asked: rightly, and in every wrong way."""

import asyncio
import json
import socket
import struct
import sys
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/security"))

from hostile_server import Answer, Asked, head, served

from toolfuzz.core.case import (
    Case,
    Expectation,
    ExpectedCall,
    JsonObject,
    Message,
    Tool,
    Turn,
)
from toolfuzz.formats.plan import Call
from toolfuzz.formats.writing import encode_body
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile

MIB = 2**20
ENDLESS = 10**9
PAUSE = 0.02
"""Seconds between the bytes of a server that takes its time."""

Spoil = Callable[[bytes], bytes]


TOOL = Tool("save", "Save it.", {"type": "object", "properties": {"n": {"type": "integer"}}})
CASE = Case(
    "generated",
    "echo",
    (),
    (TOOL,),
    (Turn((Message("user", "Save 7."),), Expectation("calls", (ExpectedCall("save", {"n": 7}),))),),
)
"""What is asked at every server."""
_CLEAN = check_profile("clean")
_MARK = "7770777"


def replied(asked: Asked, *arguments: str) -> bytes:
    """The body of a reply with a call for each text of arguments."""
    calls = [Call("save", {}, raw=text) for text in arguments]
    return served(asked, respond(asked.question, _CLEAN, "0", meaning=lambda ask: ("", calls)))


def right(asked: Asked) -> bytes:
    """The body of the right reply."""
    return replied(asked, '{"n":7}')


def content_type(asked: Asked) -> str:
    return asked.format.framing.content_type if asked.stream else "application/json"


def whole(
    asked: Asked, body: bytes, status: int = 200, length: int | None = None, **headers: str
) -> bytes:
    length = len(body) if length is None else length
    return head(status, length, **{"content_type": content_type(asked), **headers}) + body


def sends(make: Callable[[Asked], Iterable[bytes]], *, abort: bool = False) -> Answer:
    """Send pieces as fast as they are taken, then hang up (or reset the connection)."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        for piece in make(asked):
            writer.write(piece)
            await writer.drain()
        if abort:
            await asyncio.sleep(PAUSE)
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    return answer


def drips(make: Callable[[Asked], bytes], then: bytes = b"", times: int = 0) -> Answer:
    """Send what is made, then a piece again and again with pauses, then nothing more for long."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(make(asked))
        await writer.drain()
        for _ in range(times):
            await asyncio.sleep(PAUSE)
            writer.write(then)
            await writer.drain()
        await asyncio.sleep(60)

    return answer


def opening(asked: Asked, **headers: str) -> bytes:
    return head(200, **{"content_type": content_type(asked), **headers})


def flood(*first: bytes, unit: bytes, times: int = ENDLESS, **headers: str) -> Answer:
    def make(asked: Asked) -> Iterable[bytes]:
        yield opening(asked, **headers)
        yield from first
        for _ in range(times):
            yield unit

    return sends(make)


def storm(status: int, retry_after: str | None = None, *, failures: int = ENDLESS) -> Answer:
    """Refuse, so many times; then give the right reply."""
    before: dict[str, int] = {}

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        key = f"{asked.path} {asked.stream} {asked.headers.get('x-cell')}"
        before[key] = before.get(key, 0) + 1
        if before[key] > failures:
            writer.write(whole(asked, right(asked)))
            return
        named = {} if retry_after is None else {"retry_after": retry_after}
        body = json.dumps({"error": {"message": "later", "code": status}}).encode()
        writer.write(whole(asked, body, status, content_type="application/json", **named))

    return answer


def spoilt(spoil: Spoil, **headers: str) -> Answer:
    """Send the right reply, spoilt."""
    return sends(lambda asked: [whole(asked, spoil(right(asked)), **headers)])


def raw(make: Callable[[Asked], bytes]) -> Answer:
    return sends(lambda asked: [make(asked)])


def spelled(data: str | JsonObject) -> str:
    return data if isinstance(data, str) else encode_body(data).decode()


def of_arguments(make: Callable[[], str]) -> Answer:
    """Send a call with this JSON in its arguments; it holds no quotes and no backslashes."""
    return _with(make, "", [Call("save", {}, raw=f'{{"n":{_MARK}}}')])


def of_string(make: Callable[[], str]) -> Answer:
    """Send a call with a text of these characters where a number belongs."""
    return _with(make, "", [Call("save", {}, raw=f'{{"n":"{_MARK}"}}')])


def of_text(make: Callable[[], str]) -> Answer:
    """Say this, and call nothing."""
    return _with(make, _MARK, [])


def _with(make: Callable[[], str], text: str, calls: list[Call]) -> Answer:
    """Send a reply in which that stands in the place of the mark."""

    def body(asked: Asked) -> bytes:
        wire = respond(asked.question, _CLEAN, "0", meaning=lambda ask: (text, calls)).wire
        if not asked.stream:
            return encode_body(wire.body).replace(_MARK.encode(), make().encode())
        events = [(name, spelled(data).replace(_MARK, make())) for name, data in wire.events]
        return b"".join(asked.format.framing.join(events))

    return raw(lambda asked: whole(asked, body(asked)))


def same_again(asked: Asked) -> Iterable[bytes]:
    """The right reply over and over."""
    yield opening(asked)
    reply = right(asked)
    for _ in range(10**6):
        yield reply


def chunked(asked: Asked, body: bytes) -> bytes:
    size = f"{len(body):x}\r\n".encode()
    return opening(asked, transfer_encoding="chunked") + size + body + b"\r\n0\r\n\r\n"


@cache
def bomb() -> bytes:
    """64 MiB of blanks by gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b" " * MIB) for _ in range(64)), packer.flush()])


def middle(body: bytes) -> bytes:
    return body[: len(body) // 2]


def lines(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n")
