"""A question as a Converse request, and back.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

What Converse can't say: the flag for parallel calls, which of the tools on offer may be called, a
tool without a schema, and ``tool_choice: none``. Calls are forbidden by offering no tools, which
the service refuses when the history holds calls.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from toolfuzz.core import json as strictjson
from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats.history import Beside, argument_object, conversation, in_order, replied
from toolfuzz.formats.protocol import CannotAskError
from toolfuzz.formats.reading import content_text, count, objects, string, tool_of

from .read import BESIDE, is_wanted_back

__all__ = ["cap", "looks_like", "merge", "path", "read_body", "write"]

_PATH = re.compile(r"/model/(?P<model>.+)/converse(?P<stream>-stream)?(?:\?.*)?$")
_INFERENCE = frozenset({"maxTokens", "temperature", "topP", "stopSequences"})
_FIELDS = frozenset(
    {
        "additionalModelRequestFields",
        "additionalModelResponseFieldPaths",
        "guardrailConfig",
        "inferenceConfig",
        "messages",
        "outputConfig",
        "performanceConfig",
        "projectIdentifier",
        "promptVariables",
        "requestMetadata",
        "serviceTier",
        "system",
        "toolConfig",
    }
)
# A text block that is empty or blank is refused (ValidationException), wherever it stands.
_NOTHING = "(nothing)"


def path(model: str, stream: bool) -> str:
    """Return where a model is asked; an ARN's slashes and colons are escaped, as AWS's SDKs do."""
    return f"/model/{quote(model, safe='')}/converse{'-stream' if stream else ''}"


# --- from a question to a body


def write(ask: Ask) -> JsonObject:
    """Return the body; model and stream mode stand in the path. Raises CannotAskError."""
    messages: list[JsonObject] = []
    for said in ask.said:
        _say(messages, said)
    body: JsonObject = {"messages": messages}
    if system := [_text(m.content) for m in ask.messages if m.role == "system"]:
        body["system"] = system
    if ask.max_tokens is not None:
        body["inferenceConfig"] = {"maxTokens": ask.max_tokens}
    if ask.tool_choice == "none":
        if any(reply.calls for reply in ask.replies):
            raise CannotAskError("tool_choice none after calls")
    elif ask.allowed:
        raise CannotAskError("a choice among some of the tools on offer")
    elif ask.tools:
        body["toolConfig"] = _tool_config(ask)
    return body


def merge(body: JsonObject, params: JsonObject) -> JsonObject:
    """Put further fields in where Converse has them.

    Its own go to the top, ``temperature`` and the like to ``inferenceConfig``, and what it doesn't
    know to ``additionalModelRequestFields``, which is handed to the model. Objects are joined.
    """
    merged = dict(body)

    def put(key: str, value: Json) -> None:
        held = merged.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            value = {**held, **value}
        merged[key] = value

    for key, value in params.items():
        if key in _INFERENCE:
            put("inferenceConfig", {key: value})
        elif key in _FIELDS:
            put(key, value)
        else:
            put("additionalModelRequestFields", {key: value})
    return merged


def _say(messages: list[JsonObject], said: Said) -> None:
    """Add what was said; what one role says in a row is one message, for roles must alternate."""
    match said:
        case Message("user", content):
            role, blocks = "user", [_text(content)]
        case Called(reply):
            role, blocks = "assistant", list(_assistant(reply))
        case Answered(results):
            role, blocks = "user", [_result(n, result) for n, result in enumerate(results)]
        case _:
            return
    if messages and messages[-1]["role"] == role:
        messages[-1]["content"] += blocks
    else:
        messages.append({"role": role, "content": blocks})


def _text(text: str) -> JsonObject:
    return {"text": text if text.strip() else _NOTHING}


def _assistant(reply: Reply) -> Iterator[JsonObject]:
    uses = (_use(n, call) for n, call in enumerate(reply.calls))
    if reply.extra:
        yield from in_order(reply, uses)
        return
    if reply.text or not reply.calls:
        yield _text(reply.text)
    yield from uses


def _use(n: int, call: ToolCall) -> JsonObject:
    use = {
        "toolUseId": call.id or _made_id(n),
        "name": call.name or "",
        "input": argument_object(call),
    }
    return {"toolUse": use}


def _made_id(n: int) -> str:
    """Return an id for the n-th call of a reply, which came without one."""
    return f"tooluse_{n}"


def _result(n: int, result: ToolResult) -> JsonObject:
    use_id = result.call_id or _made_id(n)
    return {"toolResult": {"toolUseId": use_id, "content": [_text(result.content)]}}


def _tool_config(ask: Ask) -> JsonObject:
    config: JsonObject = {"tools": [{"toolSpec": _tool(tool)} for tool in ask.tools]}
    if ask.tool_choice == "required":
        config["toolChoice"] = {"any": {}}
    elif ask.tool_choice.startswith("tool:"):
        config["toolChoice"] = {"tool": {"name": ask.tool_choice.removeprefix("tool:")}}
    return config


def _tool(tool: Tool) -> JsonObject:
    if not tool.declared:
        raise CannotAskError("a tool without inputSchema")
    spec: JsonObject = {"name": tool.name}
    if tool.description:
        spec["description"] = tool.description
    spec["inputSchema"] = {"json": tool.parameters}
    if tool.strict:
        spec["strict"] = True
    return spec


# --- and back


def cap(body: Mapping[str, Any]) -> int | None:
    """Return the token limit of a body."""
    config = body.get("inferenceConfig")
    return count(config.get("maxTokens")) if isinstance(config, dict) else None


def temperature(body: Mapping[str, Any]) -> Any:
    """Return the temperature of a body."""
    config = body.get("inferenceConfig")
    return config.get("temperature") if isinstance(config, dict) else None


def looks_like(body: Mapping[str, Any], path: str) -> bool:
    """Tell a Converse body by its path, its settings, or messages whose parts have no type."""
    if path:
        return _PATH.search(path) is not None
    messages = objects(body.get("messages"))
    parts = [part for message in messages for part in objects(message.get("content"))]
    if messages and ("toolConfig" in body or "inferenceConfig" in body):
        return True
    return bool(parts) and not any("type" in part for part in parts)


def read_body(body: JsonObject, path: str) -> Ask:
    """Read a request. Tools that the service runs itself have no schema to read."""
    asked = _PATH.search(path)
    config = body.get("toolConfig")
    config = config if isinstance(config, dict) else {}
    system = [Message("system", content_text([b])) for b in objects(body.get("system"))]
    return Ask(
        model=unquote(asked["model"]) if asked else "",
        tools=tuple(_read_tools(config.get("tools"))),
        said=(*system, *conversation(_read_messages(body.get("messages")))),
        tool_choice=_read_choice(config),
        max_tokens=cap(body),
        stream=bool(asked and asked["stream"]),
    )


def _read_tools(tools: Json) -> Iterator[Tool]:
    for tool in objects(tools):
        spec = tool.get("toolSpec")
        if isinstance(spec, dict):
            schema = spec.get("inputSchema")
            yield tool_of(spec, schema.get("json") if isinstance(schema, dict) else None)


def _read_choice(config: JsonObject) -> str:
    """Read what must be called: nothing seen here, where the service's own tools will do."""
    own = [tool["systemTool"] for tool in objects(config.get("tools")) if "systemTool" in tool]
    match config.get("toolChoice"):
        case {"any": _} if not own:
            return "required"
        case {"tool": {"name": str(name)}} if {"name": name} not in own:
            return f"tool:{name}"
        case _:
            return "auto"


