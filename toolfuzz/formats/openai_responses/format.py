"""OpenAI Responses: https://platform.openai.com/docs/api-reference/responses."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.history import argument_text, conversation, replied
from toolfuzz.formats.laws import laws_beside
from toolfuzz.formats.protocol import Traits, WireFormat
from toolfuzz.formats.reading import content_text, count, objects, spoken, string, tool_of
from toolfuzz.formats.sse import SSE_UNTIL_DONE

from .clients import READERS
from .read import plain, reasoning_text, stream
from .serve import SERVING
from .snippet import python

__all__ = ["FORMAT"]


def _path(model: str, stream: bool) -> str:
    return "/responses"


def _headers(key: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"} if key else {}


# --- from a question to a body


def _write(ask: Ask) -> JsonObject:
    """``strict`` is always sent: the service takes its absence as true."""
    items = [item for said in ask.said for item in _items(said)]
    body: JsonObject = {"model": ask.model, "input": items}
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
        if ask.tool_choice != "auto":
            body["tool_choice"] = _tool_choice(ask.tool_choice)
        if ask.parallel is not None:
            body["parallel_tool_calls"] = ask.parallel
    if ask.max_tokens is not None:
        body["max_output_tokens"] = ask.max_tokens
    if ask.stream:
        body["stream"] = True
    return body


def _tool(tool: Tool) -> JsonObject:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }


def _tool_choice(choice: str) -> Json:
    if choice.startswith("tool:"):
        return {"type": "function", "name": choice.removeprefix("tool:")}
    return choice


def _items(said: Said) -> Iterator[JsonObject]:
    match said:
        case Message(role, content):
            yield {"role": role, "content": content}
        case Called(reply):
            yield from reply.extra
            if reply.text or not reply.calls:
                yield {"role": "assistant", "content": reply.text}
            for n, call in enumerate(reply.calls):
                yield {
                    "type": "function_call",
                    "call_id": call.id or f"call_{n}",
                    "name": call.name or "",
                    "arguments": argument_text(call),
                }
        case Answered(results):
            for n, result in enumerate(results):
                call_id = result.call_id or f"call_{n}"
                output = result.content
                yield {"type": "function_call_output", "call_id": call_id, "output": output}


# --- and back


def _cap(body: Mapping[str, Any]) -> int | None:
    return count(body.get("max_output_tokens"))


def _read_body(body: JsonObject, path: str) -> Ask:
    """``instructions`` count as a system message."""
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, dict):
        choice = f"tool:{string(choice, 'name') or ''}"
    parallel = body.get("parallel_tool_calls")
    tools = [t for t in objects(body.get("tools")) if t.get("type") == "function"]
    return Ask(
        model=string(body, "model") or "",
        tools=tuple(tool_of(t, t.get("parameters")) for t in tools),
        said=conversation(_read_input(body)),
        tool_choice=choice if isinstance(choice, str) else "auto",
        parallel=parallel if isinstance(parallel, bool) else None,
        max_tokens=_cap(body),
        stream=body.get("stream") is True,
    )


def _read_input(body: JsonObject) -> Iterator[Message | Called | ToolResult]:
    if instructions := string(body, "instructions"):
        yield Message("system", instructions)
    asked = body.get("input")
    if isinstance(asked, str):
        yield Message("user", asked)
    for is_reply, items in groupby(objects(asked), key=_is_reply):
        if is_reply:
            yield _read_reply(items)
            continue
        for item in items:
            if item.get("type") == "function_call_output":
                output = content_text(item.get("output"))
                yield ToolResult(string(item, "call_id"), None, output)
            else:
                yield from spoken(item.get("role"), item.get("content"))


def _is_reply(item: JsonObject) -> bool:
    return item.get("role") == "assistant" or item.get("type") in ("function_call", "reasoning")


def _read_reply(items: Iterator[JsonObject]) -> Called:
    texts, calls, extra = list[str](), list[ToolCall](), list[JsonObject]()
    for item in items:
        if item.get("type") == "reasoning":
            extra.append(item)
        elif item.get("type") == "function_call":
            arguments = item.get("arguments")
            raw = arguments if isinstance(arguments, str) else None
            calls.append(
                ToolCall(
                    string(item, "call_id"),
                    string(item, "name"),
                    raw,
                    arguments if raw is None else None,
                    "arguments" in item,
                )
            )
        else:
            texts.append(content_text(item.get("content")))
    reasoning = "".join(map(reasoning_text, extra))
    return replied("".join(texts), calls, reasoning=reasoning, extra=extra)


def _looks_like(body: Mapping[str, Any], path: str) -> bool:
    return path.endswith("/responses") or "input" in body


FORMAT = WireFormat(
    title="OpenAI Responses",
    docs="https://platform.openai.com/docs/api-reference/responses",
    key_env="OPENAI_API_KEY",
    traits=Traits(arguments="text", repeats=True, finish_word=False),
    framing=SSE_UNTIL_DONE,
    path=_path,
    headers=_headers,
    write=_write,
    cap=_cap,
    read_body=_read_body,
    looks_like=_looks_like,
    roots=("output",),
    plain=plain,
    stream=stream,
    laws=laws_beside(__file__),
    serving=SERVING,
    readers=READERS,
    python=python,
)
