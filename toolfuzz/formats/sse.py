"""Server-sent events from bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from toolfuzz.formats.plan import WireEvent
from toolfuzz.formats.protocol import Framing
from toolfuzz.formats.reading import Event, Notes, body_text, event_object
from toolfuzz.formats.writing import utf8

__all__ = ["SSE", "SseEvent", "events"]


class SseEvent(NamedTuple):
    """One event. ``name`` is "" when no event field came; ``data`` joins its lines with LF.

    ``whole`` is False for an event that the end of the stream cut off: the standard throws it
    away.
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


def _split(body: bytes, notes: Notes) -> Iterator[Event]:
    """Yield the events that hold an object, or the text ``[DONE]``; see Framing.

    An event that the end of the stream cut off is dropped, as the standard and the SDKs have it.
    ``[DONE]`` says nothing that could be lost, so it counts all the same.
    """
    text = body_text(body, notes)
    number = -1
    for number, event in enumerate(events(text)):
        if event.data == "[DONE]":
            yield Event(number, event.name, event.data)
            continue
        if not event.whole:
            detail = "no blank line ends the last event, so readers by the standard drop it"
            notes.law("blank-line", f"event {number}", detail, "warn")
            continue
        data = event_object(number, event.data, notes)
        if data is not None:
            yield Event(number, event.name, data)
    if number < 0:
        notes.add("not-sse", "$", f"no event in {len(text)} characters: {text[:80]!r}")


def _join(events: Iterable[WireEvent]) -> list[bytes]:
    return [
        utf8(
            (f"event: {name}\n" if name else "")
            + f"data: {data if isinstance(data, str) else _dumps(data)}\n\n"
        )
        for name, data in events
    ]


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


SSE = Framing("sse", "text/event-stream", _split, _join)
