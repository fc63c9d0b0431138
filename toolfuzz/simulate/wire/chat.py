"""OpenAI Chat Completions (https://platform.openai.com/docs/api-reference/chat)."""

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.reply import ABSENT, Call, Piece, Refusal, Reply, Wire, present

__all__ = ["error", "messages_of", "plain", "stream"]

_CREATED = 1735689600


def plain(reply: Reply) -> Wire:
    """Return the reply as one ``chat.completion``."""
    message: JsonObject = {"role": "assistant", "content": reply.text or None}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    if reply.calls:
        message["tool_calls"] = [_call(call) for call in reply.calls]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reply.finish}
    head = {"id": reply.id, "object": "chat.completion", "created": _CREATED}
    return Wire(
        {**head, "model": reply.ask.model, "choices": [choice], "usage": _usage(reply)},
    )


def stream(reply: Reply, pieces: list[Piece]) -> Wire:
    """Return the pieces as ``chat.completion.chunk`` events and ``[DONE]``."""
    deltas: list[JsonObject] = [{"role": "assistant", "content": "" if reply.text else None}]
    deltas += [delta for piece in pieces if (delta := _delta(piece)) is not None]
    wire = Wire()
    wire.events = [(None, _chunk(reply, [_choice(delta, None)])) for delta in deltas]
    wire.events.append((None, _chunk(reply, [_choice({}, reply.finish)])))
    if reply.ask.usage_chunk:
        wire.events.append((None, {**_chunk(reply, []), "usage": _usage(reply)}))
    wire.events.append((None, "[DONE]"))
    return wire


def messages_of(wire: Wire) -> list[JsonObject]:
    """Return the message of an encoded reply, or the deltas of its stream."""
    bodies = [wire.body, *(data for _, data in wire.events if isinstance(data, dict))]
    choices = [choice for body in bodies for choice in body.get("choices", ())]
    return [choice["message"] if "message" in choice else choice["delta"] for choice in choices]


def error(refusal: Refusal) -> JsonObject:
    """Return the body of an HTTP error."""
    kind = "invalid_request_error" if refusal.status < 500 else "server_error"
    details = {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}
    return {"error": {**details, **refusal.extra}}


def _call(call: Call) -> JsonObject:
    function = {"name": call.name, "arguments": call.raw}
    return present({"id": call.id, "type": "function", "function": present(function)})


def _delta(piece: Piece) -> JsonObject | None:
    match piece.kind:
        case "text":
            return {"content": piece.text}
        case "reasoning":
            return {"reasoning_content": piece.text}
        case "close":
            return None
    function = present({"name": piece.name, "arguments": piece.text})
    call = {"index": piece.slot, "id": piece.id, "function": function or ABSENT}
    if piece.kind == "open":
        call["type"] = "function"
    return {"tool_calls": [present(call)]}


def _choice(delta: JsonObject, finish: str | None) -> JsonObject:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _chunk(reply: Reply, choices: list[JsonObject]) -> JsonObject:
    head = {"id": reply.id, "object": "chat.completion.chunk", "created": _CREATED}
    return {**head, "model": reply.ask.model, "choices": choices}


def _usage(reply: Reply) -> JsonObject:
    total = reply.input_tokens + reply.output_tokens
    return {
        "prompt_tokens": reply.input_tokens,
        "completion_tokens": reply.output_tokens,
        "total_tokens": total,
    }
