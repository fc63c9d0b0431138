"""Results of batches: OpenAI's, which vLLM and Llama Stack write too, Anthropic's, Gemini's.

A result names its request, which stands in another file: the one that the batch was made of
(platform.openai.com/docs/guides/batch, platform.claude.com/docs/en/build-with-claude/
batch-processing, ai.google.dev/gemini-api/docs/batch-api).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import USUAL
from toolfuzz.formats.routes import format_at, route_of, server_and_path
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.head import Head, opened
from toolfuzz.recordings.lines import json_lines, json_value
from toolfuzz.recordings.recorded import BadEntry, Recorded, each, of_unknown_tools, read_exchange

__all__ = ["read", "read_requests", "recognises", "recognises_requests"]

_RESPONSES, _ANTHROPIC, _GEMINI = "/responses", "/messages", "/models/m:generateContent"
"""Where the services ask for one reply."""
_UNKNOWN = (
    "the request isn't known, nor the tools on offer; --requests FILE names the batch's input"
)
_WHOLE_INPUT = re.compile(r'\{\s*"requests"\s*:\s*\[')

_Answer = tuple[str | None, int, Json]
"""The format, where the answer tells it, its status, and its body."""


def recognises(head: Head) -> bool:
    """Whether a file holds the results of a batch."""
    keys = head.first.keys() if isinstance(head.first, dict) else set()
    return bool(keys & {"custom_id", "key"}) and bool(keys & {"response", "result", "error"})


def recognises_requests(head: Head) -> bool:
    """Whether a file holds the requests of a batch."""
    first = head.first if isinstance(head.first, dict) else {}
    return _WHOLE_INPUT.match(head.text) is not None or (
        bool(first.keys() & {"custom_id", "key"}) and _asked(first) is not None
    )


def read_requests(file: BinaryIO) -> NoReturn:
    """Refuse the requests of a batch, which say nothing of what was answered."""
    raise UsageError(
        "these are the requests of a batch, not what was answered",
        "toolfuzz judge RESULTS --requests THIS_FILE",
    )


def read(file: BinaryIO, requests: Path | None = None) -> Iterator[Recorded | BadEntry]:
    """Read the results; without ``requests`` their calls are held to no schema."""
    asked = _requests(requests) if requests else None

    def read_line(line: bytes) -> Recorded | None:
        data = json_value(line)
        if not isinstance(data, dict):
            raise UsageError("not a JSON object")
        label = _name(data)
        named, status, body = _answer(label, data)
        if asked is None:
            return _alone(label, named, status, body)
        if label not in asked:
            raise UsageError(f"{label}: no such request in {requests}")
        return _together(label, json.loads(asked[label]), status, body)

    return each(json_lines(file), read_line)


def _requests(path: Path) -> dict[str, bytes]:
    """Return the requests of a file by their names; kept as text, which takes the least room."""
    asked: dict[str, bytes] = {}
    with opened(path) as (file, head):
        try:
            for value in _values(file, head):
                if not isinstance(value, dict) or _asked(value) is None:
                    raise UsageError(f"request {len(asked) + 1} is not the request of a batch")
                asked[_name(value)] = json.dumps(value).encode()
        except UsageError as error:
            raise UsageError(f"{path}: {error.message}") from None
    return asked


def _values(file: BinaryIO, head: Head) -> Iterator[Json]:
    if _WHOLE_INPUT.match(head.text):
        yield from (value for _, value in members(file, "requests.item"))
    else:
        yield from (json_value(line) for _, line in json_lines(file))


def _name(data: JsonObject) -> str:
    return str(data.get("custom_id", data.get("key", "")))


def _asked(data: JsonObject) -> tuple[str, JsonObject] | None:
    """Return the path that a request goes to, "" where none is said, and its body."""
    match data:
        case {"url": str(url), "body": dict(body)}:
            return server_and_path(url)[1], body
        case {"params": dict(body)} | {"request": dict(body)}:
            return "", body
    return None


def _answer(label: str, data: JsonObject) -> _Answer:
    match data:
        case {"result": {"type": "succeeded", "message": dict(body)}}:
            return format_at(_ANTHROPIC), 200, body
        case {"result": {"type": str(kind), **more}}:
            raise UsageError(f"{label}: {kind}{_reason(more.get('error'))}")
        case {"response": {"status_code": int(status), "body": dict() | str() as body}}:
            return _format_of(body), status, body
        case {"key": _, "response": dict(body)}:
            return format_at(_GEMINI), 200, body
    raise UsageError(f"{label}: no reply{_reason(data.get('error'))}")


def _reason(error: Json) -> str:
    """Return what an error says, which may stand in another one."""
    match error:
        case {"error": inner}:
            return _reason(inner)
        case {"message": str(said)} | str(said):
            return f": {said}"
    return ""


def _format_of(body: Any) -> str | None:
    """Name the format of an OpenAI body; Llama Stack writes it as text, as vLLM does an error."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return USUAL
    keys = body.keys() if isinstance(body, dict) else set()
    if keys & {"choices", "error"}:
        return USUAL
    return format_at(_RESPONSES) if "output" in keys else None


def _together(label: str, data: JsonObject, status: int, body: Json) -> Recorded | None:
    path, request = _asked(data) or ("", {})
    if "url" in data:
        route = route_of(path)
        named = route[0].name if route else None
    else:
        named = format_at(_ANTHROPIC if "params" in data else _GEMINI)
    return read_exchange(label, named, request, body, status=status, path=path) if named else None


def _alone(label: str, named: str | None, status: int, body: Json) -> Recorded | None:
    """Judge what a reply proves by itself: its tools are those that it calls, without schemas."""
    if named is None:
        return None
    found = of_unknown_tools(read_exchange(label, named, {}, body, status=status))
    return replace(found, ask=None, note=_UNKNOWN)
