"""What attributes of a span say of an exchange with a model, by the conventions in use.

OpenTelemetry's own (github.com/open-telemetry/semantic-conventions-genai: messages in attributes;
before: one event a message), OpenLLMetry, OpenInference
(arize-ai.github.io/openinference/spec), the AI SDK (ai-sdk.dev/docs/ai-sdk-core/telemetry) and
Pydantic AI name the same things differently. All are spelled as the messages and tools of a chat
completion, and read as such.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import USUAL, wire_format
from toolfuzz.formats.plan import Call
from toolfuzz.formats.reading import objects
from toolfuzz.recordings.recorded import Recorded, rebuilt

__all__ = ["CHOICE", "EVENTS", "MESSAGE_EVENTS", "exchange"]

_TOOL = "OpenTelemetry"

# Where each thing may stand: the first name that holds anything is taken.
_SYSTEM = ("gen_ai.system_instructions",)
_ASKED = ("gen_ai.input.messages", "gen_ai.prompt", "llm.input_messages", "ai.prompt.messages")
_SAID = ("gen_ai.output.messages", "gen_ai.completion", "llm.output_messages")
_CALLS, _TEXT = ("ai.response.toolCalls",), ("ai.response.text",)
_TOOLS = ("gen_ai.tool.definitions", "llm.request.functions", "llm.tools", "ai.prompt.tools")
_PARAMETERS, _OFFERED = ("model_request_parameters",), ("function_tools", "output_tools")
_MODEL = ("gen_ai.request.model", "llm.model_name", "ai.model.id")
EVENTS = "events"
"""Pydantic AI's attribute for the older convention's events; those of log records come so, too."""

# What the things are called within them.
_ID = ("id", "tool_call_id", "toolCallId")
_NAME = ("name", "toolName")
_ARGUMENTS = ("arguments", "input", "args")
_TOLD = ("name", "description", "strict")
_SCHEMA = ("parameters", "inputSchema", "input_schema", "parameters_json_schema")
_RESULT = ("response", "result", "output", "content", "value")
_WORDS = ("content", "text")
_WRAPS = ("message", "message_content", "tool_call", "tool", "function")
_CALL_PARTS = ("tool_call", "tool-call", "tool_use")
_RESULT_PARTS = ("tool_call_response", "tool-result", "tool_result")
_TEXT_PARTS = ("text", None)

# The older convention: an event a message, and the role that it gives.
CHOICE = "gen_ai.choice"
MESSAGE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    CHOICE: "assistant",
}

# Spans around the exchanges: what they hold stands in those as well.
_AROUND = {
    "gen_ai.operation.name": ("invoke_agent", "create_agent", "invoke_workflow", "execute_tool"),
    "openinference.span.kind": ("AGENT", "CHAIN", "TOOL"),
    "traceloop.span.kind": ("workflow", "task", "agent", "tool"),
}
_ASKS_A_MODEL = {
    "gen_ai.operation.name": ("chat", "generate_content", "text_completion"),
    "openinference.span.kind": ("LLM",),
}
_MOST_STEPS = 20


def exchange(label: str, attributes: JsonObject) -> Recorded | None:
    """Return the exchange that attributes tell of; None for none, or one without an answer.

    Raises UsageError where there was one whose messages aren't in the file.
    """
    if _is(_AROUND, attributes):
        return None
    asked, said = _messages(attributes)
    if not said:
        if not asked and _is(_ASKS_A_MODEL, attributes):
            raise UsageError(
                "the messages of this call were not recorded (instrumentations leave them out "
                "unless OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, or their own setting, "
                "says otherwise)"
            )
        return None
    if not asked:
        return None
    answered = said[-1]
    calls = answered.get("tool_calls", [])
    tools = _tools(attributes) or _called([*asked, answered])
    model = _first(attributes, _MODEL)
    request = {"model": model if isinstance(model, str) else "", "messages": asked, "tools": tools}
    ask = wire_format(USUAL).read_request(request)
    found = rebuilt(_TOOL, label, ask, [_planned(one) for one in calls], answered["content"])
    if calls and not any(tool.declared for tool in ask.tools):
        return replace(found, note=found.note or "the schemas of the tools were not recorded")
    return found


def _is(kinds: dict[str, tuple[str, ...]], attributes: JsonObject) -> bool:
    return any(attributes.get(name) in words for name, words in kinds.items())


def _messages(attributes: JsonObject) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return what was asked and what was said to it, as messages of a chat completion."""
    events = _list(_loaded(attributes.get(EVENTS)))
    if events:
        choices = [one for one in events if one.get("event.name") == CHOICE]
        asked = [one for one in events if one.get("event.name") != CHOICE]
        return [*_chat(map(_of_event, asked))], [*_chat(map(_of_event, choices[:1]))]
    asked = [*_chat(_list(_at(attributes, _ASKED)))]
    instructions = _at(attributes, _SYSTEM)
    if instructions:
        asked = [*_chat([{"role": "system", "parts": instructions}]), *asked]
    said = _list(_at(attributes, _SAID))[:1]
    calls, text = _at(attributes, _CALLS), _first(attributes, _TEXT)
    if not said and (calls or text):
        said = [{"content": text, "tool_calls": calls}]
    return asked, [*_chat({**_unwrapped(one), "role": "assistant"} for one in said)]


