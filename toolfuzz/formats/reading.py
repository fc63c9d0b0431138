"""What the decoders share: bytes to text, JSON to values, and notes of what is out of place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Reply, Usage, WireProblem
from toolfuzz.formats.sse import events

__all__ = [
    "Notes",
    "checked_string",
    "content_text",
    "count",
    "decode_with",
    "ids_of",
    "objects",
    "spoken",
    "stream_data",
    "string",
    "text_of",
    "tool_of",
    "usage_of",
]

PlainReader = Callable[[JsonObject, "Notes"], Reply]
StreamReader = Callable[[str, "Notes"], Reply]

# A hostile stream can be wrong in a new way in each of a million events.
_MOST_NOTES = 50
_ENVELOPES = ("data", "response", "result", "message", "body")


class Notes:
    """The WireProblems of one reply; the same trouble is noted once, at its first place."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], WireProblem] = {}

    def add(self, kind: str, where: str, detail: str) -> None:
        """Note a problem (kinds: see WireProblem)."""
        if len(self._found) < _MOST_NOTES:
            self._found.setdefault((kind, detail), WireProblem(kind, where, detail))

    def all(self) -> tuple[WireProblem, ...]:
        """Return the problems in the order of their discovery."""
        return tuple(self._found.values())


def decode_with(
    attempt: Attempt,
    *,
    api: str,
    stream: bool,
    key: str,
    plain: PlainReader,
    streamed: StreamReader,
) -> Reply:
    """Decode an attempt with a format's two readers. ``key`` is what a reply's object must hold.

    A body that isn't a stream although one was asked for is noted and read as a plain reply.
    """
    blank = Reply(api, stream, attempt.status, transport_error=attempt.error, ended=not stream)
    if attempt.status is None:
        return replace(blank, ended=False)
    notes = Notes()
    text = _text(attempt.body, notes)
    if attempt.status >= 300:
        return replace(blank, error=_error_body(text), ended=True)
    try:
        if not stream:
            reply = _read_plain(text, key, plain, notes)
        elif text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
            notes.add("not-sse", "$", "a JSON body although a stream was asked for")
            reply = _read_plain(text, key, plain, notes)
        else:
            reply = streamed(text, notes)
    except RecursionError:
        notes.add("not-json", "$", "nested too deep")
        reply = blank
    return replace(
        reply,
        api=api,
        stream=stream,
        status=attempt.status,
        problems=notes.all(),
        transport_error=attempt.error,
    )


def stream_data(text: str, notes: Notes) -> Iterator[tuple[int, str, str | JsonObject]]:
    """Yield (ordinal, event name, data): the object of each event, or the text ``[DONE]``.

    Data that is no object is noted and skipped; nothing is noted of a last event that was cut off.
    """
    number = -1
    for number, event in enumerate(events(text)):
        if event.data == "[DONE]":
            yield number, event.name, event.data
            continue
        try:
            document = strictjson.parse(event.data)
        except strictjson.JsonError as error:
            if event.whole:
                notes.add("not-json", f"event {number}", f"{error}: {event.data[:80]!r}")
            continue
        if not isinstance(document.value, dict):
            notes.add("envelope", f"event {number}", f"data is {a_kind(document.value)}")
            continue
        yield number, event.name, document.value
    if number < 0:
        notes.add("not-sse", "$", f"no event in {len(text)} characters: {text[:80]!r}")


def text_of(holder: JsonObject, key: str, where: str, notes: Notes) -> str:
    """Return a text field; absent and null are "", another type is noted."""
    value = holder.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    notes.add("bad-field", f"{where}.{key}", f"{key} is {a_kind(value)}")
    return parts_text(value) if isinstance(value, list) else ""


def parts_text(parts: Sequence[Json]) -> str:
    """Return the texts of an array of content parts, joined."""
    texts = []
    for part in parts:
        value = part.get("text") if isinstance(part, dict) else part
        if isinstance(value, str):
            texts.append(value)
    return "".join(texts)


def count(value: Json) -> int | None:
    """Return a whole number as it is and None for anything else (true is not a number)."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def string(holder: JsonObject, key: str) -> str | None:
    """Return a field when it is a string."""
    value = holder.get(key)
    return value if isinstance(value, str) else None


def checked_string(holder: JsonObject, key: str, where: str, notes: Notes) -> str | None:
    """Return a field that must be a string or null; another type is noted."""
    value = holder.get(key)
    if value is None or isinstance(value, str):
        return value
    notes.add("bad-field", where, f"{key} is {a_kind(value)}")
    return None


def spoken(role: Json, content: Json) -> Iterator[Message]:
    """Yield the message of a request if a system, developer or user role says it."""
    if role in ("system", "developer"):
        yield Message("system", content_text(content))
    elif role == "user":
        yield Message("user", content_text(content))


def ids_of(root: JsonObject) -> tuple[str, ...]:
    """Return the completion's id as the tuple that Reply.chunk_ids wants."""
    found = string(root, "id")
    return () if found is None else (found,)


def objects(value: Json) -> list[JsonObject]:
    """Return the objects of an array; anything else is no object."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def content_text(content: Json) -> str:
    """Return the text of a request message's content: a string or an array of parts."""
    return content if isinstance(content, str) else parts_text(objects(content))


def tool_of(holder: JsonObject, parameters: Json) -> Tool:
    """Read an offered tool back from a request body."""
    return Tool(
        string(holder, "name") or "",
        string(holder, "description") or "",
        parameters if isinstance(parameters, dict) else {},
        holder.get("strict") is True,
    )


def usage_of(usage: Json, inputs: str, outputs: str) -> Usage | None:
    """Read token counts by the format's names."""
    if not isinstance(usage, dict):
        return None
    return Usage(count(usage.get(inputs)), count(usage.get(outputs)))


def _text(body: bytes, notes: Notes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        notes.add("not-utf8", f"byte {error.start}", error.reason)
        return body.decode(errors="replace")


def _read_plain(text: str, key: str, plain: PlainReader, notes: Notes) -> Reply:
    try:
        document = strictjson.parse(text.removeprefix("\ufeff"))
    except strictjson.JsonError as error:
        notes.add("not-json", "$", f"{error}: {text[:80]!r}")
        return Reply("", False, None)
    root = _unwrapped(document.value, key, notes)
    if root is None:
        value = document.value
        return Reply("", False, None, error=value.get("error") if isinstance(value, dict) else None)
    return plain(root, notes)


def _unwrapped(value: Json, key: str, notes: Notes) -> JsonObject | None:
    """Return the object that holds ``key``, also from one level of wrapping (noted)."""
    if not isinstance(value, dict):
        notes.add("envelope", "$", f"the body is {a_kind(value)}")
        return None
    if key in value:
        return value
    for name in _ENVELOPES:
        inner = value.get(name)
        if isinstance(inner, dict) and key in inner:
            notes.add("envelope", f"$.{name}", f"{key} stands in {name}, not at the top")
            return inner
    if value.get("error") is None:
        notes.add("envelope", "$", f"no {key} at the top")
    return None


def _error_body(text: str) -> Json:
    """Return the error object of an HTTP error, else its whole JSON, else its text."""
    try:
        value = strictjson.parse(text).value
    except (strictjson.JsonError, RecursionError):
        return text
    # Gemini's OpenAI surface puts the error into an array.
    holder = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(holder, dict) and holder.get("error") is not None:
        return holder["error"]
    return value
