"""What a server can do wrong, each kind in the wire format in which it is asked.

``KINDS`` maps a name to a Kind: how the server answers, and what must be made of it.
"""

import asyncio
import gzip
import json
import socket
import struct
import sys
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import formatdate
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

__all__ = ["CASE", "KINDS", "Kind", "respond_as"]

MIB = 2**20
ENDLESS = 10**9
PAUSE = 0.02
"""Seconds between the bytes of a server that takes its time."""

Spoil = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """``answer`` is what the server does; ``expect`` a pattern of the verdict.

    A verdict is ``pass``, ``fail`` with the defects, or ``unjudged`` with the reason. ``streams``:
    whether it is a fault of streams alone (None: of both).
    """

    answer: Answer
    expect: str
    streams: bool | None = None
    events: bool = False
    """Whether it is a fault of server-sent events, which binary messages can't have."""


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

    def body(asked: Asked) -> bytes:
        calls = [Call("save", {}, raw=f'{{"n":{_MARK}}}')]
        wire = respond(asked.question, _CLEAN, "0", meaning=lambda ask: ("", calls)).wire
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


_CONNECTION = "unjudged transport: (ReadError|RemoteProtocolError)"
_TIMEOUT = "unjudged transport: Timeout: "
_TOO_LARGE = "unjudged transport: BodyTooLarge: more than "
_ENCODING = "unjudged transport: EncodingError: "
_PAGE = b"<!doctype html><html><body>502 Bad Gateway</body></html>"
_ERROR = b'{"error":{"message":"the model crashed","type":"server_error","code":500}}'

