"""Server-sent events from bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["SseEvent", "events"]


class SseEvent(NamedTuple):
    """One event. ``name`` is "" when no event field came; ``data`` joins its lines with LF.

    ``whole`` is False for an event that the end of the stream cut off: the standard throws it
    away, and servers that forget the last blank line are common, so the reader decides.
    """

    name: str
    data: str
    whole: bool = True


def events(text: str) -> Iterator[SseEvent]:
    """Yield the events of a stream that have data; linear in its size.

    Lines end in LF, CRLF or CR; a byte order mark, comments and unknown fields are skipped.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    *lines, rest = text.split("\n")
    name, data = "", list[str]()
    for line in [*lines, rest] if rest else lines:
        if not line:
            if data:
                yield SseEvent(name, "\n".join(data))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        if field == "data":
            data.append(value.removeprefix(" "))
        elif field == "event":
            name = value.removeprefix(" ")
    if data:
        yield SseEvent(name, "\n".join(data), whole=False)
