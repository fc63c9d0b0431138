"""What an item of the output says: a call, a message, reasoning."""

from collections.abc import Iterable
from typing import Literal

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Fragment, ToolCall
from toolfuzz.formats.history import Beside
from toolfuzz.formats.reading import Notes, checked_string, keys_of, objects, string, text_of

__all__ = [
    "CALLS",
    "FragmentKind",
    "arguments_key",
    "beside_calls",
    "call_of",
    "fragment_of",
    "is_call",
    "is_forgotten",
    "read_message",
    "reasoning_text",
    "rest_of",
]

# What else a model calls (a shell, a computer, MCP, the provider's own tools) has items of its own.
CALLS = ("function_call", "custom_tool_call")

FragmentKind = Literal["delta", "open", "done", "close", "final"]
_CALL = (("id", "call_id"), ("type", "type"), ("name", "name"))


def reasoning_text(item: JsonObject) -> str:
    """Return the text of a reasoning item: its summary, and what it says in full."""
    parts = objects(item.get("summary")) + objects(item.get("content"))
    return "".join(string(part, "text") or "" for part in parts)


def beside_calls(items: Iterable[JsonObject]) -> Beside:
    """Return the items beside the calls; reasoning must stand before the item that it led to."""
    beside, calls = Beside(lambda item: item.get("type") == "reasoning"), 0
    for item in items:
        if item.get("type") in CALLS:
            calls += 1
        elif item.get("type") in ("reasoning", "message"):
            beside.add(item, calls)
    return beside


def is_forgotten(item: JsonObject) -> bool:
    """Whether the item means nothing to a server that did not store it."""
    empty = not (item.get("encrypted_content") or item.get("content"))
    return item.get("type") == "reasoning" and empty


def rest_of(item: JsonObject) -> JsonObject | None:
    """Return what a call's item holds besides the call: its own id, its status."""
    known = ("type", "call_id", "name", arguments_key(item))
    return {key: value for key, value in item.items() if key not in known} or None


def read_message(
    item: JsonObject, where: str, texts: list[str], refusals: list[str], notes: Notes
) -> None:
    """Add what a message says to the texts, or to the refusals."""
    content = item.get("content")
    if not isinstance(content, list):
        texts.append(text_of(item, "content", where, notes))
        notes.add("bad-field", f"{where}.content", f"content is {a_kind(content)}")
    for part in objects(content):
        if part.get("type") == "refusal":
            refusals.append(text_of(part, "refusal", where, notes))
        else:
            texts.append(text_of(part, "text", where, notes))


def is_call(item: JsonObject, where: str, notes: Notes) -> bool:
    """Whether the item is a call, also under a type of other formats (noted)."""
    kind = item.get("type")
    if kind in CALLS:
        return True
    if kind in (None, "function", "tool_call", "tool_use") and "name" in item:
        notes.add("call-type", where, f"type is {kind!r}, not 'function_call'")
        return True
    return False


def call_of(item: JsonObject, where: str, notes: Notes, linked: bool) -> ToolCall:
    """Read a call; ``linked``: it goes back as it came, because reasoning belongs to it."""
    key = arguments_key(item)
    arguments = item.get(key)
    if key == "input" and not isinstance(arguments, str):
        notes.add("bad-field", where, f"input is {a_kind(arguments)}")
    raw = arguments if isinstance(arguments, str) else None
    return ToolCall(
        checked_string(item, "call_id", where, notes),
        checked_string(item, "name", where, notes),
        raw,
        arguments if raw is None else None,
        key in item,
        where,
        rest_of(item) if linked else None,
        key == "input",
    )


def arguments_key(item: JsonObject) -> str:
    """Return where a call's arguments stand: the text of a custom tool is its ``input``."""
    return "input" if item.get("type") == "custom_tool_call" else "arguments"


def fragment_of(
    number: int,
    kind: FragmentKind,
    slot: int | None,
    item: JsonObject,
    keys: tuple[str, ...],
    linked: bool,
) -> Fragment:
    """Read an event that holds a whole item."""
    key = arguments_key(item)
    return Fragment(
        number,
        kind,
        slot,
        string(item, "call_id"),
        string(item, "name"),
        item.get(key),
        (*keys, *keys_of(item, _CALL), *keys_of(item, [("arguments", key)])),
        string(item, "id"),
        string(item, "type"),
        rest_of(item) if linked else None,
        key == "input",
    )
