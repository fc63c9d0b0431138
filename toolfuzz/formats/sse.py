"""Server-sent events from bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from toolfuzz.formats.plan import WireEvent
from toolfuzz.formats.protocol import Framing
from toolfuzz.formats.reading import Event, Notes, body_text, event_object, note_no_utf8
from toolfuzz.formats.writing import utf8

__all__ = ["SSE", "SSE_UNTIL_DONE", "SseEvent", "events"]

_DONE = "[DONE]"
_MARK = "\ufeff".encode()
_LINE_END = re.compile(rb"\r\n?|\n")
_USUAL = b"data: "
_FIELD = re.compile(rb"(data|event)(?:: ?|\Z)")


class SseEvent(NamedTuple):
    """One event. ``name`` is "" when no event field came; ``data`` joins its lines with LF.

    ``whole`` is False for an event that the end of the stream cut off: the standard throws it
    away.
    """

    name: str
    data: str
    whole: bool = True


def events(body: bytes) -> Iterator[SseEvent]:
    """Yield the events of a stream that have data; linear in its size.

    Lines end in LF, CRLF or CR; a byte order mark, comments and unknown fields are skipped. What is
    no UTF-8 is replaced. Of a long line there is one copy, as text.
    """
    view = memoryview(body)
    name, data = "", list[str]()
    for start, end in _lines(body):
        if start == end:
            if data:
                yield SseEvent(name, "\n".join(data))
            name, data = "", []
            continue
        if body.startswith(_USUAL, start, end):
            data.append(str(view[start + len(_USUAL) : end], "utf-8", "replace"))
        elif field := _FIELD.match(body, start, end):
            value = str(view[field.end() : end], "utf-8", "replace")
            if field[1] == b"data":
                data.append(value)
            else:
                name = value
    if data:
        yield SseEvent(name, "\n".join(data), whole=False)


def _lines(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends; a last one need not be ended."""
    start = len(_MARK) if body.startswith(_MARK) else 0
    if b"\r" in body:
        for end in _LINE_END.finditer(body, start):
            yield start, end.start()
            start = end.end()
    else:
        while (at := body.find(b"\n", start)) >= 0:
            yield start, at
            start = at + 1
    if start < len(body):
        yield start, len(body)


def _split(body: bytes, notes: Notes, *, until_done: bool = False) -> Iterator[Event]:
    """Yield the events that hold an object, or the text ``[DONE]``; see Framing.

    An event that the end of the stream cut off is dropped, as the standard and the SDKs have it.
    ``[DONE]`` says nothing that could be lost, so it counts all the same. ``until_done``: it ends
    the stream. openai-python's ``Stream`` stops at any data that begins so; other clients may read
    on, or not know it with more behind it.
    """
    note_no_utf8(body, notes)
    number, done = -1, False
    for number, event in enumerate(events(body)):
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
        text = body_text(body, Notes())
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
