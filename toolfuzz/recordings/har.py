"""HAR 1.2 files (w3c.github.io/web-performance/specs/HAR), as browsers and proxies write them."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import parse_qsl, urlsplit

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.credentials import is_credential
from toolfuzz.core.errors import UsageError
from toolfuzz.formats.routes import route_of, server_and_path
from toolfuzz.recordings.documents import members
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.recorded import BadEntry, Recorded, as_bytes, each, read_exchange

__all__ = ["read", "recognises"]

_BEGINNING = re.compile(r'\{\s*"log"\s*:\s*\{')
_KNOWN_CHARSET = re.compile("charset|json|html")
_WINDOWS_1252 = {
    ord(character): byte
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", "ignore"))
}


def recognises(head: Head) -> bool:
    """Whether a file is a HAR file."""
    return _BEGINNING.match(head.text) is not None


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the entries that ask a model; all others (pages, pictures, lists of models) pass."""
    return each(members(file, "log.entries.item"), _read)


def _read(entry: Json) -> Recorded | None:
    match entry:
        case {"request": {"url": str(url)} as request, "response": dict(response)}:
            server, path = server_and_path(url)
        case _:
            raise UsageError("an entry needs `request` with a `url`, and `response`")
    route = route_of(path)
    if route is None or request.get("method") != "POST":
        return None
    status = response.get("status")
    if not isinstance(status, int) or status <= 0:
        raise UsageError(_unanswered(response))
    body = _request(_bytes("the request's body", request.get("postData")))
    content = _bytes("the response's body", response.get("content"))
    format, prefix = route
    stream = format.read_request(body, path=path).stream
    found = read_exchange("", format.name, body, content, status=status, stream=stream, path=path)
    return replace(found, base_url=f"{server}{prefix}", headers=_sent(request.get("headers"), path))


def _sent(held: Json, path: str) -> dict[str, str]:
    """Return the request's headers, and the credentials in its address (``?key=``)."""
    queried = parse_qsl(urlsplit(path).query)
    found = {name: value for name, value in queried if is_credential(name)}
    for header in held if isinstance(held, list) else ():
        match header:
            case {"name": str(name), "value": str(value)}:
                found[name] = value
    return found


def _request(raw: bytes) -> JsonObject:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise UsageError("the request's body is not JSON") from None
    if not isinstance(body, dict):
        raise UsageError("the request's body is not a JSON object")
    return body


def _unanswered(response: JsonObject) -> str:
    """Say that no response came; Playwright and mitmproxy tell why."""
    reason = response.get("_failureText", response.get("_error"))
    return "the request got no response" + (f": {reason}" if isinstance(reason, str) else "")


def _bytes(name: str, held: Json) -> bytes:
    """Return the bytes of a body, of which ``name`` is said where they aren't there."""
    held = held if isinstance(held, dict) else {}
    text, mime = held.get("text"), str(held.get("mimeType"))
    if isinstance(held.get("_file"), str):
        raise UsageError(f"{name} is in a file of its own; record with the bodies embedded")
    if not isinstance(text, str) or not text:
        raise UsageError(f"{name} is empty or was not recorded")
    if held.get("encoding") == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise UsageError(f"{name} is not base64") from None
    misread = b"" if _KNOWN_CHARSET.search(mime) else _misread(text, mime)
    return misread or as_bytes(text)


def _misread(text: str, mime: str) -> bytes:
    """Return the bytes of what was read as Latin-1 or Windows-1252; none if it can't have been.

    Chromium (so DevTools and Playwright) and mitmproxy (net/http/headers.py) read an event stream
    that names no charset in this way, although it is UTF-8 by its standard. mitmproxy reads
    Bedrock's binary ones so as well.
    """
    try:
        raw = text.translate(_WINDOWS_1252).encode("latin-1")
        if mime.startswith("text/"):
            raw.decode()
    except UnicodeError:
        return b""
    return raw
