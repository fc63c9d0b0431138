"""Messages as a server sends them."""

import json
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call, Piece, RawJson, Refusal, ReplyPlan, Wire, WireEvent, present
from toolfuzz.formats.protocol import Request, Serving
from toolfuzz.formats.serving import (
    as_value,
    sendable,
    wrong_limit,
    wrong_list,
    wrong_model,
    wrong_tools,
)

__all__ = ["SERVING"]

_STOP = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}

_SIGNATURE = "simulated"
"""What stands in for the signature of thinking."""


def _plain(plan: ReplyPlan) -> Wire:
    """Return the reply as one ``message``; argument text stands in it as ``input``."""
    content: list[JsonObject] = []
    if plan.reasoning:
        content.append({"type": "thinking", "thinking": plan.reasoning, "signature": _SIGNATURE})
    if plan.text:
        content.append({"type": "text", "text": plan.text})
    content += [_tool_use(call) for call in sendable(plan)]
    return Wire(_message(plan, content, _stop(plan.finish), _usage(plan)))


def _stream(plan: ReplyPlan, pieces: list[Piece]) -> Wire:
    """Return the pieces as content blocks between ``message_start`` and ``message_stop``."""
    wire = Wire()

    def add(kind: str, **fields: Any) -> None:
        wire.events.append((kind, {"type": kind, **present(fields)}))

    start = {"input_tokens": plan.input_tokens, "output_tokens": 1}
    add("message_start", message=_message(plan, [], None, start))
    prose: str | None = None
    base = opened = 0

    def close(index: int) -> None:
        if prose == "reasoning":
            signed = {"type": "signature_delta", "signature": _SIGNATURE}
            add("content_block_delta", index=index, delta=signed)
        add("content_block_stop", index=index)

    for piece in pieces:
        if prose is not None and piece.kind != prose:
            close(base + opened)
            prose, base = None, base + 1
        if piece.kind in ("text", "reasoning"):
            if prose is None:
                prose = piece.kind
                start_block = _PROSE_START[prose]
                add("content_block_start", index=base + opened, content_block=start_block)
            kind, key = _PROSE_DELTA[prose]
            add("content_block_delta", index=base + opened, delta={"type": kind, key: piece.text})
            continue
        opened += piece.kind == "open"
        slot = piece.slot + base if isinstance(piece.slot, int) else piece.slot
        match piece.kind:
            case "open":
                whole = json.loads(piece.text.text) if isinstance(piece.text, RawJson) else {}
                block = {"type": "tool_use", "id": piece.id, "name": piece.name, "input": whole}
                add("content_block_start", index=slot, content_block=present(block))
                if piece.text and isinstance(piece.text, str):
                    add("content_block_delta", index=slot, delta=_partial(piece.text))
            case "args":
                add("content_block_delta", index=slot, delta=_partial(piece.text))
            case "close":
                add("content_block_stop", index=slot)
    if prose is not None:
        close(base + opened)
    ending = {"stop_reason": _stop(plan.finish), "stop_sequence": None}
    add("message_delta", delta=ending, usage={"output_tokens": plan.output_tokens})
    add("message_stop")
    return wire


_PROSE_START: dict[str, JsonObject] = {
    "text": {"type": "text", "text": ""},
    "reasoning": {"type": "thinking", "thinking": "", "signature": ""},
}
_PROSE_DELTA = {"text": ("text_delta", "text"), "reasoning": ("thinking_delta", "thinking")}


def _partial(text: Any) -> JsonObject:
    return {"type": "input_json_delta", "partial_json": text}


def _tool_use(call: Call) -> JsonObject:
    use = {"type": "tool_use", "id": call.id, "name": call.name}
    return present({**use, "input": as_value(call.raw)})


def _stop(finish: str | None) -> str | None:
    return _STOP.get(finish, finish) if finish else None


def _message(
    plan: ReplyPlan, content: list[JsonObject], stop: str | None, usage: JsonObject
) -> JsonObject:
    return {
        "id": _reply_id(plan),
        "type": "message",
        "role": "assistant",
        "model": plan.ask.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }


def _reply_id(plan: ReplyPlan) -> str:
    return f"msg_{plan.id}"


def _usage(plan: ReplyPlan) -> JsonObject:
    return {"input_tokens": plan.input_tokens, "output_tokens": plan.output_tokens}


# https://platform.claude.com/docs/en/api/messages/create, with those of betas and of the clouds
_FIELDS = """
anthropic_beta anthropic_version betas billing_policy cache_control compaction container
context_management diagnostics fallback_credit_token fallbacks inference_geo max_tokens
mcp_servers messages metadata model output_config output_format service_tier speed
stop_sequences stream system temperature thinking thread tool_choice tools top_k top_p
user_profile_id workspace_id
"""


def _refuses(request: Request) -> str | None:
    body = request.body
    return (
        wrong_model(body)
        or wrong_limit(body, "max_tokens", required=True)
        or wrong_list(body, "messages")
        or wrong_tools(body, schema="input_schema", required=True, choices=())
        or _extra(body)
    )


def _extra(body: JsonObject) -> str | None:
    """Fields that it doesn't know, like OpenAI's ``parallel_tool_calls``, are refused."""
    unknown = next((key for key in body if key not in _FIELDS.split()), None)
    return unknown and f"{unknown}: Extra inputs are not permitted"


_KINDS = {
    401: "authentication_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def _error(refusal: Refusal) -> JsonObject:
    """Return the body of an HTTP error: https://docs.claude.com/en/api/errors."""
    usual = "invalid_request_error" if refusal.status < 500 else "api_error"
    kind = _KINDS.get(refusal.status, usual)
    details = {"type": kind, "message": refusal.message, **refusal.extra}
    return {"type": "error", "error": details}


def _error_event(refusal: Refusal) -> WireEvent:
    return "error", _error(refusal)


def _is_ending(event: WireEvent) -> bool:
    return event[0] in ("message_delta", "message_stop")


SERVING = Serving(
    paths=("/messages",),
    refuses=_refuses,
    plain=_plain,
    stream=_stream,
    error=_error,
    error_event=_error_event,
    is_ending=_is_ending,
    reply_id=_reply_id,
)
