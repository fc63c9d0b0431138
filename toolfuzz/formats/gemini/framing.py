"""How a Gemini stream is cut into events: server-sent events, of which only ``data: `` is used.

Google's own clients are no readers of the whole standard. Those for Python and Go take a line for
data if it begins with ``data: `` (colon and one blank) and for JSON otherwise, so that a comment,
an ``event:`` line or a byte order mark raises; the one for JavaScript drops the event beside it
(googleapis/python-genai#1364, googleapis/go-genai#903, earendil-works/pi#9633). What the standard
allows and these can't read is therefore noted.
"""

from collections.abc import Iterable, Iterator

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import WireEvent
from toolfuzz.formats.protocol import Framing
from toolfuzz.formats.reading import Event, Notes
from toolfuzz.formats.sse import SSE
from toolfuzz.formats.writing import encode_body, utf8

__all__ = ["FRAMING"]


def _split(body: bytes, notes: Notes) -> Iterator[Event]:
    for n, line in enumerate(body.splitlines(), 1):
        if line and not line.startswith(b"data: "):
            found = line[:40].decode(errors="replace")
            notes.add("envelope", f"line {n}", f"{found!r} doesn't begin with 'data: '")
            break
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
