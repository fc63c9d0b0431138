"""Chat completions as a server sends them."""

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import ABSENT, Call, Piece, Refusal, ReplyPlan, Wire, WireEvent, present
from toolfuzz.formats.protocol import Request, Serving
from toolfuzz.formats.serving import (
    coded_error,
    takes_text,
    wrong_limit,
    wrong_list,
    wrong_model,
    wrong_tools,
)

__all__ = ["SERVING"]

_CREATED = 1735689600


def _refuses(request: Request) -> str | None:
    body = request.body
    return (
        wrong_model(body)
        or wrong_limit(body, "max_completion_tokens", "max_tokens")
        or wrong_list(body, "messages")
        or wrong_tools(body, nested=True)
    )


def _plain(plan: ReplyPlan) -> Wire:
    """Return the reply as one ``chat.completion``."""
    message: JsonObject = {"role": "assistant", "content": plan.text or None}
    if plan.reasoning:
        message["reasoning_content"] = plan.reasoning
    if plan.calls:
        message["tool_calls"] = [_call(plan, call) for call in plan.calls]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": plan.finish}
    head = {"id": plan.id, "object": "chat.completion", "created": _CREATED}
    return Wire(
        {**head, "model": plan.ask.model, "choices": [choice], "usage": _usage(plan)},
    )


def _stream(plan: ReplyPlan, pieces: list[Piece]) -> Wire:
    """Return the pieces as ``chat.completion.chunk`` events and ``[DONE]``."""
    deltas: list[JsonObject] = [{"role": "assistant", "content": "" if plan.text else None}]
    deltas += [delta for piece in pieces if (delta := _delta(plan, piece)) is not None]
    wire = Wire()
    wire.events = [(None, _chunk(plan, [_choice(delta, None)])) for delta in deltas]
    wire.events.append((None, _chunk(plan, [_choice({}, plan.finish)])))
    if _wants_usage(plan.request):
        wire.events.append((None, {**_chunk(plan, []), "usage": _usage(plan)}))
    wire.events.append((None, "[DONE]"))
    return wire


def _error_event(refusal: Refusal) -> WireEvent:
    return None, coded_error(refusal)


def _is_ending(event: WireEvent) -> bool:
    _, data = event
    if data == "[DONE]":
        return True
    choices = data.get("choices", [{}])
    return not choices or bool(choices[0].get("finish_reason"))


def _wants_usage(request: JsonObject) -> bool:
    options = request.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _call(plan: ReplyPlan, call: Call) -> JsonObject:
    kind, key = _kind(plan, call)
    return present({"id": call.id, "type": kind, kind: present({"name": call.name, key: call.raw})})


def _kind(plan: ReplyPlan, call: Call) -> tuple[str, str]:
    """Return the type of a call, and under which key its arguments stand."""
    return ("custom", "input") if takes_text(plan, call) else ("function", "arguments")


def _delta(plan: ReplyPlan, piece: Piece) -> JsonObject | None:
    match piece.kind:
        case "text":
            return {"content": piece.text}
        case "reasoning":
            return {"reasoning_content": piece.text}
        case "close":
            return None
    kind, key = _kind(plan, plan.calls[piece.call])
    held = present({"name": piece.name, key: piece.text})
    call = {"index": piece.slot, "id": piece.id, kind: held or ABSENT}
    if piece.kind == "open":
        call["type"] = kind
    return {"tool_calls": [present(call)]}


def _choice(delta: JsonObject, finish: str | None) -> JsonObject:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _chunk(plan: ReplyPlan, choices: list[JsonObject]) -> JsonObject:
    head = {"id": plan.id, "object": "chat.completion.chunk", "created": _CREATED}
    return {**head, "model": plan.ask.model, "choices": choices}


def _usage(plan: ReplyPlan) -> JsonObject:
    total = plan.input_tokens + plan.output_tokens
    return {
        "prompt_tokens": plan.input_tokens,
        "completion_tokens": plan.output_tokens,
        "total_tokens": total,
    }


SERVING = Serving(
    paths=("/chat/completions",),
    refuses=_refuses,
    plain=_plain,
    stream=_stream,
    error=coded_error,
    error_event=_error_event,
    is_ending=_is_ending,
)