def _of_event(event: JsonObject) -> JsonObject:
    role = MESSAGE_EVENTS.get(str(event.get("event.name")))
    return {**_unwrapped(event), "role": role}


def _tools(attributes: JsonObject) -> list[JsonObject]:
    offered = _list(_at(attributes, _TOOLS))
    if not offered and isinstance(parameters := _at(attributes, _PARAMETERS), dict):
        offered = [tool for kind in _OFFERED for tool in _list(parameters.get(kind))]
    return [_tool(one) for one in offered]


def _called(messages: Iterable[JsonObject]) -> list[JsonObject]:
    """Return the tools that are known by their calls alone."""
    calls = [call for message in messages for call in message.get("tool_calls", [])]
    names = dict.fromkeys(call["function"]["name"] for call in calls)
    return [_tool({"name": name}) for name in names]


# --- one message, tool or call


def _chat(messages: Iterable[JsonObject]) -> Iterator[JsonObject]:
    for wrapped in messages:
        message = _unwrapped(wrapped)
        role = message.get("role")
        held = [message.get(name) for name in ("parts", "content", "contents")]
        parts = [_unwrapped(part) for found in held for part in _list(found)]
        results = [part for part in parts if part.get("type") in _RESULT_PARTS]
        for result in [message] if role == "tool" and not results else results:
            content = _text(_first(result, _RESULT))
            yield {"role": "tool", "tool_call_id": _id(result), "content": content}
        texts = [_first(part, _WORDS) for part in parts if part.get("type") in _TEXT_PARTS]
        texts += [text for text in held if isinstance(text, str)]
        content = "".join(text for text in texts if isinstance(text, str))
        if role in ("assistant", "model"):
            calls = [part for part in parts if part.get("type") in _CALL_PARTS]
            calls += _list(message.get("tool_calls"))
            called = [_call(call) for call in calls]
            yield {"role": "assistant", "content": content} | (
                {"tool_calls": called} if called else {}
            )
        elif role != "tool" and (content or not results):
            yield {"role": role, "content": content}


def _call(wrapped: JsonObject) -> JsonObject:
    call = _unwrapped(wrapped)
    name, arguments = _first(call, _NAME), _first(call, _ARGUMENTS)
    if not isinstance(name, str):
        raise UsageError("a recorded call has no name")
    function = {"name": name, "arguments": _text(arguments)}
    return {"id": _id(call), "type": "function", "function": function}


def _planned(call: JsonObject) -> Call:
    function = call["function"]
    return Call(function["name"], {}, call["id"], function["arguments"])


def _tool(wrapped: JsonObject) -> JsonObject:
    """Return an offered tool; without ``parameters`` where its schema was left out."""
    tool = _unwrapped(wrapped)
    if isinstance(schema := _loaded(tool.get("json_schema")), dict):
        tool = tool | _unwrapped(schema)
    function: JsonObject = {name: tool[name] for name in _TOLD if name in tool}
    parameters = _loaded(_first(tool, _SCHEMA))
    if isinstance(parameters, dict):
        function["parameters"] = parameters
    return {"type": "function", "function": function}


def _unwrapped(holder: JsonObject) -> JsonObject:
    """Return an object with what its wrappings hold: ``{"tool_call": {"function": {…}}}``."""
    for name in _WRAPS:
        if isinstance(inner := holder.get(name), dict):
            return {**holder, name: None, **_unwrapped(inner)}
    return holder


def _id(holder: JsonObject) -> str | None:
    found = _first(holder, _ID)
    return found if isinstance(found, str) else None


def _first(holder: JsonObject, names: Iterable[str]) -> Any:
    return next((found for name in names if (found := holder.get(name)) is not None), None)


def _text(value: Json) -> str:
    """Return text as it is, "" for nothing, and any other value as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _list(value: Json) -> list[JsonObject]:
    """Return the objects of a list; those that stand as JSON text, too."""
    return objects([_loaded(one) for one in value]) if isinstance(value, list) else []


# --- values under a name


def _at(attributes: JsonObject, names: Iterable[str]) -> Json:
    """Return what stands under the first name that holds anything.

    It may be a value, JSON text of one, or be spread over ``NAME.0.role``, ``NAME.0.content`` ….
    """
    for name in names:
        found = _loaded(attributes[name]) if name in attributes else _gathered(attributes, name)
        if found:
            return found
    return None


def _loaded(value: Json) -> Json:
    """Return a value, or what its JSON text holds where it is that of an object or a list."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _gathered(attributes: JsonObject, name: str) -> Json:
    tree: JsonObject = {}
    for key, value in attributes.items():
        if not key.startswith(f"{name}."):
            continue
        *between, last = key.removeprefix(f"{name}.").split(".")
        if len(between) > _MOST_STEPS:
            raise UsageError("an attribute's name is nested too deeply")
        place = tree
        for step in between:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place[last] = value
    return _listed(tree)


def _listed(tree: Json) -> Json:
    """Return the tree with a list where all keys of an object are numbers."""
    if not isinstance(tree, dict):
        return tree
    inner = {key: _listed(value) for key, value in tree.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
