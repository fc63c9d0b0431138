"""Replies as real bytes in the three wire formats, decoded by the formats."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import Judgement, judge

Call = tuple[str | None, str | None, str]  # id, name, argument string

APIS = ("openai-chat", "openai-responses", "anthropic-messages")

WEATHER = Tool(
    "get_weather",
    "Weather of a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
TIME = Tool(
    "get_time",
    "Time in a zone.",
    {
        "type": "object",
        "properties": {"zone": {"type": "string"}},
        "required": ["zone"],
        "additionalProperties": False,
    },
)
PING = Tool("ping", "Is it there?", {"type": "object", "properties": {}})
TOOLS = (WEATHER, TIME, PING)

PARIS = ("call_1", "get_weather", '{"city":"Paris","days":3}')
ROME = ("call_2", "get_weather", '{"city":"Rome","days":1}')
ZONE = ("call_3", "get_time", '{"zone":"Europe/Paris"}')


def case_of(*expected: Call, **turn: Any) -> Case:
    """A case that expects these calls; ``kind``, ``order`` and Turn's fields by name."""
    kind = turn.pop("kind", "calls")
    order = turn.pop("order", "any")
    tools = turn.pop("tools", TOOLS)
    prompt = turn.pop("prompt", "Do as you are told.")
    calls = tuple(ExpectedCall(name or "", json.loads(raw)) for _, name, raw in expected)
    expect = Expectation(kind, calls, order)
    return Case("generated", "echo", (), tools, (Turn((Message("user", prompt),), expect, **turn),))


def attempt(body: bytes, status: int = 200, error: str | None = None) -> Attempt:
    return Attempt(0.0, 1.0, 2.0, status, {}, ((1.0, body),), error)


def decode(api: str, body: Any, *, stream: bool = False, status: int = 200) -> Reply:
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return wire_format(api).read(attempt(body, status), stream=stream)


def sse(events: Iterable[Any], *, named: bool = False) -> bytes:
    """Write events as a server does; strings go out as they are ([DONE])."""
    lines = []
    for event in events:
        data = event if isinstance(event, str) else json.dumps(event)
        name = f"event: {event['type']}\n" if named else ""
        lines.append(f"{name}data: {data}\n\n")
    return "".join(lines).encode()


# --- whole replies


def plain(api: str, *calls: Call, text: str | None = None, **more: Any) -> Reply:
    return decode(api, plain_body(api, *calls, text=text, **more))


def plain_body(api: str, *calls: Call, text: str | None = None, **more: Any) -> dict[str, Any]:
    """A correct reply's body; ``finish``, ``usage``, ``model``, ``reasoning`` by name."""
    usage = more.get("usage", 20)
    model = more.get("model", "m")
    if api == "openai-chat":
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if "reasoning" in more:
            message["reasoning_content"] = more["reasoning"]
        if calls:
            message["tool_calls"] = [chat_call(call) for call in calls]
        finish = more.get("finish", "tool_calls" if calls else "stop")
        return {
            "id": "chatcmpl-1",
            "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 9, "completion_tokens": usage},
        }
    if api == "openai-responses":
        output: list[Any] = [responses_item(n, call) for n, call in enumerate(calls)]
        if text is not None:
            part = {"type": "output_text", "text": text, "annotations": []}
            output.insert(0, {"type": "message", "id": "msg_1", "content": [part]})
        return {
            "id": "resp_1",
            "object": "response",
            "status": "completed",
            "model": model,
            "output": output,
            "usage": {"input_tokens": 9, "output_tokens": usage},
        }
    content: list[Any] = [
        {"type": "tool_use", "id": i, "name": n, "input": json.loads(raw)} for i, n, raw in calls
    ]
    if text is not None:
        content.insert(0, {"type": "text", "text": text})
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": more.get("finish", "tool_use" if calls else "end_turn"),
        "usage": {"input_tokens": 9, "output_tokens": usage},
    }


def chat_call(call: Call) -> dict[str, Any]:
    function = {"name": call[1], "arguments": call[2]}
    return {"id": call[0], "type": "function", "function": function}


def responses_item(n: int, call: Call) -> dict[str, Any]:
    return {
        "type": "function_call",
        "id": f"fc_{n}",
        "call_id": call[0],
        "name": call[1],
        "arguments": call[2],
        "status": "completed",
    }


# --- streams

CHUNK = "chat.completion.chunk"


def delta(
    index: int | None = 0,
    args: Any = None,
    id: Any = ...,
    name: Any = ...,
) -> dict[str, Any]:
    """One chat tool-call delta; what is left out is absent, None is null."""
    call: dict[str, Any] = {} if index is None else {"index": index}
    if id is not ...:
        call |= {"id": id, "type": "function"}
    function: dict[str, Any] = {} if name is ... else {"name": name}
    if args is not None:
        function["arguments"] = args
    return call | {"function": function}


