"""What the readers share: bytes to text, JSON to values, and notes of what is out of place."""

from codecs import utf_8_decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from toolfuzz.core import effort
from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Usage, WireProblem

__all__ = [
    "Event",
    "Notes",
    "body_text",
    "checked_count",
    "checked_object",
    "checked_string",
    "content_text",
    "count",
    "event_object",
    "finish_of",
    "ids_of",
    "keys_of",
    "note_no_utf8",
    "objects",
    "offering",
    "spoken",
    "string",
    "text_of",
    "text_tool",
    "tool_of",
    "usage_of",
]

# A hostile stream can be wrong in a new way in each of a million events.
_MOST_NOTES = 50
# Of so many events one looks at the clock.
_CHECKED = 256
_BLOCK = 256 * 1024


class Notes:
    """The WireProblems of one reply; the same trouble is noted once, at its first place."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], WireProblem] = {}

    def add(self, kind: str, where: str, detail: str) -> None:
        """Note a problem (kinds: see WireProblem)."""
        if len(self._found) < _MOST_NOTES:
            self._found.setdefault((kind, detail), WireProblem(kind, where, detail))

    def law(
        self,
        name: str,
        where: str,
        detail: str,
        severity: Literal["error", "warn"],
        defect: str = "",
    ) -> None:
        """Note that a law is broken: the first breach, or the first that is an error."""
        known = self._found.get(("law", name))
        graver = known is not None and (known.severity, severity) == ("warn", "error")
        if graver or (known is None and len(self._found) < _MOST_NOTES):
            self._found["law", name] = WireProblem("law", where, detail, name, severity, defect)

    def all(self) -> tuple[WireProblem, ...]:
        """Return the problems in the order of their discovery."""
        return tuple(self._found.values())


class Event(NamedTuple):
    """One event of a stream.

    ``number`` is its ordinal, ``name`` the event field ("" without one), ``data`` the object or,
    for an end marker that is no JSON, its text.
    """

    number: int
    name: str
    data: str | JsonObject


def event_object(number: int, text: str, notes: Notes) -> JsonObject | None:
    """Return the JSON object of an event's data; anything else is noted and gives None."""
    effort.weigh(text)
    if number % _CHECKED == 0:
        effort.check()
    try:
        value = strictjson.parse(text).value
    except strictjson.JsonError as error:
        notes.add("not-json", f"event {number}", f"{error}: {text[:80]!r}")
        return None
    if not isinstance(value, dict):
        notes.add("envelope", f"event {number}", f"data is {a_kind(value)}")
        return None
    return value


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


def checked_count(holder: JsonObject, key: str, where: str, notes: Notes) -> int | None:
    """Return a field that must be a whole number or null; anything else is noted."""
    value = holder.get(key)
    number = count(value)
    if number is None and value is not None:
        notes.add("bad-field", where, f"{key} is {a_kind(value)}")
    return number


def checked_object(holder: JsonObject, key: str, where: str, notes: Notes) -> JsonObject:
    """Return a field that must be an object; anything else is noted and taken for an empty one."""
    value = holder.get(key)
    if isinstance(value, dict):
        return value
    notes.add("bad-field", where, f"{key} is {a_kind(value)}")
    return {}


def keys_of(holder: JsonObject, names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return which fields are present: pairs of our word (``Fragment.keys``) and the format's."""
    return tuple([ours for ours, theirs in names if theirs in holder])


def finish_of(reason: str | None, words: Mapping[str, Finish]) -> Finish | None:
    """Return what a finish reason means in the format's words; those that are none are other."""
    return None if reason is None else words.get(reason, "other")


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
        string(holder, "description"),
        parameters if isinstance(parameters, dict) else {},
        holder.get("strict") is True,
        declared=isinstance(parameters, dict),
    )


def offering(tools: Iterable[Tool]) -> tuple[Tool, ...]:
    """Return the tools by name; what two namespaces call the same is held to neither's schema."""
    known: dict[str, Tool] = {}
    for tool in tools:
        earlier = known.setdefault(tool.name, tool)
        if earlier.parameters != tool.parameters:
            known[tool.name] = replace(tool, parameters={})
    return tuple(known.values())


def text_tool(holder: JsonObject) -> Tool:
    """Read an offered tool whose calls hold free text."""
    return replace(tool_of(holder, {"type": "string"}), strict=False)


def usage_of(usage: Json, inputs: str, outputs: str) -> Usage | None:
    """Read token counts by the format's names."""
    if not isinstance(usage, dict):
        return None
    return Usage(count(usage.get(inputs)), count(usage.get(outputs)))


def body_text(body: bytes, notes: Notes) -> str:
    """Return the text of a body; what is no UTF-8 is noted and replaced."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        notes.add("not-utf8", f"byte {error.start}", error.reason)
        return body.decode(errors="replace")


def note_no_utf8(body: bytes, notes: Notes) -> None:
    """Note where a body is no UTF-8, as ``body_text`` does, without a copy of it."""
    if body.isascii():
        return
    view, start = memoryview(body), 0
    while start < len(body):
        last = start + _BLOCK >= len(body)
        try:
            _, read = utf_8_decode(view[start : start + _BLOCK], "strict", last)
        except UnicodeDecodeError as error:
            notes.add("not-utf8", f"byte {start + error.start}", error.reason)
            return
        start += read
