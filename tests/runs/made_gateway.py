"""A gateway made for tests: passes chat completions on, and makes one mistake of its choice.

python made_gateway.py PORT UPSTREAM [MISTAKE]
"""

import json
import os
import sys
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Body = dict[str, Any]
Mistake = Callable[[Body], Any]


def functions(body: Body) -> list[Body]:
    return [tool["function"] for tool in body.get("tools", [])]


def schemas(body: Body) -> list[Body]:
    return [f["parameters"] for f in functions(body) if "parameters" in f]


def walk(node: Any, change: Callable[[Body], None]) -> None:
    """Change every object below, those that are properties' maps, too."""
    if isinstance(node, dict):
        for item in list(node.values()):
            walk(item, change)
        change(node)
    elif isinstance(node, list):
        for item in node:
            walk(item, change)


def in_schemas(change: Callable[[Body], None]) -> Mistake:
    return lambda body: [walk(schema, change) for schema in schemas(body)]


def drop(key: str) -> Callable[[Body], None]:
    def change(node: Body) -> None:
        if not isinstance(node.get(key), dict) or "type" not in node.get(key, {}):
            node.pop(key, None)

    return change


def of_role(body: Body, role: str) -> list[Body]:
    return [m for m in body["messages"] if m["role"] == role]


def told_calls(body: Body) -> list[Body]:
    return [c["function"] for m in of_role(body, "assistant") for c in m.get("tool_calls") or []]


def results(body: Body, change: Callable[[str], str]) -> None:
    for message in of_role(body, "tool"):
        if isinstance(message["content"], str):
            message["content"] = change(message["content"])


def described(body: Body) -> None:
    for f in functions(body):
        f["description"] = (f.get("description") or "")[:10]


def nullable(node: Body) -> None:
    if isinstance(node.get("type"), list):
        node["type"] = node["type"][0]


def erase(body: Body) -> None:
    for call in told_calls(body):
        call["arguments"] = "{}"


REQUEST: dict[str, Mistake] = {
    "no-tools": lambda body: body.pop("tools", None),
    "one-tool-fewer": lambda body: body["tools"].pop() if body.get("tools") else None,
    "a-tool-more": lambda body: body["tools"].append(
        {"type": "function", "function": {"name": "mine", "parameters": {"type": "object"}}}
    ) if body.get("tools") else None,
    "renamed-tools": lambda body: [f.update(name=f"gw_{f['name']}") for f in functions(body)],
    "short-descriptions": described,
    "no-minimum": in_schemas(drop("minimum")),
    "no-enum": in_schemas(drop("enum")),
    "no-required": in_schemas(drop("required")),
    "no-pattern": in_schemas(drop("pattern")),
    "no-defs": lambda body: [s.pop("$defs", None) for s in schemas(body)],
    "no-additional": in_schemas(drop("additionalProperties")),
    "closed": lambda body: [s.update(additionalProperties=False) for s in schemas(body)],
    "no-properties": lambda body: [s.update(properties={}) for s in schemas(body)],
    "one-type": in_schemas(nullable),
    "no-anyof": in_schemas(drop("anyOf")),
    "no-oneof": in_schemas(drop("oneOf")),
    "no-items": in_schemas(drop("items")),
    "no-const": in_schemas(drop("const")),
    "choice-auto": lambda body: body.update(tool_choice="auto") if "tool_choice" in body else None,
    "choice-any": lambda body: body.update(tool_choice="any") if body.get("tools") else None,
    "no-parallel-flag": lambda body: body.pop("parallel_tool_calls", None),
    "never-parallel": lambda body: body.update(parallel_tool_calls=False),
    "no-system": lambda body: body.update(
        messages=[m for m in body["messages"] if m["role"] != "system"]
    ),
    "own-system": lambda body: body["messages"].insert(
        0, {"role": "system", "content": "You are a gateway."}
    ),
    "prompt-cut": lambda body: [
        m.update(content=m["content"][-200:]) for m in of_role(body, "user")
        if isinstance(m["content"], str)
    ],
    "history-erased": erase,
    "history-dropped": lambda body: body.update(
        messages=[m for m in body["messages"] if m["role"] not in ("assistant", "tool")]
    ),
    "results-empty": lambda body: results(body, lambda text: ""),
    "results-cut": lambda body: results(body, lambda text: text[:5]),
}  # fmt: skip


def calls(message: Body) -> list[Body]:
    return message.get("tool_calls") or []


def arguments(change: Callable[[str], str]) -> Mistake:
    def mistake(message: Body) -> None:
        for call in calls(message):
            if call.get("function", {}).get("arguments"):
                call["function"]["arguments"] = change(call["function"]["arguments"])

    return mistake


