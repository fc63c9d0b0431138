"""What servers of several formats share: reasons to answer with 400, values sent, errors.

Each ``wrong_…`` returns the reason, or None.
"""

import json
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call, RawJson, Refusal, ReplyPlan

__all__ = [
    "as_value",
    "coded_error",
    "loads",
    "sendable",
    "takes_text",
    "wrong_limit",
    "wrong_list",
    "wrong_model",
    "wrong_tools",
]


def wrong_model(body: JsonObject) -> str | None:
    """The model must be named."""
    return None if isinstance(body.get("model"), str) else "model: a string is required"


def wrong_limit(body: JsonObject, *keys: str, required: bool = False) -> str | None:
    """A token limit, under any of these names, must be a positive number."""
    limit = next((body[key] for key in keys if body.get(key) is not None), None)
    if limit is None:
        return f"{keys[0]}: Field required" if required else None
    if not isinstance(limit, int) or limit < 1:
        return f"{keys[0]}: a positive integer is required"
    return None


def wrong_list(body: JsonObject, key: str) -> str | None:
    """The conversation must be a list of objects."""
    items = body.get(key)
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        return None
    return f"{key}: a list of objects is required"


def wrong_tools(
    body: JsonObject,
    *,
    nested: bool = False,
    schema: str = "parameters",
    required: bool = False,
    choices: Sequence[str] = ("auto", "none", "required"),
) -> str | None:
    """Each tool needs a name and, where it is ``required``, a schema; a forced one a name.

    ``nested``: they stand under ``function`` or ``custom``, and there are no other kinds. Elsewhere
    there are: what the provider runs itself has a ``type`` of its own, and often no name.
    ``choices`` are the words that ``tool_choice`` may be.
    """
    tools = body.get("tools") or []
    if not isinstance(tools, list):
        return "tools: a list is required"
    for n, tool in enumerate(tools):
        if _is_providers(tool, nested):
            continue
        spec = _spec(tool, nested)
        if not isinstance(spec, dict) or not isinstance(spec.get("name"), str):
            return f"tools[{n}]: not a function with a name"
        given = spec.get(schema)
        if not isinstance(given, dict) and (required or given is not None):
            return f"tools[{n}]: its schema is not an object"
    return _wrong_choice(body.get("tool_choice"), nested, choices)


def _wrong_choice(choice: Any, nested: bool, choices: Sequence[str]) -> str | None:
    if isinstance(choice, str) and choice not in choices:
        words = f"one of {', '.join(choices)} or " if choices else ""
        return f"tool_choice: {words}an object is required, not {choice!r}"
    if not isinstance(choice, dict) or choice.get("type") in ("any", "auto", "none"):
        return None
    if choice.get("type") == "allowed_tools":
        return _wrong_allowed(choice.get("allowed_tools") if nested else choice, nested)
    return None if _names_tool(choice, nested) else "tool_choice: names no tool"


def _wrong_allowed(held: Any, nested: bool) -> str | None:
    if not isinstance(held, dict) or held.get("mode") not in ("auto", "required"):
        return "tool_choice: the mode of allowed_tools is auto or required"
    tools = held.get("tools")
    named = isinstance(tools, list) and all(_names_tool(entry, nested) for entry in tools)
    return None if tools and named else "tool_choice: allowed_tools names no tool"


def _names_tool(entry: Any, nested: bool) -> bool:
    spec = _spec(entry, nested)
    is_named = isinstance(spec, dict) and isinstance(spec.get("name"), str)
    return is_named or _is_providers(entry, nested)


def _spec(entry: Any, nested: bool) -> Any:
    if not nested or not isinstance(entry, dict):
        return entry
    return entry.get("custom" if entry.get("type") == "custom" else "function")


def _is_providers(entry: Any, nested: bool) -> bool:
    kind = entry.get("type") if isinstance(entry, dict) else None
    return not nested and isinstance(kind, str) and kind not in _CLIENTS


_CLIENTS = ("function", "custom", "tool")
"""Kinds of tools, and of choices among them, that clients declare and run."""


def loads(raw: Any) -> bool:
    """Whether this is the text of a JSON value."""
    try:
        json.loads(raw)
    except (ValueError, TypeError):
        return False
    return True


def as_value(raw: Any) -> Any:
    """Return an argument text as the value that it spells, else as it is."""
    return RawJson(raw) if loads(raw) else raw


def sendable(plan: ReplyPlan) -> Sequence[Call]:
    """Return the calls without one that the token limit cut off: it is no value."""
    cut = plan.finish == "length" and bool(plan.calls) and not loads(plan.calls[-1].raw)
    return plan.calls[:-1] if cut else plan.calls


def takes_text(plan: ReplyPlan, call: Call) -> bool:
    """Whether the call is of an offered tool that takes free text."""
    tool = plan.ask.tool(call.name)
    return tool is not None and tool.takes_text


_KINDS = {429: "rate_limit_error", 503: "service_unavailable_error"}


def coded_error(refusal: Refusal) -> JsonObject:
    """Return the body of an HTTP error in OpenAI's words.

    https://platform.openai.com/docs/guides/error-codes
    """
    usual = "invalid_request_error" if refusal.status < 500 else "server_error"
    kind = _KINDS.get(refusal.status, usual)
    details = {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}
    return {"error": {**details, **refusal.extra}}
