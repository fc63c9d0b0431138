"""OpenAI Chat Completions, the format that most servers speak.

https://platform.openai.com/docs/api-reference/chat
"""

from collections.abc import Iterator, Mapping
from typing import Any

from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats.history import argument_text, conversation, replied
from toolfuzz.formats.laws import laws_beside
from toolfuzz.formats.protocol import Traits, WireFormat, bearer
from toolfuzz.formats.reading import content_text, count, objects, spoken, string
from toolfuzz.formats.sse import SSE_UNTIL_DONE
from toolfuzz.formats.writing import introduced

from .beside import beside
from .clients import READERS
from .offered import allowed_by, choice_of, offered, tool_choice_of
from .read import plain, stream
from .serve import SERVING
from .snippet import python

__all__ = ["FORMAT"]


def _path(model: str, stream: bool) -> str:
    return "/chat/completions"


# --- from a question to a body


def _write(ask: Ask) -> JsonObject:
    """``auto`` is the default of tool_choice and is not sent."""
    messages = [message for said in ask.said for message in _messages(said)]
    body: JsonObject = {"model": ask.model, "messages": messages}
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
        if ask.tool_choice != "auto" or ask.allowed:
            body["tool_choice"] = tool_choice_of(ask)
        if ask.parallel is not None:
            body["parallel_tool_calls"] = ask.parallel
    if ask.max_tokens is not None:
        body["max_completion_tokens"] = ask.max_tokens
    if ask.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def _tool(tool: Tool) -> JsonObject:
    if tool.takes_text:
        return {"type": "custom", "custom": introduced(tool)}
    function = introduced(tool)
    if tool.declared:
        function["parameters"] = tool.parameters
    if tool.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _messages(said: Said) -> Iterator[JsonObject]:
    match said:
        case Message(role, content, parts):
            yield {"role": role, "content": _text(content, parts)}
        case Called(reply):
            yield _assistant(reply)
        case Answered(results):
            for n, result in enumerate(results):
                call_id = result.call_id or f"call_{n}"
                content = _text(result.content, result.kind == "parts")
                yield {"role": "tool", "tool_call_id": call_id, "content": content}


def _text(text: str, parts: bool) -> Json:
    return [{"type": "text", "text": text}] if parts else text


def _assistant(reply: Reply) -> JsonObject:
    kept = reply.extra[0] if reply.extra else {}
    said: JsonObject = {"role": "assistant", "content": reply.text, **kept}
    if reply.reasoning and "reasoning" not in kept:
        # DeepSeek and Kimi refuse the next turn of a tool loop without it; others skip it.
        said["reasoning_content"] = reply.reasoning
    if reply.calls:
        said["content"] = reply.text or None
        said["tool_calls"] = [_call(n, call) for n, call in enumerate(reply.calls)]
    return said


def _call(n: int, call: ToolCall) -> JsonObject:
    call_id = call.id or f"call_{n}"
    if call.free:
        custom = {"name": call.name or "", "input": argument_text(call)}
        return {"id": call_id, "type": "custom", "custom": custom}
    sent: JsonObject = {
        "id": call_id,
        "type": "function",
        "function": {"name": call.name or "", "arguments": argument_text(call)},
    }
    if call.extra is not None:
        sent["extra_content"] = call.extra
    return sent


# --- and back


def _cap(body: Mapping[str, Any]) -> int | None:
    return count(body.get("max_completion_tokens", body.get("max_tokens")))


def _read_body(body: JsonObject, path: str) -> Ask:
    parallel = body.get("parallel_tool_calls")
    return Ask(
        model=string(body, "model") or "",
        tools=offered(body),
        said=conversation(_read_messages(body.get("messages"))),
        tool_choice=choice_of(body),
        allowed=allowed_by(body),
        parallel=parallel if isinstance(parallel, bool) else None,
        max_tokens=_cap(body),
        stream=body.get("stream") is True,
    )


def _read_messages(messages: Json) -> Iterator[Message | Called | ToolResult]:
    for message in objects(messages):
        role, content = message.get("role"), message.get("content")
        yield from spoken(role, content)
        if role == "assistant":
            thought = string(message, "reasoning_content") or string(message, "reasoning") or ""
            calls = list(_read_calls(message))
            yield replied(content_text(content), calls, reasoning=thought, extra=beside(message))
        elif role == "tool":
            call_id = string(message, "tool_call_id")
            yield ToolResult(call_id, string(message, "name"), content_text(content))


def _read_calls(message: JsonObject) -> Iterator[ToolCall]:
    for call in objects(message.get("tool_calls")):
        custom = call.get("custom")
        if isinstance(custom, dict):
            name, text = string(custom, "name"), string(custom, "input")
            yield ToolCall(string(call, "id"), name, text or "", free=True)
            continue
        function = call.get("function")
        function = function if isinstance(function, dict) else {}
        arguments = function.get("arguments")
        raw = arguments if isinstance(arguments, str) else None
        yield ToolCall(
            string(call, "id"),
            string(function, "name"),
            raw,
            arguments if raw is None else None,
            "arguments" in function,
            extra=call.get("extra_content"),
        )


def _looks_like(body: Mapping[str, Any], path: str) -> bool:
    return path.endswith("/chat/completions") or "messages" in body


FORMAT = WireFormat(
    title="OpenAI Chat Completions",
    docs="https://platform.openai.com/docs/api-reference/chat",
    key_env="OPENAI_API_KEY",
    traits=Traits(arguments="text", indexed=True),
    framing=SSE_UNTIL_DONE,
    path=_path,
    headers=bearer,
    write=_write,
    cap=_cap,
    read_body=_read_body,
    looks_like=_looks_like,
    roots=("choices",),
    plain=plain,
    stream=stream,
    laws=laws_beside(__file__),
    serving=SERVING,
    readers=READERS,
    python=python,
)
