"""Messages as LangChain spells them in its callbacks, put into those of chat completions."""

import json
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import Json, JsonObject

__all__ = ["chat_message", "chat_request"]


def chat_request(messages: Sequence[Json]) -> JsonObject:
    """Return what a list of messages asks; tools on offer stand in it as messages with a schema."""
    said = [one for one in messages if isinstance(one, dict)]
    offered = [one["content"] for one in said if _offers(one)]
    asked: JsonObject = {"messages": [chat_message(one) for one in said if not _offers(one)]}
    return asked | ({"tools": [_tool(one) for one in offered]} if offered else {})


def chat_message(message: JsonObject) -> JsonObject:
    """Return a message with its calls in chat's own spelling; others stay as they are."""
    calls = [
        *_several(message.get("tool_calls")),
        # Their arguments are the text that couldn't be parsed.
        *_several(message.get("invalid_tool_calls")),
    ]
    return {**message, "tool_calls": [_call(one) for one in calls]} if calls else message


def _offers(message: JsonObject) -> bool:
    return message.get("role") == "tool" and isinstance(message.get("content"), dict)


def _tool(offered: JsonObject) -> JsonObject:
    return offered if "function" in offered else {"type": "function", "function": offered}


def _several(calls: Json) -> list[Any]:
    return calls if isinstance(calls, list) else []


def _call(call: Any) -> Any:
    match call:
        case {"name": name, "args": args}:
            raw = args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)
            function = {"name": name, "arguments": raw}
            return {"id": call.get("id"), "type": "function", "function": function}
    return call
