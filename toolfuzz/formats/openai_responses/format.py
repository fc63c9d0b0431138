"""OpenAI Responses: https://platform.openai.com/docs/api-reference/responses."""

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.history import argument_text, conversation, in_order, replied
from toolfuzz.formats.laws import laws_beside
from toolfuzz.formats.protocol import Traits, WireFormat, bearer
from toolfuzz.formats.reading import content_text, count, objects, spoken, string
from toolfuzz.formats.sse import SSE_UNTIL_DONE
from toolfuzz.formats.writing import introduced

from .clients import READERS
from .items import CALLS, arguments_key, beside_calls, reasoning_text, rest_of
from .offered import allowed_by, choice_of, offered, tool_choice_of
from .read import plain, stream
from .serve import SERVING
from .snippet import python

__all__ = ["FORMAT"]


def _path(model: str, stream: bool) -> str:
    return "/responses"


# --- from a question to a body


def _write(ask: Ask) -> JsonObject:
    """``strict`` is always sent: the service takes its absence as true."""
    calls = [call for reply in ask.replies for call in reply.calls]
    free = {call.id for call in calls if call.free and call.id}
    items = [item for said in _new(ask) for item in _items(said, free)]
    body: JsonObject = {"model": ask.model, "input": items}
    if ask.continues:
        body["previous_response_id"] = ask.continues
    elif ask.continues is not None:
        body["store"] = True
    if ask.tools:
        body["tools"] = [_tool(tool) for tool in ask.tools]
        if ask.tool_choice != "auto" or ask.allowed:
            body["tool_choice"] = tool_choice_of(ask)
        if ask.parallel is not None:
            body["parallel_tool_calls"] = ask.parallel
    if ask.max_tokens is not None:
        body["max_output_tokens"] = ask.max_tokens
    if ask.stream:
        body["stream"] = True
    return body


def _new(ask: Ask) -> Sequence[Said]:
    """Return what the server doesn't know yet: all, or what was said after the reply it knows."""
    if not ask.continues:
        return ask.said
    replies = [n for n, said in enumerate(ask.said) if isinstance(said, Called)]
    return ask.said[replies[-1] + 1 :] if replies else ask.said


def _tool(tool: Tool) -> JsonObject:
    if tool.takes_text:
        return {"type": "custom", **introduced(tool)}
    return {
        "type": "function",
        **introduced(tool),
        "parameters": tool.parameters if tool.declared else None,
        "strict": tool.strict,
    }


_FUNCTION = ("function_call", "arguments")


def _items(said: Said, free: Container[str]) -> Iterator[JsonObject]:
    match said:
        case Message(role, content, parts):
            yield {"role": role, "content": _text(content, parts)}
        case Called(reply):
            calls = (_call(n, call) for n, call in enumerate(reply.calls))
            if reply.extra:
                yield from in_order(reply, calls)
                return
            if reply.text or not reply.calls:
                yield {"role": "assistant", "content": reply.text}
            yield from calls
        case Answered(results):
            for n, result in enumerate(results):
                call_id = result.call_id or f"call_{n}"
                kind = "custom_tool_call_output" if call_id in free else "function_call_output"
                output = _text(result.content, result.kind == "parts")
                yield {"type": kind, "call_id": call_id, "output": output}


def _call(n: int, call: ToolCall) -> JsonObject:
    kind, key = ("custom_tool_call", "input") if call.free else _FUNCTION
    sent = {"type": kind, "call_id": call.id or f"call_{n}", "name": call.name or ""}
    return {**(call.extra or {}), **sent, key: argument_text(call)}


def _text(text: str, parts: bool) -> Json:
    return [{"type": "input_text", "text": text}] if parts else text


# --- and back


def _cap(body: Mapping[str, Any]) -> int | None:
    return count(body.get("max_output_tokens"))


def _read_body(body: JsonObject, path: str) -> Ask:
    """``instructions`` count as a system message."""
    parallel = body.get("parallel_tool_calls")
    return Ask(
        model=string(body, "model") or "",
        tools=offered(body),
        said=conversation(_read_input(body)),
        tool_choice=choice_of(body),
        allowed=allowed_by(body),
        parallel=parallel if isinstance(parallel, bool) else None,
        max_tokens=_cap(body),
        stream=body.get("stream") is True,
        continues=string(body, "previous_response_id"),
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
            if item.get("type") in ("function_call_output", "custom_tool_call_output"):
                output = content_text(item.get("output"))
                yield ToolResult(string(item, "call_id"), None, output)
            else:
                yield from spoken(item.get("role"), item.get("content"))


def _is_reply(item: JsonObject) -> bool:
    return item.get("role") == "assistant" or item.get("type") in (*CALLS, "reasoning")


def _read_reply(items: Iterator[JsonObject]) -> Called:
    said = list(items)
    beside = beside_calls(said)
    calls = [_read_call(item, bool(beside.extra)) for item in said if item.get("type") in CALLS]
    thoughts = [item for item in said if item.get("type") == "reasoning"]
    texts = [item.get("content") for item in said if item.get("role") == "assistant"]
    return replied(
        "".join(map(content_text, texts)),
        calls,
        reasoning="".join(map(reasoning_text, thoughts)),
        extra=beside.extra,
        places=beside.places,
    )


def _read_call(item: JsonObject, linked: bool) -> ToolCall:
    key = arguments_key(item)
    arguments = item.get(key)
    raw = arguments if isinstance(arguments, str) else None
    return ToolCall(
        string(item, "call_id"),
        string(item, "name"),
        raw,
        arguments if raw is None else None,
        key in item,
        extra=rest_of(item) if linked else None,
        free=key == "input",
    )


def _looks_like(body: Mapping[str, Any], path: str) -> bool:
    return path.endswith("/responses") or "input" in body


FORMAT = WireFormat(
    title="OpenAI Responses",
    docs="https://platform.openai.com/docs/api-reference/responses",
    key_env="OPENAI_API_KEY",
    traits=Traits(arguments="text", repeats=True, finish_word=False, remembers=True),
    framing=SSE_UNTIL_DONE,
    path=_path,
    headers=bearer,
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
