"""Anthropic Messages: https://platform.claude.com/docs/en/api/messages."""

from collections.abc import Iterator, Mapping
from typing import Any

from toolfuzz.core import json as strictjson
from toolfuzz.core.ask import Answered, Ask, Called, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats.history import Beside, argument_object, conversation, in_order, replied
from toolfuzz.formats.laws import laws_beside
from toolfuzz.formats.protocol import CannotAskError, Traits, WireFormat, bearer
from toolfuzz.formats.reading import content_text, count, objects, string
from toolfuzz.formats.sse import SSE
from toolfuzz.formats.writing import introduced

from .clients import READERS
from .offered import choice_of, offered
from .read import BESIDE, is_wanted_back, plain, stream
from .serve import SERVING
from .snippet import python

__all__ = ["FORMAT"]

# The API demands max_tokens; this is enough for any generated case.
_MAX_TOKENS = 4096


def _path(model: str, stream: bool) -> str:
    return "/messages"


def _headers(key: str | None) -> dict[str, str]:
    """Return the API version and the key, as the official SDK has sent them since 2.0.

    Other servers of this format take the bearer header too: Claude Code sends it to them.
    https://platform.claude.com/docs/en/api/versioning
    """
    version = {"anthropic-version": "2026-10-21"}
    return {**bearer(key), **version}


# --- from a question to a body


def _write(ask: Ask) -> JsonObject:
    """System messages of all turns go to the top, where the API has them."""
    system, messages = _conversation(ask)
    in_parts = any(m.parts for m in ask.messages if m.role == "system")
    body: JsonObject = {
        "model": ask.model,
        "max_tokens": ask.max_tokens or _MAX_TOKENS,
        "messages": messages,
    }
    if system:
        told = "\n\n".join(system)
        body["system"] = _blocks(told) if in_parts else told
    if ask.allowed:
        raise CannotAskError("a choice among some of the tools on offer")
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
        if ask.tool_choice != "auto" or ask.parallel is not None:
            body["tool_choice"] = _tool_choice(ask)
    if ask.stream:
        body["stream"] = True
    return body


def _conversation(ask: Ask) -> tuple[list[str], list[JsonObject]]:
    """Return what the system says, and the messages: what one role says in a row is one message."""
    system: list[str] = []
    messages: list[JsonObject] = []

    def say(role: str, content: str | list[JsonObject]) -> None:
        if messages and messages[-1]["role"] == role:
            last = messages[-1]
            last["content"] = _blocks(last["content"]) + _blocks(content)
        else:
            messages.append({"role": role, "content": content})

    for said in ask.said:
        match said:
            case Message("system", content):
                system.append(content)
            case Message(_, content, parts):
                say("user", _blocks(content) if parts else content)
            case Called(reply):
                say("assistant", _assistant(reply))
            case Answered(results):
                say("user", [_result(n, result) for n, result in enumerate(results)])
    return system, messages


def _blocks(content: str | list[JsonObject]) -> list[JsonObject]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _assistant(reply: Reply) -> str | list[JsonObject]:
    if not reply.calls and not reply.extra:
        # An empty message is refused; a space is not.
        return reply.text or " "
    uses = (_use(n, call) for n, call in enumerate(reply.calls))
    if reply.extra:
        return list(in_order(reply, uses))
    return [*(_blocks(reply.text) if reply.text else ()), *uses]


def _use(n: int, call: ToolCall) -> JsonObject:
    use = {"type": "tool_use", "id": call.id or f"toolu_{n}", "name": call.name or ""}
    return {**use, "input": argument_object(call)}


def _result(n: int, result: ToolResult) -> JsonObject:
    call_id = result.call_id or f"toolu_{n}"
    content = _blocks(result.content) if result.kind == "parts" else result.content
    block = {"type": "tool_result", "tool_use_id": call_id, "content": content}
    return {**block, "is_error": True} if result.kind == "error" else block


def _tool(tool: Tool) -> JsonObject:
    if not tool.declared:
        raise CannotAskError("a tool without input_schema")
    offered = {**introduced(tool), "input_schema": tool.parameters}
    if tool.strict:
        offered["strict"] = True
    return offered