def loaded(change: Callable[[Any], Any]) -> Mistake:
    return arguments(lambda text: json.dumps(change(json.loads(text))))


def rounded(value: Any) -> Any:
    match value:
        case dict():
            return {k: rounded(v) for k, v in value.items()}
        case list():
            return [rounded(v) for v in value]
        case int() if not isinstance(value, bool) and value > 3:
            return value + 1
    return value


def as_text(value: Any) -> Any:
    return {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in value.items()}


def without_null(value: Any) -> Any:
    match value:
        case dict():
            return {k: without_null(v) for k, v in value.items() if v is not None}
        case list():
            return [without_null(v) for v in value]
    return value


def renamed(message: Body) -> None:
    for call in calls(message):
        call["function"]["name"] = call["function"]["name"].upper()


REPLY: dict[str, Mistake] = {
    "no-calls": lambda message: message.pop("tool_calls", None),
    "first-call-only": lambda message: message.update(tool_calls=calls(message)[:1])
    if calls(message) else None,
    "calls-twice": lambda message: message.update(
        tool_calls=[
            *calls(message),
            *[{**call, "id": call["id"] + "x"} for call in deepcopy(calls(message))],
        ]
    ) if calls(message) else None,
    "reversed": lambda message: message.update(tool_calls=calls(message)[::-1])
    if calls(message) else None,
    "upper-names": renamed,
    "rounded": loaded(rounded),
    "objects-as-text": loaded(as_text),
    "no-nulls": loaded(without_null),
    "empty-arguments": arguments(lambda text: "{}"),
    "trimmed": loaded(lambda v: {k: x.strip() if isinstance(x, str) else x for k, x in v.items()}),
    "text-lost": lambda message: message.update(content=None if calls(message) else ""),
    "text-added": lambda message: message.update(content=f"{message.get('content') or ''} !"),
}  # fmt: skip
WHOLE: dict[str, Callable[[Body], Any]] = {
    "finish-stop": lambda body: [c.update(finish_reason="stop") for c in body["choices"]],
    "no-usage": lambda body: body.pop("usage", None),
}
MISTAKES = {**REQUEST, **REPLY, **WHOLE, "status-500": None, "silent": None, "cut-stream": None}


def app(http: httpx.AsyncClient, upstream: str, mistake: str) -> Starlette:
    async def chat(request: Request) -> Response:
        body = await request.json()
        if mistake == "dies" and body.get("tools"):
            print("out of memory", flush=True)
            os._exit(3)
        if mistake == "silent" and body.get("tools"):
            return JSONResponse({"error": {"message": "no"}}, 500)
        if mistake in REQUEST:
            REQUEST[mistake](body)
        # Replies are changed whole, and streamed again from that.
        plain = {k: v for k, v in body.items() if k not in ("stream", "stream_options")}
        changes = mistake in REPLY or mistake in WHOLE
        sent = plain if changes else body
        answer = await http.post(f"{upstream}/chat/completions", json=sent)
        kind = answer.headers["content-type"]
        if answer.status_code != 200 or not changes:
            content = answer.content
            if mistake == "status-500" and body.get("tools"):
                return JSONResponse({"error": {"message": "gateway"}}, 500)
            if mistake == "cut-stream" and body.get("stream"):
                content = content[: len(content) * 2 // 3]
            return Response(content, answer.status_code, media_type=kind)
        reply = answer.json()
        for choice in reply["choices"]:
            if mistake in REPLY:
                REPLY[mistake](choice["message"])
        if mistake in WHOLE:
            WHOLE[mistake](reply)
        if not body.get("stream"):
            return JSONResponse(reply)
        usage = bool((body.get("stream_options") or {}).get("include_usage"))
        return Response(streamed(reply, usage=usage), media_type="text/event-stream")

    return Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])


def streamed(reply: Body, *, usage: bool) -> bytes:
    """The events of a stream that says what a whole reply says."""
    [choice] = reply["choices"]
    message = choice["message"]
    deltas: list[Body] = [{"role": "assistant", "content": message.get("content") or ""}]
    deltas += [{"tool_calls": [{"index": n, **call}]} for n, call in enumerate(calls(message))]
    head = {k: reply[k] for k in ("id", "created", "model")}
    head["object"] = "chat.completion.chunk"
    events = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    finish = choice["finish_reason"]
    events.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage and "usage" in reply:
        events.append({**head, "choices": [], "usage": reply["usage"]})
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


if __name__ == "__main__":
    port, upstream, *more = sys.argv[1:]
    made = app(httpx.AsyncClient(timeout=60), upstream, more[0] if more else "")
    uvicorn.run(made, host="127.0.0.1", port=int(port), log_level="error")
