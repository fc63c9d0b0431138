"""How a Gemini stream is cut into events: server-sent events, of which only ``data: `` is used.

Google's own clients are no readers of the whole standard. Those for Python and Go take a line for
data if it begins with ``data: `` (colon and one blank) and for JSON otherwise, so that a comment,
an ``event:`` line or a byte order mark raises; the one for JavaScript drops the event beside it
(googleapis/python-genai#1364, googleapis/go-genai#903, earendil-works/pi#9633). What the standard
allows and these can't read is therefore noted.
"""

import re
from collections.abc import Iterable, Iterator

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import WireEvent
from toolfuzz.formats.protocol import Framing
from toolfuzz.formats.reading import Event, Notes
from toolfuzz.formats.sse import SSE
from toolfuzz.formats.writing import encode_body, utf8

__all__ = ["FRAMING"]

_NO_DATA = re.compile(rb"(?:\A|(?<=[\r\n]))(?!data: )[^\r\n]{1,40}")
_LINE_END = re.compile(rb"\r\n|\r|\n")


def _split(body: bytes, notes: Notes) -> Iterator[Event]:
    if odd := _NO_DATA.search(body):
        number = 1 + sum(1 for _ in _LINE_END.finditer(body, 0, odd.start()))
        found = odd[0].decode(errors="replace")
        notes.add("envelope", f"line {number}", f"{found!r} doesn't begin with 'data: '")
    yield from SSE.split(body, notes)


def _join(events: Iterable[WireEvent]) -> list[bytes]:
    """Lines end in CRLF, as the service's own do; data of several lines is a field for each."""
    return [
        (f"event: {name}\r\n".encode() if name else b"")
        + b"data: "
        + _data(data).replace(b"\n", b"\r\ndata: ")
        + b"\r\n\r\n"
        for name, data in events
    ]


def _data(data: str | JsonObject) -> bytes:
    return utf8(data) if isinstance(data, str) else encode_body(data)


FRAMING = Framing("sse", "text/event-stream", _split, _join)
