"""What a server can do wrong, each kind in the wire format in which it is asked.

``KINDS`` maps a name to a Kind: how the server answers, and what must be made of it.
"""

import asyncio
import gzip
from dataclasses import dataclass
from email.utils import formatdate

from fault_servers import (
    MIB,
    bomb,
    chunked,
    drips,
    flood,
    lines,
    middle,
    of_arguments,
    of_string,
    of_text,
    opening,
    raw,
    replied,
    right,
    same_again,
    sends,
    spoilt,
    storm,
    whole,
)
from hostile_server import Answer, Asked, head

__all__ = ["KINDS", "Kind", "respond_as"]


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
    "silence": Kind(drips(lambda asked: b""), _TIMEOUT),
    "slow headers": Kind(drips(lambda asked: opening(asked)[:-4], b"x", 999), _TIMEOUT),
    "byte after byte": Kind(drips(opening, b" ", 999), _TIMEOUT),
    "stalled body": Kind(drips(lambda asked: opening(asked) + middle(right(asked))), _TIMEOUT),
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
        drips(lambda asked: b"", b"HTTP/1.1 102 Processing\r\n\r\n", 999), _TIMEOUT
    ),
    "HTTP/1.0": Kind(raw(lambda asked: b"HTTP/1.0 200 OK\r\n\r\n" + right(asked)), "pass"),
    "no HTTP": Kind(raw(lambda asked: b"SSH-2.0-OpenSSH_9.6\r\n"), _CONNECTION),
    "no UTF-8": Kind(spoilt(lambda body: b"\xff\xfe\x80" + body), "fail .*wire-malformed"),
    "a web page with 200": Kind(
        raw(lambda asked: whole(asked, _PAGE, content_type="text/html")), "fail .*wire-malformed"
    ),
    "nothing with 200": Kind(spoilt(lambda body: b""), "fail .*wire-malformed"),
    "an error with 200": Kind(
        spoilt(lambda body: _ERROR), "(unjudged error( 500)? under HTTP 200|fail )"
    ),
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
_WIDE = f"unjudged (judging|transport): TooWide|{_TOO_LARGE}"
_MANY = f"unjudged (judging|transport): TooMany|{_TOO_LARGE}|unjudged cut off by the token limit"

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

# Where an event ends the stream, nobody reads on; elsewhere an event must be one that there is.
_STRAY = "pass|fail .*wire-malformed"
# Readers by the standard drop the last event: some formats can do without it.
_CUT = "pass|fail stream-no-finish"
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
    "no last blank line": Kind(spoilt(lambda body: body.rstrip()), _CUT),
    "events after the end": Kind(spoilt(lambda body: body + b"data: {}\n\n" * 3), _STRAY),
}

_CONTENT = {
    "nested 100,000 deep": Kind(of_arguments(lambda: "[" * 10**5 + "]" * 10**5), "fail "),
    "a number of 10^6 digits": Kind(of_arguments(lambda: "9" * 10**6), _LONG),
    "broken arguments": Kind(of_arguments(lambda: "x True " * 10**5), _LONG),
    "300,000 values": Kind(of_arguments(lambda: f"[{'0,' * 3 * 10**5}0]"), _MANY),
    "arguments of 15 MB": Kind(of_arguments(lambda: "x" * 15 * MIB), _LONG),
    "arguments of 15 MB, an emoji in them": Kind(
        of_arguments(lambda: "x" * 15 * MIB + "\N{SEEDLING}"), _WIDE
    ),
    "arguments of 7 MB, an emoji in them": Kind(
        of_arguments(lambda: "x" * 7 * MIB + "\N{SEEDLING}"), _LONG
    ),
    "a string of 15 MB": Kind(of_string(lambda: "x" * 15 * MIB), _LONG),
    "a string of 15 MB, an emoji in it": Kind(
        of_string(lambda: "x" * 15 * MIB + "\N{SEEDLING}"), _WIDE
    ),
    "a string of 7 MB, an emoji in it": Kind(
        of_string(lambda: "x" * 7 * MIB + "\N{SEEDLING}"), _LONG
    ),
    "a text of 15 MB": Kind(of_text(lambda: "x" * 15 * MIB), _LONG),
    "a text of 15 MB, an emoji in it": Kind(
        of_text(lambda: "x" * 15 * MIB + "\N{SEEDLING}"), _WIDE
    ),
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
