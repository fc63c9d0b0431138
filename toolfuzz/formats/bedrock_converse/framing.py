"""Events in binary messages: the framing of ConverseStream.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

import json
from collections.abc import Iterable, Iterator

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import WireEvent
from toolfuzz.formats.protocol import Framing
from toolfuzz.formats.reading import Event, Notes, event_object

from .eventstream import StreamMessage, messages, sealed, write

__all__ = ["EVENT_STREAM", "EXCEPTION", "show"]

EXCEPTION = "exception:"
"""Stands before the name of an exception, which is no event of the reply."""


def split(body: bytes, notes: Notes) -> Iterator[Event]:
    """Yield the events; a frame that a client of AWS would refuse is noted as ``frame``."""
    for number, message in enumerate(messages(body)):
        for problem in message.problems:
            notes.add("frame", f"event {number}", problem)
        if message.whole and (event := _event(number, message, notes)):
            yield event
    if not body:
        notes.add("frame", "$", "no message in an empty body")


def join(events: Iterable[WireEvent]) -> list[bytes]:
    """Return one binary message an event."""
    return [_message(name or "", data) for name, data in events]


def show(body: bytes) -> str:
    """Return a streamed body for people: a line an event."""
    lines = []
    for message in messages(body):
        payload = message.payload.decode("utf-8", "backslashreplace")
        kind, name = _kind(message)
        faults = "".join(f"  # {problem}" for problem in message.problems)
        lines.append(f"{kind} {name} {payload}{faults}".lstrip())
    return "\n".join(lines)


def _kind(message: StreamMessage) -> tuple[str, str]:
    """Return the type of a message and the name that goes with it."""
    kind = message.text(":message-type")
    header = {"exception": ":exception-type", "error": ":error-code"}.get(kind, ":event-type")
    return kind, message.text(header)


def _event(number: int, message: StreamMessage, notes: Notes) -> Event | None:
    where = f"event {number}"
    kind, name = _kind(message)
    if kind == "error":
        # An error has no payload: all it says stands in its headers.
        said: JsonObject = {"message": message.text(":error-message")}
        return Event(number, EXCEPTION + name, said)
    if kind not in ("event", "exception"):
        notes.add("frame", where, f"the header :message-type is {kind!r}")
    if not name:
        notes.add("frame", where, "no header says which event this is")
    try:
        text = message.payload.decode()
    except UnicodeDecodeError as error:
        notes.add("not-utf8", where, error.reason)
        text = message.payload.decode(errors="replace")
    data = event_object(number, text, notes)
    prefix = EXCEPTION if kind == "exception" else ""
    return None if data is None else Event(number, prefix + name, data)


def _message(name: str, data: object) -> bytes:
    text = (
        data
        if isinstance(data, str)
        else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    )
    kind, header = "event", ":event-type"
    if name.startswith(EXCEPTION):
        kind, header, name = "exception", ":exception-type", name.removeprefix(EXCEPTION)
    headers = {header: name, ":content-type": "application/json", ":message-type": kind}
    # UTF-8 has no lone surrogates; one is spelled as a JSON escape.
    return write(headers, text.encode("utf-8", "backslashreplace"))


EVENT_STREAM = Framing(
    "eventstream", "application/vnd.amazon.eventstream", split, join, show, sealed
)