def chat_stream(
    *deltas: dict[str, Any],
    text: str | None = None,
    finish: str | None = "tool_calls",
    done: bool = True,
    usage: int = 20,
    **more: Any,
) -> Reply:
    """A chat stream with one chunk a delta."""
    chunks: list[Any] = []

    def chunk(body: dict[str, Any], reason: str | None = None) -> None:
        choice = {"index": 0, "delta": body, "finish_reason": reason}
        name = more.get("ids", {}).get(len(chunks), "chatcmpl-1")
        model = more.get("model", "m")
        chunks.append({"id": name, "object": CHUNK, "model": model, "choices": [choice]})

    chunk({"role": "assistant", "content": None})
    if text is not None:
        chunk({"content": text})
    for call in deltas:
        chunk({"tool_calls": [call]})
    chunks += more.get("events", [])
    if finish is not None:
        chunk({}, finish)
        counts = {"prompt_tokens": 9, "completion_tokens": usage}
        chunks.append({"id": "chatcmpl-1", "object": CHUNK, "choices": [], "usage": counts})
    if done:
        chunks.append("[DONE]")
    return decode("openai-chat", sse(chunks), stream=True)


def chat_deltas(call: Call, pieces: Sequence[str], index: int = 0) -> list[dict[str, Any]]:
    return [delta(index, "", call[0], call[1]), *(delta(index, piece) for piece in pieces)]


def blocks(*calls: tuple[Call, Sequence[str]], **more: Any) -> list[dict[str, Any]]:
    """The events of an Anthropic stream; ``finish`` None leaves the ending out."""
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
    }
    message["usage"] = {"input_tokens": 9}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    for n, ((call_id, name, _), pieces) in enumerate(calls):
        block = {"type": "tool_use", "id": call_id, "name": name, "input": more.get("input", {})}
        events.append({"type": "content_block_start", "index": n, "content_block": block})
        for piece in pieces:
            part = {"type": "input_json_delta", "partial_json": piece}
            events.append({"type": "content_block_delta", "index": n, "delta": part})
        events.append({"type": "content_block_stop", "index": n})
    ending = {"stop_reason": more.get("finish", "tool_use"), "stop_sequence": None}
    if ending["stop_reason"] is not None:
        events.append({"type": "message_delta", "delta": ending, "usage": {"output_tokens": 20}})
        events.append({"type": "message_stop"})
    return events


def anthropic_stream(events: Iterable[Any]) -> Reply:
    return decode("anthropic-messages", sse(events, named=True), stream=True)


def responses_events(*calls: tuple[Call, Sequence[str]], **more: Any) -> list[dict[str, Any]]:
    """The events of a Responses stream; ``completed=False`` leaves the last one out."""
    items = [responses_item(n, call) for n, (call, _) in enumerate(calls)]
    response = {"id": "resp_1", "model": "m", "status": "in_progress", "output": []}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": response}]
    for n, ((_, _, raw), pieces) in enumerate(calls):
        place = {"output_index": n, "item_id": f"fc_{n}"}
        opened = items[n] | {"arguments": "", "status": "in_progress"}
        events.append({"type": "response.output_item.added", "output_index": n, "item": opened})
        kind = "response.function_call_arguments"
        events += [{"type": f"{kind}.delta", **place, "delta": piece} for piece in pieces]
        events.append({"type": f"{kind}.done", **place, "arguments": raw})
        events.append({"type": "response.output_item.done", "output_index": n, "item": items[n]})
    if more.get("completed", True):
        usage = {"input_tokens": 9, "output_tokens": 20}
        whole = response | {"status": "completed", "output": items, "usage": usage}
        events.append({"type": "response.completed", "response": whole})
    return events


def responses_stream(events: Iterable[Any]) -> Reply:
    return decode("openai-responses", sse(events, named=True), stream=True)


def stream(api: str, *calls: tuple[Call, Sequence[str]]) -> Reply:
    """A correct stream whose argument deltas are the pieces."""
    if api == "openai-chat":
        deltas = [d for n, (c, pieces) in enumerate(calls) for d in chat_deltas(c, pieces, n)]
        return chat_stream(*deltas)
    if api == "openai-responses":
        return responses_stream(responses_events(*calls))
    return anthropic_stream(blocks(*calls))


def cut(text: str, size: int = 5) -> list[str]:
    return [text[n : n + size] for n in range(0, len(text), size)]


def slugs(case: Case, reply: Reply, **more: Any) -> list[str]:
    """What the judge finds, notes (info) left out."""
    return [f.slug for f in verdict(case, reply, **more).findings if f.severity != "info"]


def verdict(case: Case, reply: Reply, **more: Any) -> Judgement:
    earlier = [None] * more.pop("turn", 0)
    if "counterpart" in more:
        more["counterpart"] = [*earlier, more["counterpart"]]
    return judge(case, [*earlier, reply], **more)
