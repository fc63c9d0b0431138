"""Exchanges, one JSON object each: our own format, a run's journal, the vendor verifiers' results.

The results file of the public verifiers (github.com/MoonshotAI/K2-Vendor-Verifier) holds replies in
which the official SDK has already merged a stream.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import USUAL, guess, wire_format
from toolfuzz.recordings import langfuse, litellm
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.journal import JournalLines
from toolfuzz.recordings.lines import json_lines, json_value
from toolfuzz.recordings.recorded import BadEntry, Recorded, as_bytes, each, read_exchange

__all__ = ["read", "read_lines", "read_list", "read_spread", "recognises_list", "recognises_spread"]

_TOOLS: tuple[tuple[Callable[[JsonObject], bool], Callable[[JsonObject], Recorded | None]], ...] = (
    (litellm.recognises, litellm.read),
    (langfuse.recognises, langfuse.read),
)
"""Those whose objects, too, stand one a line, in a list or one after the other."""
_EVENT = re.compile(r"\s*(?:(?:data|event|id|retry)\s*:|:)")


def recognises_list(head: Head) -> bool:
    """Whether a file is one JSON list."""
    return head.text.startswith("[")


def read_list(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the members of a list."""
    return each(members(file, "item"), _reader())


def recognises_spread(head: Head) -> bool:
    """Whether a file holds objects over several lines."""
    return head.is_spread


def read_spread(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read objects one after the other, wherever their lines end."""
    return each(members(file, "", several=True), _reader())


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read a line after the other."""
    return read_lines(json_lines(file))


def read_lines(lines: Iterable[tuple[int, bytes]]) -> Iterator[Recorded | BadEntry]:
    """Read lines by their numbers."""
    read_value = _reader()
    return each(lines, lambda line: read_value(json_value(line)))


def _reader() -> Callable[[Json], Recorded | None]:
    journal = JournalLines()

    def read_value(data: Json) -> Recorded | None:
        if not isinstance(data, dict):
            raise UsageError("not a JSON object")
        if "event" in data:
            return journal.read(data)
        for recognises, read_object in _TOOLS:
            if recognises(data):
                return read_object(data)
        request, response = data.get("request"), data.get("response")
        if not isinstance(request, dict) or not isinstance(response, dict):
            raise UsageError("an exchange needs the objects `request` and `response`")
        label = str(data.get("id", data.get("data_index", "")))
        if response.keys() & {"body", "sse", "body_base64"}:
            return _from_exchange(data, label, request, response)
        return _from_verifier(data, label, request, response)

    return read_value


def _from_exchange(
    data: JsonObject, label: str, request: JsonObject, response: JsonObject
) -> Recorded:
    named = _format_named(data) or guess(request).name
    if not isinstance(named, str):
        raise UsageError("`format` must be the name of a wire format")
    stream = "sse" in response or response.get("stream") is True
    if not stream and _is_event_stream(response.get("body")):
        stream = wire_format(named).read_request(request).stream
    return read_exchange(
        label,
        named,
        request,
        _content(response),
        status=_status(response),
        stream=stream,
        expect=data.get("expect"),
    )


def _content(response: JsonObject) -> bytes:
    if "body_base64" not in response:
        return as_bytes(response["sse"] if "sse" in response else response["body"])
    try:
        return base64.b64decode(response["body_base64"], validate=True)
    except (TypeError, ValueError):
        raise UsageError("`response.body_base64` is not base64") from None


def _is_event_stream(body: Json) -> bool:
    return isinstance(body, str) and _EVENT.match(body) is not None


def _format_named(data: JsonObject) -> Any:
    """Return what a line says its wire format is; older files call it ``api``."""
    return data.get("format", data.get("api"))


def _from_verifier(
    data: JsonObject, label: str, request: JsonObject, response: JsonObject
) -> Recorded:
    if data.get("status") == "failed" or set(response) == {"error"}:
        error = {"error": {"message": str(response.get("error"))}}
        return read_exchange(label, USUAL, request, error, status=502)
    if "choices" not in response:
        raise UsageError("`response` has neither `body` nor `sse` nor `choices`")
    return read_exchange(label, USUAL, request, response)


def _status(response: JsonObject) -> int:
    status = response.get("status", 200)
    if not isinstance(status, int) or isinstance(status, bool):
        raise UsageError("`response.status` must be an HTTP status number")
    return status
