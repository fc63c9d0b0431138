"""Converse as Bedrock serves it."""

import json
from collections.abc import Iterator
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.formats.plan import (
    ABSENT,
    Call,
    Piece,
    RawJson,
    Refusal,
    ReplyPlan,
    Wire,
    WireEvent,
    present,
)
from toolfuzz.formats.protocol import Request, Serving
from toolfuzz.formats.reading import objects
from toolfuzz.formats.serving import as_value, sendable, wrong_list

from .framing import EXCEPTION

__all__ = ["SERVING"]

_STOPS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}
_ERRORS = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}


# --- requests


def _refuses(request: Request) -> str | None:
    body = request.body
    return (
        wrong_list(body, "messages")
        or _wrong_limit(body)
        or _wrong_tools(body)
        or next(_wrong_content(body), None)
    )


def _wrong_limit(body: JsonObject) -> str | None:
    config = body.get("inferenceConfig") or {}
    limit = config.get("maxTokens") if isinstance(config, dict) else None
    if limit is None or (isinstance(limit, int) and limit >= 1):
        return None
    return "inferenceConfig.maxTokens: a positive integer is required"


def _wrong_tools(body: JsonObject) -> str | None:
    config = body.get("toolConfig")
    if config is None:
        if any(_uses_tools(message) for message in body["messages"]):
            return (
                "The toolConfig field must be defined when using toolUse and toolResult content "
                "blocks."
            )
        return None
    tools = config.get("tools") if isinstance(config, dict) else None
    if not isinstance(tools, list) or not tools:
        return "toolConfig.tools: a list with at least one tool is required"
    for n, tool in enumerate(tools):
        match tool:
            case {"toolSpec": {"name": str(), "inputSchema": {"json": dict()}}}:
                pass
            case {"toolSpec": _} | str() | None:
                return f"toolConfig.tools[{n}].toolSpec: name and inputSchema.json are required"
    return None


def _uses_tools(message: JsonObject) -> bool:
    blocks = objects(message.get("content"))
    return any("toolUse" in block or "toolResult" in block for block in blocks)


def _wrong_content(body: JsonObject) -> Iterator[str]:
    if not body["messages"]:
        yield "messages: at least one is required"
    last = None
    for n, message in enumerate(body["messages"]):
        if message.get("role") == last:
            yield "A conversation must alternate between user and assistant roles."
        last = message.get("role")
        content = message.get("content")
        if not isinstance(content, list) or not content:
            yield f"The content field in the Message object at messages.{n} is empty."
            continue
        for m, block in enumerate(content):
            if _is_blank(block):
                place = f"messages.{n}.content.{m}"
                yield f"The text field in the ContentBlock object at {place} is blank."


def _is_blank(block: Json) -> bool:
    """Some models refuse white space as well, others don't."""
    return isinstance(block, dict) and block.get("text") == ""


# --- replies


def _plain(plan: ReplyPlan) -> Wire:
    """Return the reply as one message; argument text stands in it as ``input``."""
    content: list[JsonObject] = []
    if plan.reasoning:
        thought = {"text": plan.reasoning, "signature": "simulated"}
        content.append({"reasoningContent": {"reasoningText": thought}})
    if plan.text:
        content.append({"text": plan.text})
    content += [{"toolUse": _use(call)} for call in sendable(plan)]
    return Wire(
        {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": _stop(plan.finish),
            **_counts(plan),
        }
    )


def _use(call: Call) -> JsonObject:
    return present({"toolUseId": call.id, "name": call.name, "input": as_value(call.raw)})


def _stream(plan: ReplyPlan, pieces: list[Piece]) -> Wire:
    """Return the pieces as content blocks; only calls have a start event, text just begins."""
    wire = Wire(events=[("messageStart", {"role": "assistant"})])

    def add(kind: str, index: Any, **fields: Any) -> None:
        wire.events.append((kind, present({**fields, "contentBlockIndex": index})))

    prose: str | None = None
    base = opened = 0

    def end_prose() -> None:
        nonlocal prose, base
        if prose == "reasoning":
            signature = {"reasoningContent": {"signature": "simulated"}}
            add("contentBlockDelta", base + opened, delta=signature)
        if prose:
            add("contentBlockStop", base + opened)
            prose, base = None, base + 1

    for piece in pieces:
        if piece.kind != prose:
            end_prose()
        if piece.kind in ("text", "reasoning"):
            prose = piece.kind
            add("contentBlockDelta", base + opened, delta=_prose(piece))
            continue
        opened += piece.kind == "open"
        slot = piece.slot + base if isinstance(piece.slot, int) else piece.slot
        match piece.kind:
            case "open":
                whole = json.loads(piece.text.text) if isinstance(piece.text, RawJson) else ABSENT
                use = present({"toolUseId": piece.id, "name": piece.name, "input": whole})
                add("contentBlockStart", slot, start={"toolUse": use})
                if piece.text and isinstance(piece.text, str):
                    add("contentBlockDelta", slot, delta={"toolUse": {"input": piece.text}})
            case "args":
                add("contentBlockDelta", slot, delta={"toolUse": present({"input": piece.text})})
            case "close":
                add("contentBlockStop", slot)
    end_prose()
    wire.events.append(("messageStop", {"stopReason": _stop(plan.finish)}))
    wire.events.append(("metadata", _counts(plan)))
    return wire


def _prose(piece: Piece) -> JsonObject:
    text = {"text": piece.text}
    return text if piece.kind == "text" else {"reasoningContent": text}


def _stop(finish: str | None) -> str | None:
    return _STOPS.get(finish, finish) if finish else None


def _counts(plan: ReplyPlan) -> JsonObject:
    usage = {
        "inputTokens": plan.input_tokens,
        "outputTokens": plan.output_tokens,
        "totalTokens": plan.input_tokens + plan.output_tokens,
    }
    return {"usage": usage, "metrics": {"latencyMs": 1}}


# --- errors


def _error(refusal: Refusal) -> JsonObject:
    return {"message": refusal.message, **refusal.extra}


def _error_headers(refusal: Refusal) -> dict[str, str]:
    """The name of the error, by which SDKs choose the exception."""
    return {"x-amzn-errortype": _ERRORS.get(refusal.status, "InternalServerException")}


def _error_event(refusal: Refusal) -> WireEvent:
    """Return the exception with which a stream breaks off."""
    kind = _ERRORS.get(refusal.status, "ModelStreamErrorException")
    return EXCEPTION + kind[0].lower() + kind[1:], {"message": refusal.message}


def _is_ending(event: WireEvent) -> bool:
    return event[0] in ("messageStop", "metadata")


SERVING = Serving(
    paths=("/model/{model:path}/converse", "/model/{model:path}/converse-stream"),
    refuses=_refuses,
    plain=_plain,
    stream=_stream,
    error=_error,
    error_event=_error_event,
    is_ending=_is_ending,
    # boto3 puts nothing before its paths.
    prefixes=("/v1", ""),
    error_headers=_error_headers,
)