_HTTP: dict[str, Kind] = {
    "reset before headers": Kind(sends(lambda asked: [], abort=True), _CONNECTION),
    "hang-up before headers": Kind(sends(lambda asked: []), _CONNECTION),
    "reset inside headers": Kind(
        sends(lambda asked: [opening(asked)[:30]], abort=True), _CONNECTION
    ),
    "hang-up inside headers": Kind(raw(lambda asked: opening(asked)[:30]), _CONNECTION),
    "reset inside body": Kind(
        sends(lambda asked: [opening(asked), middle(right(asked))], abort=True), _CONNECTION
    ),
    "hang-up inside body": Kind(raw(lambda asked: whole(asked, right(asked))[:-9]), _CONNECTION),
    "silence": Kind(drips(lambda asked: b""), f"{_TIMEOUT}not a byte"),
    "slow headers": Kind(drips(lambda asked: opening(asked)[:-4], b"x", 999), f"{_TIMEOUT}not a"),
    "byte after byte": Kind(drips(opening, b" ", 999), f"{_TIMEOUT}no end of the reply"),
    "stalled body": Kind(
        drips(lambda asked: opening(asked) + middle(right(asked))), f"{_TIMEOUT}not a further byte"
    ),
    "endless body": Kind(flood(unit=b"x" * 65536), _TOO_LARGE),
    "endless newlines": Kind(flood(unit=b"\n" * 65536), _TOO_LARGE),
    "endless events": Kind(flood(unit=b"data: {}\n\n" * 6000), _TOO_LARGE, True, events=True),
    "endless comments": Kind(flood(unit=b": ping\n\n" * 8000), _TOO_LARGE, True, events=True),
    "truncated chunks": Kind(raw(lambda asked: chunked(asked, right(asked))[:-20]), _CONNECTION),
    "wrong chunk size": Kind(
        raw(lambda asked: opening(asked, transfer_encoding="chunked") + b"zz\r\nabc\r\n"),
        _CONNECTION,
    ),
    "length too long": Kind(
        raw(lambda asked: whole(asked, right(asked), length=len(right(asked)) + 9)), _CONNECTION
    ),
    "length too short": Kind(
        raw(lambda asked: whole(asked, right(asked), length=len(right(asked)) // 2)), "fail "
    ),
    "lengths that differ": Kind(
        raw(lambda asked: head(200, 5).replace(b"\r\n\r\n", b"\r\ncontent-length: 6\r\n\r\n")),
        _CONNECTION,
    ),
    "no gzip": Kind(spoilt(lambda body: body, content_encoding="gzip"), _ENCODING),
    "gzip cut off": Kind(
        spoilt(lambda body: gzip.compress(body)[:-9], content_encoding="gzip"), _ENCODING
    ),
    "gzip": Kind(spoilt(gzip.compress, content_encoding="gzip"), "pass"),
    "gzip bomb": Kind(spoilt(lambda body: bomb(), content_encoding="gzip"), _TOO_LARGE),
    "gzip in gzip": Kind(
        spoilt(lambda body: gzip.compress(bomb()), content_encoding="gzip, gzip"), _ENCODING
    ),
    "unknown encoding": Kind(spoilt(lambda body: body, content_encoding="br"), _ENCODING),
    "body of 1 GB": Kind(
        sends(lambda asked: [head(200, 10**9), *(b"x" * 65536 for _ in range(15259))]), _TOO_LARGE
    ),
    "header of 10 MB": Kind(
        sends(lambda asked: [b"HTTP/1.1 200 OK\r\nx: ", *(b"x" * 65536 for _ in range(160))]),
        _CONNECTION,
    ),
    "many headers": Kind(
        sends(lambda asked: [b"HTTP/1.1 200 OK\r\n", *(b"x-a: b\r\n" * 9000 for _ in range(20))]),
        _CONNECTION,
    ),
    "1xx before": Kind(
        raw(
            lambda asked: (
                b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
                + whole(asked, right(asked))
            )
        ),
        "pass",
    ),
    "1xx without end": Kind(
        drips(lambda asked: b"", b"HTTP/1.1 102 Processing\r\n\r\n", 999), f"{_TIMEOUT}not a byte"
    ),
    "HTTP/1.0": Kind(raw(lambda asked: b"HTTP/1.0 200 OK\r\n\r\n" + right(asked)), "pass"),
    "no HTTP": Kind(raw(lambda asked: b"SSH-2.0-OpenSSH_9.6\r\n"), _CONNECTION),
    "no UTF-8": Kind(spoilt(lambda body: b"\xff\xfe\x80" + body), "fail .*wire-malformed"),
    "a web page with 200": Kind(
        raw(lambda asked: whole(asked, _PAGE, content_type="text/html")), "fail .*wire-malformed"
    ),
    "nothing with 200": Kind(spoilt(lambda body: b""), "fail .*wire-malformed"),
    "an error with 200": Kind(spoilt(lambda body: _ERROR), "(unjudged error under HTTP 200|fail )"),
    "redirect to itself": Kind(
        raw(lambda asked: whole(asked, b"", 302, location=asked.path)), "unjudged HTTP 302"
    ),
    "redirect elsewhere": Kind(
        raw(lambda asked: whole(asked, b"", 307, location="http://else.invalid/")),
        "unjudged HTTP 307",
    ),
}

# What the limit of a reply lets through is judged.
_LONG = f"fail |{_TOO_LARGE}"
_MANY = f"unjudged (judging|transport): TooMany|{_TOO_LARGE}"

_RETRY_AFTER = {
    "seconds": "0",
    "date": formatdate(0, usegmt=True),
    "huge": "9" * 400,
    "negative": "-5",
    "garbage": "soon\t\x7f",
}
_STORMS = {
    **{
        f"{status} for ever": Kind(storm(status), f"unjudged HTTP {status}")
        for status in (408, 409, 425, 429, 500, 502, 503, 504, 529)
    },
    **{
        f"429 twice, Retry-After: {name}": Kind(storm(429, value, failures=2), "pass")
        for name, value in _RETRY_AFTER.items()
    },
    "400 with 3 MB": Kind(
        sends(lambda asked: [head(400), *(b"x" * 65536 for _ in range(48))]),
        f"{_TOO_LARGE}.* of an HTTP 400",
    ),
}

# Gemini's own clients break at them.
_BUT_GEMINI = "pass|fail envelope-nonstandard"
_EVENTS = {
    "lines end in CR": Kind(spoilt(lambda body: lines(body).replace(b"\n", b"\r")), "pass"),
    "lines end in CRLF": Kind(spoilt(lambda body: lines(body).replace(b"\n", b"\r\n")), "pass"),
    "comments": Kind(spoilt(lambda body: b": hello\n\n" + body), _BUT_GEMINI),
    "byte order mark": Kind(spoilt(lambda body: b"\xef\xbb\xbf" + body), _BUT_GEMINI),
    "data in several lines": Kind(
        spoilt(lambda body: lines(body).replace(b"data: {", b"data: {\ndata: ")), "pass"
    ),
    "no last blank line": Kind(spoilt(lambda body: body.rstrip()), "pass"),
    "events after the end": Kind(spoilt(lambda body: body + b"data: {}\n\n" * 3), "pass"),
}

_CONTENT = {
    "nested 100,000 deep": Kind(of_arguments(lambda: "[" * 10**5 + "]" * 10**5), "fail "),
    "a number of 10^6 digits": Kind(of_arguments(lambda: "9" * 10**6), _LONG),
    "broken arguments": Kind(of_arguments(lambda: "x True " * 10**5), _LONG),
    "300,000 values": Kind(of_arguments(lambda: f"[{'0,' * 3 * 10**5}0]"), _MANY),
    "arguments of 50 MB": Kind(of_arguments(lambda: "x" * 50 * MIB), _TOO_LARGE),
    "12,000 calls": Kind(
        raw(lambda asked: whole(asked, replied(asked, *['{"n":7}'] * 12_000))), _MANY
    ),
    "a million calls": Kind(sends(same_again), _TOO_LARGE),
}

KINDS: dict[str, Kind] = {
    **_HTTP,
    **_STORMS,
    **{name: Kind(kind.answer, kind.expect, True, events=True) for name, kind in _EVENTS.items()},
    **_CONTENT,
}


async def respond_as(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer as the header x-cell says."""
    await KINDS[asked.headers["x-cell"]].answer(asked, writer)
