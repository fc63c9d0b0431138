"""An attempt's bytes to a reply, with a format's two readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from toolfuzz.core import effort
from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Reply
from toolfuzz.formats.reading import Notes, body_text

if TYPE_CHECKING:
    from toolfuzz.formats.protocol import WireFormat

__all__ = ["read_attempt"]

_BEGINNING = re.compile(rb"[\xef\xbb\xbf \t\r\n]*[{\[]")
_ENVELOPES = ("data", "response", "result", "message", "body")


def read_attempt(format: WireFormat, attempt: Attempt, *, stream: bool) -> Reply:
    """Read an attempt with a format's two readers; see WireFormat.read.

    A body that isn't a stream although one was asked for is noted and read as a plain reply.
    """
    blank = Reply(format.name, stream, attempt.status, transport_error=attempt.error)
    if attempt.status is None:
        return replace(blank, ended=False)
    notes = Notes()
    body = attempt.body
    if attempt.status >= 300:
        return replace(blank, error=_error_body(body_text(body, notes)))
    try:
        with effort.bounded():
            reply = _read(format, body, notes, stream=stream)
            effort.measure(reply.text)
            effort.measure(reply.reasoning)
    except effort.TooMuchError as error:
        return replace(blank, transport_error=attempt.error or str(error))
    except RecursionError:
        notes.add("not-json", "$", "nested too deep")
        reply = replace(blank, ended=not stream)
    return replace(
        reply,
        api=format.name,
        stream=stream,
        status=attempt.status,
        problems=notes.all(),
        transport_error=attempt.error,
    )


def _read(format: WireFormat, body: bytes, notes: Notes, *, stream: bool) -> Reply:
    if not stream:
        return _read_plain(format, body, notes)
    if _BEGINNING.match(body):
        notes.add("not-sse", "$", "a JSON body although a stream was asked for")
        return _read_plain(format, body, notes)
    return _read_stream(format, body, notes)


def _read_stream(format: WireFormat, body: bytes, notes: Notes) -> Reply:
    # Events are read one by one: 100,000 objects alive at once slow down the whole process.
    return format.stream(format.laws.watch(format.framing.split(body, notes), notes), notes)


def _read_plain(format: WireFormat, body: bytes, notes: Notes) -> Reply:
    text = body_text(body, notes)
    effort.weigh(text)
    try:
        document = strictjson.parse(text.removeprefix("\ufeff"))
    except strictjson.JsonError as error:
        notes.add("not-json", "$", f"{error}: {text[:80]!r}")
        return Reply("", False, None)
    root = _unwrapped(document.value, format.roots, notes)
    if root is None:
        value = document.value
        return Reply("", False, None, error=value.get("error") if isinstance(value, dict) else None)
    reply = format.plain(root, notes)
    format.laws.judge_plain(root, notes)
    return reply


def _unwrapped(value: Json, keys: Sequence[str], notes: Notes) -> JsonObject | None:
    """Return the object that holds one of ``keys``, also from one level of wrapping (noted)."""
    if not isinstance(value, dict):
        notes.add("envelope", "$", f"the body is {a_kind(value)}")
        return None
    if any(key in value for key in keys):
        return value
    for name in _ENVELOPES:
        inner = value.get(name)
        if isinstance(inner, dict) and any(key in inner for key in keys):
            notes.add("envelope", f"$.{name}", f"{keys[0]} stands in {name}, not at the top")
            return inner
    if value.get("error") is None:
        notes.add("envelope", "$", f"no {keys[0]} at the top")
    return None


def _error_body(text: str) -> Json:
    """Return the error object of an HTTP error, else its whole JSON, else its text."""
    try:
        effort.weigh(text)
        value = strictjson.parse(text).value
    except (strictjson.JsonError, RecursionError, effort.TooMuchError):
        return text
    # Gemini's OpenAI surface puts the error into an array.
    holder = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(holder, dict) and holder.get("error") is not None:
        return holder["error"]
    return value
