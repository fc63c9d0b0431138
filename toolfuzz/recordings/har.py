"""HAR 1.2 files (w3c.github.io/web-performance/specs/HAR), as browsers and proxies write them."""

import base64
import json
import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats.routes import route_of
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.recorded import BadEntry, Recorded, each, read_exchange

__all__ = ["read", "recognises"]

_BEGINNING = re.compile(r'\{\s*"log"\s*:\s*\{')


def recognises(head: Head) -> bool:
    """Whether a file is a HAR file."""
    return _BEGINNING.match(head.text) is not None


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the entries that ask a model; all others (pages, pictures, lists of models) pass."""
    return each(members(file, "log.entries.item"), _read)


def _read(entry: Json) -> Recorded | None:
    match entry:
        case {
            "request": {"method": "POST", "url": str(url), "postData": {"text": str(text)}},
            "response": {"status": int(status), "content": dict(content)},
        }:
            return _exchange(url, text, status, content)
        case {"request": {"url": str()}, "response": dict()}:
            return None
    raise UsageError("an entry needs `request` with a `url`, and `response`")


def _exchange(url: str, text: str, status: int, content: JsonObject) -> Recorded | None:
    where = urlsplit(url)
    path = f"{where.path}?{where.query}" if where.query else where.path
    route = route_of(path)
    if route is None:
        return None
    format, _ = route
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("the request's body is not JSON") from None
    if not isinstance(body, dict):
        raise UsageError("the request's body is not a JSON object")
    stream = format.read_request(body, path=path).stream
    answered = _body(content)
    return read_exchange("", format.name, body, answered, status=status, stream=stream, path=path)


def _body(content: JsonObject) -> bytes:
    text = content.get("text")
    if not isinstance(text, str):
        raise UsageError("the response's body was not recorded")
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise UsageError("the response's body is not base64") from None
