"""Server-sent events from bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from toolfuzz.formats.plan import WireEvent
from toolfuzz.formats.protocol import Framing
from toolfuzz.formats.reading import Event, Notes, body_text, event_object
from toolfuzz.formats.writing import utf8

__all__ = ["SSE", "SSE_UNTIL_DONE", "SseEvent", "events"]

_DONE = "[DONE]"
_BLOCK = 256 * 1024


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
    name, data = "", list[str]()
    for line in _lines(text):
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


def _lines(text: str) -> Iterator[str]:
    """Yield the lines, of which not all are in memory at once; LF ends one."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK)
        end = len(text) - text.endswith("\n") if end < 0 else end
        yield from text[start:end].split("\n")
        start = end + 1


def _split(body: bytes, notes: Notes, *, until_done: bool = False) -> Iterator[Event]:
    """Yield the events that hold an object, or the text ``[DONE]``; see Framing.

    An event that the end of the stream cut off is dropped, as the standard and the SDKs have it.
    ``[DONE]`` says nothing that could be lost, so it counts all the same. ``until_done``: it ends
    the stream. openai-python's ``Stream`` stops at any data that begins so; other clients may read
    on, or not know it with more behind it.
    """
    text = body_text(body, notes)
    number, done = -1, False
    for number, event in enumerate(events(text)):
        where = f"event {number}"
        if done:
            detail = f"the stream goes on after {_DONE}, where official SDKs stop reading"
            notes.law("after-done", where, detail, "warn")
            return
        if event.data == _DONE or (until_done and event.data.startswith(_DONE)):
            done = until_done
            if event.data != _DONE:
                notes.law("done", where, f"more than {_DONE}: {event.data[:40]!r}", "warn")
            yield Event(number, event.name, _DONE)
        elif not event.whole:
            detail = "no blank line ends the last event, so readers by the standard drop it"
            notes.law("blank-line", where, detail, "warn")
        elif (data := event_object(number, event.data, notes)) is not None:
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
SSE_UNTIL_DONE = Framing("sse", "text/event-stream", partial(_split, until_done=True), _join)
