"""Langfuse's observations: as its API lists them, as its interface and its buckets export them.

Both spellings of the fields are known: the API's, and that of an export to a bucket
(langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields). The SDK's wrapper of
OpenAI's keeps messages, tools and the merged reply, but no ``tool_choice``; its callback for
LangChain spells them as LangChain does.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import USUAL
from toolfuzz.formats.routes import format_at
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.langchain import chat_message, chat_request
from toolfuzz.recordings.recorded import BadEntry, Recorded, each, merged, of_unknown_tools

__all__ = ["read", "read_page", "recognises", "recognises_page"]

_TOOL = "Langfuse"
_PAGE = re.compile(r'\{\s*"data"\s*:\s*\[\s*\{[^{}]*"(?:traceId|projectId)"')


def recognises_page(head: Head) -> bool:
    """Whether a file is an answer of the API (``GET /api/public/v2/observations``)."""
    return _PAGE.match(head.text) is not None


def read_page(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the observations of an answer of the API."""
    return each(members(file, "data.item"), _read_member)


def _read_member(data: Json) -> Recorded | None:
    if not isinstance(data, dict) or not recognises(data):
        raise UsageError("not an observation")
    return read(data)


def recognises(data: JsonObject) -> bool:
    """Whether an object is an observation."""
    return isinstance(data.get("type"), str) and bool(data.keys() & {"traceId", "trace_id"})


def read(data: JsonObject) -> Recorded | None:
    """Read a generation; None for an observation of another type."""
    if data["type"].upper() != "GENERATION":
        return None
    asked, answered = _loaded(data.get("input")), _loaded(data.get("output"))
    if answered is None:
        told = data.get("statusMessage", data.get("status_message"))
        raise UsageError("its output was not kept" + (f": {told}" if told else ""))
    match asked:
        case {"messages": list()}:
            named, request = USUAL, asked
        case {"input": list() | str()}:
            named, request = format_at("/responses"), asked
        case [*messages]:
            named, request = USUAL, chat_request(messages)
        case _:
            raise UsageError("its input holds no messages")
    request = {"model": data.get("model"), **request}
    body = _reply(answered, data) if named == USUAL else _response(answered)
    found = merged(_TOOL, str(data.get("id", "")), named, request, body)
    return found if "tools" in request else of_unknown_tools(found)


def _loaded(value: Json) -> Any:
    """Return what an export holds as text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _reply(answered: Json, data: JsonObject) -> JsonObject:
    if isinstance(answered, dict) and "choices" in answered:
        return answered
    message = chat_message(answered) if isinstance(answered, dict) else {"content": answered}
    match _loaded(data.get("metadata")):
        case {"finish_reason": str(finish)}:
            pass
        case _:
            finish = "tool_calls" if message.get("tool_calls") else "stop"
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}


def _response(answered: Json) -> JsonObject:
    if isinstance(answered, dict) and "output" in answered:
        return answered
    items = answered if isinstance(answered, list) else [answered]
    return {"object": "response", "status": "completed", "output": items}
