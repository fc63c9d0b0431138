"""Files of OpenTelemetry in OTLP/JSON: spans and events of calls to models.

An export is an object with ``resourceSpans`` or ``resourceLogs``; file exporters write one a line
(opentelemetry.io/docs/specs/otel/protocol/file-exporter). What their attributes say of the
exchange is read by ``genai``. Older instrumentations write each message as an event of its own;
they are put together by the span to which they belong.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import BinaryIO

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats.reading import objects
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.genai import CHOICE, EVENTS, MESSAGE_EVENTS, exchange
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.lines import json_lines, json_value
from toolfuzz.recordings.recorded import BadEntry, Recorded, each

__all__ = [
    "read",
    "read_records",
    "read_spans",
    "recognises",
    "recognises_records",
    "recognises_spans",
]

_SPANS = ("resourceSpans", "scopeSpans", "spans")
_RECORDS = ("resourceLogs", "scopeLogs", "logRecords")
_DEEPEST = 100
_MOST_OPEN = 1_000
"""Spans whose events may be waited for at once; the oldest is forgotten."""

_Path = tuple[str, str, str]
_Entry = tuple[_Path, JsonObject] | UsageError
"""A span or a log record and where it stood, or why there is none."""


def recognises(head: Head) -> bool:
    """Whether a file has exports, one a line."""
    return isinstance(head.first, dict) and _is_export(head.first)


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the exports of each line."""
    return _read(entry for _, line in json_lines(file) for entry in _entries(line))


def recognises_spans(head: Head) -> bool:
    """Whether a file has exports of spans over several lines, or a very long one."""
    return _begins_with(_SPANS, head)


def read_spans(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read spans wherever their lines end."""
    return _read(_spread(_SPANS, file))


def recognises_records(head: Head) -> bool:
    """Whether a file has exports of log records over several lines, or a very long one."""
    return _begins_with(_RECORDS, head)


def read_records(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read log records wherever their lines end."""
    return _read(_spread(_RECORDS, file))


def _is_export(value: JsonObject) -> bool:
    return _SPANS[0] in value or _RECORDS[0] in value


def _begins_with(path: _Path, head: Head) -> bool:
    return head.text.removeprefix("{").lstrip().startswith(f'"{path[0]}"')


def _spread(path: _Path, file: BinaryIO) -> Iterator[_Entry]:
    prefix = ".".join(f"{step}.item" for step in path)
    for _, value in members(file, prefix, several=True):
        yield (path, value) if isinstance(value, dict) else UsageError("not a JSON object")


def _entries(line: bytes) -> Iterator[_Entry]:
    try:
        export = json_value(line)
    except UsageError as error:
        yield error
        return
    if not isinstance(export, dict) or not _is_export(export):
        yield UsageError(f"an export needs `{_SPANS[0]}` or `{_RECORDS[0]}`")
        return
    for path in (_SPANS, _RECORDS):
        of_resources, of_scopes, entries = path
        for resource in objects(export.get(of_resources)):
            for scope in objects(resource.get(of_scopes)):
                yield from ((path, entry) for entry in objects(scope.get(entries)))


def _read(entries: Iterator[_Entry]) -> Iterator[Recorded | BadEntry]:
    told = _Told()

    def read_entry(entry: _Entry) -> Recorded | None:
        if isinstance(entry, UsageError):
            raise entry
        path, value = entry
        attributes = _of_span(value) if path == _SPANS else told.hear(value)
        return exchange(_span_id(value), attributes) if attributes else None

    return each(enumerate(entries, 1), read_entry)


def _span_id(value: JsonObject) -> str:
    return str(value.get("spanId", ""))


def _of_span(span: JsonObject) -> JsonObject:
    """Return the attributes of a span, and of the events within it."""
    of_events = [_plain_members(event.get("attributes")) for event in objects(span.get("events"))]
    return {
        key: value
        for attributes in (*of_events, _plain_members(span.get("attributes")))
        for key, value in attributes.items()
    }


class _Told:
    """The messages that log records have told so far, by the span to which they belong."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, list[JsonObject]] = OrderedDict()

    def hear(self, record: JsonObject) -> JsonObject | None:
        """Take a log record; return the attributes of the exchange that it tells or completes."""
        attributes = _plain_members(record.get("attributes"))
        name = record.get("eventName") or attributes.get("event.name")
        if not isinstance(name, str) or name not in MESSAGE_EVENTS:
            return attributes
        body = _plain(record.get("body"))
        event = {**(body if isinstance(body, dict) else {}), "event.name": name}
        span = _span_id(record)
        events = [*self._open.pop(span, []), event]
        if name == CHOICE:
            return {**attributes, EVENTS: events}
        self._open[span] = events
        if len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)
        return None


# --- values (opentelemetry.io/docs/specs/otlp: AnyValue)


def _plain(value: Json, depth: int = 0) -> Json:
    """Return the JSON value of an AnyValue; a 64-bit integer may stand as text."""
    if depth > _DEEPEST:
        raise UsageError("an attribute is nested too deeply")
    match value:
        case {"intValue": str(digits)} if digits.removeprefix("-").isdecimal():
            return int(digits[:20])
        case {"arrayValue": {"values": list(values)}}:
            return [_plain(one, depth + 1) for one in values]
        case {"kvlistValue": {"values": list(pairs)}}:
            return _plain_members(pairs, depth + 1)
        case {"arrayValue": _}:
            return []
        case {"kvlistValue": _}:
            return {}
        case dict() if value:
            return next(iter(value.values()))
    return None


def _plain_members(pairs: Json, depth: int = 0) -> JsonObject:
    return {str(pair.get("key")): _plain(pair.get("value"), depth) for pair in objects(pairs)}