def _read_messages(messages: Json) -> Iterator[Message | Called | ToolResult]:
    for message in objects(messages):
        content = message.get("content")
        blocks = objects(content)
        match message.get("role"):
            case "assistant":
                yield _read_reply(blocks)
            case "system":
                yield Message("system", content_text(blocks))
            case _:
                yield from _read_user(blocks)


def _read_user(blocks: list[JsonObject]) -> Iterator[Message | ToolResult]:
    for block in blocks:
        match block:
            case {"text": str(text)}:
                yield Message("user", _said(text))
            case {"toolResult": dict(result)}:
                parts = objects(result.get("content"))
                said = "".join(_result_text(part) for part in parts)
                yield ToolResult(string(result, "toolUseId"), None, _said(said))


def _result_text(part: JsonObject) -> str:
    match part:
        case {"text": str(text)}:
            return text
        case {"json": value}:
            return strictjson.dumps(value)
        case _:
            return ""


def _read_reply(blocks: list[JsonObject]) -> Called:
    beside, calls = Beside(is_wanted_back), list[ToolCall]()
    for block in blocks:
        if BESIDE & block.keys():
            beside.add(block, len(calls))
        elif isinstance(block.get("toolUse"), dict):
            calls.append(_read_call(block["toolUse"]))
    text = _said(content_text(blocks))
    thoughts = "".join(map(_thought, blocks))
    return replied(text, calls, reasoning=thoughts, extra=beside.extra, places=beside.places)


def _thought(block: JsonObject) -> str:
    match block:
        case {"reasoningContent": {"reasoningText": {"text": str(text)}}}:
            return text
        case _:
            return ""


def _read_call(use: JsonObject) -> ToolCall:
    value = use.get("input")
    raw = strictjson.dumps(value) if isinstance(value, dict) else None
    return ToolCall(
        string(use, "toolUseId"),
        string(use, "name"),
        raw,
        value if raw is None else None,
        "input" in use,
    )


def _said(text: str) -> str:
    return "" if text == _NOTHING else text