def _tool_choice(ask: Ask) -> JsonObject:
    choice: JsonObject = {"type": "any" if ask.tool_choice == "required" else ask.tool_choice}
    if ask.tool_choice.startswith("tool:"):
        choice = {"type": "tool", "name": ask.tool_choice.removeprefix("tool:")}
    if ask.parallel is not None and ask.tool_choice != "none":
        choice["disable_parallel_tool_use"] = not ask.parallel
    return choice


# --- and back


def _cap(body: Mapping[str, Any]) -> int | None:
    return count(body.get("max_tokens"))


def _read_body(body: JsonObject, path: str) -> Ask:
    choice = body.get("tool_choice")
    choice = choice if isinstance(choice, dict) else {}
    serial = choice.get("disable_parallel_tool_use")
    return Ask(
        model=string(body, "model") or "",
        tools=offered(body),
        said=conversation(_read_said(body)),
        tool_choice=choice_of(body, choice),
        parallel=not serial if isinstance(serial, bool) else None,
        max_tokens=_cap(body),
        stream=body.get("stream") is True,
        continues=_continues(body.get("thread")),
    )


def _continues(thread: Json) -> str | None:
    """Return what a request goes on from; the SDK's tool runner asks so, we never do.

    https://platform.claude.com/docs/en/build-with-claude/message-threads
    """
    match thread:
        case {"type": "continue", "previous_message_id": str(reply_id)}:
            return reply_id
        case {"type": "create"}:
            return ""
        case _:
            return None


def _read_said(body: JsonObject) -> Iterator[Message | Called | ToolResult]:
    if system := content_text(body.get("system")):
        yield Message("system", system)
    for message in objects(body.get("messages")):
        role, content = message.get("role"), message.get("content")
        if role == "assistant":
            yield _read_reply(content)
        elif role == "system":
            yield Message("system", content_text(content))
        elif isinstance(content, str):
            yield Message("user", content)
        else:
            yield from _read_user(objects(content))


def _read_user(blocks: list[JsonObject]) -> Iterator[Message | ToolResult]:
    for block in blocks:
        if block.get("type") == "tool_result":
            content = content_text(block.get("content"))
            yield ToolResult(string(block, "tool_use_id"), None, content)
        elif text := string(block, "text"):
            yield Message("user", text)


def _read_reply(content: Json) -> Called:
    blocks = objects(content)
    beside, calls = Beside(is_wanted_back), list[ToolCall]()
    for block in blocks:
        if block.get("type") in BESIDE:
            beside.add(block, len(calls))
        elif block.get("type") == "tool_use":
            calls.append(_read_use(block))
    return replied(
        content_text(content),
        calls,
        reasoning="".join(string(block, "thinking") or "" for block in blocks),
        extra=beside.extra,
        places=beside.places,
    )


def _read_use(use: JsonObject) -> ToolCall:
    value = use.get("input")
    raw = strictjson.dumps(value) if isinstance(value, dict) else None
    rest = value if raw is None else None
    return ToolCall(string(use, "id"), string(use, "name"), raw, rest, "input" in use)


def _looks_like(body: Mapping[str, Any], path: str) -> bool:
    """``max_tokens`` beside messages is no proof: chat completions have it too."""
    if path:
        return path.endswith("/messages")
    return any("input_schema" in tool for tool in objects(body.get("tools")))


FORMAT = WireFormat(
    title="Anthropic Messages",
    docs="https://platform.claude.com/docs/en/api/messages",
    key_env="ANTHROPIC_API_KEY",
    traits=Traits(
        arguments="object", id_prefix="toolu_", closes=True, pings=True, keeps_tools=True
    ),
    framing=SSE,
    path=_path,
    headers=_headers,
    write=_write,
    cap=_cap,
    read_body=_read_body,
    looks_like=_looks_like,
    roots=("content",),
    plain=plain,
    stream=stream,
    laws=laws_beside(__file__),
    serving=SERVING,
    readers=READERS,
    python=python,
)
