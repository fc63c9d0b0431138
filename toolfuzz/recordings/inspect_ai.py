"""Logs of Inspect (inspect.aisi.org.uk/eval-logs.html): ``.eval`` archives, and those in JSON.

An event of a sample that asks a model holds the body that went out and the one that came back, as
the provider's SDK had read it. Long texts, and messages that come again in every request, are kept
once for a sample and referred to.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import guess
from toolfuzz.recordings.archives import json_files
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.recorded import BadEntry, Recorded, each, merged

__all__ = ["read", "read_json", "recognises", "recognises_json"]

_JSON_LOG = re.compile(r'\{\s*"version"\s*:\s*\d+,\s*"status"\s*:\s*"\w+",\s*"eval"\s*:\s*\{')
_ATTACHED = re.compile(r"attachment://([0-9a-f]{32})")


def recognises(head: Head) -> bool:
    """Whether a file may be an ``.eval`` log; nothing else that is read is an archive."""
    return head.is_archive


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the calls of a log's samples."""
    return _read(json_files(file, "samples/", "an Inspect log"))


def recognises_json(head: Head) -> bool:
    """Whether a file is a log that was written with ``--log-format json``."""
    return _JSON_LOG.match(head.text) is not None


def read_json(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the calls of a log's samples."""
    return _read(sample for _, sample in members(file, "samples.item"))


def _read(samples: Iterable[Json]) -> Iterator[Recorded | BadEntry]:
    return each(enumerate((call for sample in samples for call in _calls(sample)), 1), _exchange)


def _calls(sample: Json) -> Iterator[tuple[str, JsonObject, JsonObject]]:
    """Yield each asking of a sample: its label, the event, and the sample."""
    match sample:
        case {"id": str() | int() as name, "epoch": int(epoch), "events": [*events]}:
            asked = [e for e in events if isinstance(e, dict) and e.get("event") == "model"]
            for number, event in enumerate(asked, 1):
                yield f"{name}/{epoch}/{number}", event, sample


def _exchange(call: tuple[str, JsonObject, JsonObject]) -> Recorded | None:
    label, event, sample = call
    if event.get("error"):
        raise UsageError(f"{label}: no reply came: {event['error']}")
    if event.get("pending") or event.get("cache") == "read":
        return None
    match event.get("call"):
        case {"request": dict(request), "response": dict(response)} as bodies:
            request = _whole({**request, **_said(bodies, sample)}, sample)
            return merged("Inspect", label, guess(request).name, request, response)
    raise UsageError(f"{label}: the bodies were not logged")


def _said(bodies: Json, sample: JsonObject) -> JsonObject:
    """Return the messages of a request that refers to the sample's: ranges of their positions."""
    match bodies, sample.get("events_data"):
        case {"call_refs": [*ranges], **more}, {"calls": [*pool]}:
            key = more.get("call_key") or "messages"
        case _:
            return {}
    try:
        return {str(key): [pool[n] for first, end in ranges for n in range(first, end)]}
    except (TypeError, ValueError, IndexError):
        raise UsageError("it refers to messages that aren't in the sample") from None


def _whole(value: Json, sample: JsonObject) -> Any:
    """Put the sample's long texts where they are referred to."""
    attached = sample.get("attachments")
    texts = attached if isinstance(attached, dict) else {}

    def filled(value: Json) -> Json:
        match value:
            case str():
                return _ATTACHED.sub(lambda found: str(texts.get(found[1], found[0])), value)
            case dict():
                return {key: filled(held) for key, held in value.items()}
            case list():
                return [filled(held) for held in value]
        return value

    return filled(value)
