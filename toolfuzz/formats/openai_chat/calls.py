"""What a call says, whole in a message or as one of the deltas of a stream."""

from collections.abc import Iterator

from msgspec.structs import replace

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Fragment, ToolCall
from toolfuzz.formats.reading import Notes, checked_count, checked_string, keys_of

__all__ = ["call_of", "fragment_of", "function_of", "tool_calls"]

_FUNCTION = "choices[].delta.tool_calls[].function: object"
_OUTER = (("index", "index"), ("id", "id"), ("type", "type"))


def tool_calls(message: JsonObject, where: str, notes: Notes) -> Iterator[JsonObject]:
    """Yield the calls of a message or a delta."""
    calls = message.get("tool_calls")
    if calls is None:
        return
    if not isinstance(calls, list):
        notes.add("bad-field", f"{where}.tool_calls", f"tool_calls is {a_kind(calls)}")
        calls = [calls]
    for call in calls:
        if isinstance(call, dict):
            yield call
        else:
            notes.add("bad-field", f"{where}.tool_calls", f"a tool call is {a_kind(call)}")


def call_of(call: JsonObject, where: str, notes: Notes) -> ToolCall:
    """Read a call of a message."""
    if (custom := _custom(call)) is not None:
        return _custom_call(call, custom, where, notes)
    if call.get("type") != "function":
        notes.add("call-type", f"{where}.type", f"type is {call.get('type')!r}, not 'function'")
    found = function_of(
        checked_string(call, "id", where, notes), _inner(call, where, notes), where, notes
    )
    return replace(found, extra=call["extra_content"]) if "extra_content" in call else found


def _custom(call: JsonObject) -> JsonObject | None:
    """Return what a custom tool is called with, the text under ``input``; None for a function."""
    custom = call.get("custom")
    return custom if isinstance(custom, dict) and call.get("type") in ("custom", None) else None


def _custom_call(call: JsonObject, custom: JsonObject, where: str, notes: Notes) -> ToolCall:
    text = custom.get("input")
    if not isinstance(text, str):
        notes.add("bad-field", f"{where}.custom", f"input is {a_kind(text)}")
    return ToolCall(
        checked_string(call, "id", where, notes),
        checked_string(custom, "name", where, notes),
        text if isinstance(text, str) else None,
        None if isinstance(text, str) else text,
        "input" in custom,
        where,
        free=True,
    )


def function_of(call_id: str | None, function: JsonObject, where: str, notes: Notes) -> ToolCall:
    """Read what is called: name and arguments."""
    arguments = function.get("arguments")
    raw = arguments if isinstance(arguments, str) else None
    return ToolCall(
        call_id,
        checked_string(function, "name", where, notes),
        raw,
        arguments if raw is None else None,
        "arguments" in function,
        where,
    )


def fragment_of(number: int, call: JsonObject, where: str, notes: Notes) -> Fragment:
    """Read a call of a delta."""
    custom = _custom(call)
    if custom is None and not isinstance(call.get("function"), dict):
        notes.law(_FUNCTION, where, "a call with neither function nor custom", "error")
    inner = _inner(call, where, notes) if custom is None else custom
    key = "arguments" if custom is None else "input"
    slot = checked_count(call, "index", where, notes)
    kind = checked_string(call, "type", where, notes)
    if kind and kind != "function" and custom is None:
        notes.add("call-type", where, f"type is {kind!r}, not 'function'")
    return Fragment(
        number,
        "delta",
        slot,
        checked_string(call, "id", where, notes),
        checked_string(inner, "name", where, notes),
        inner.get(key),
        keys_of(call, _OUTER) + keys_of(inner, (("name", "name"), ("arguments", key))),
        type=kind,
        extra=call.get("extra_content"),
        free=custom is not None,
    )


def _inner(call: JsonObject, where: str, notes: Notes) -> JsonObject:
    """Return ``function`` of a call, or the call itself where its fields were flattened."""
    function = call.get("function")
    if isinstance(function, dict):
        return function
    if "name" in call or "arguments" in call:
        notes.add("envelope", where, "name and arguments stand outside function")
        return call
    if function is not None:
        notes.add("bad-field", where, f"function is {a_kind(function)}")
    return {}
