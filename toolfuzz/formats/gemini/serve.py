"""Gemini replies as a server sends them: https://ai.google.dev/api/generate-content."""

from itertools import pairwise
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.formats.plan import (
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
from toolfuzz.formats.serving import as_value, loads, sendable, wrong_list

from .declarations import get, refused_word, tools_of
from .parts import turns

__all__ = ["SERVING"]

_SIGNATURE = "c2ltdWxhdGVk"
"""What stands in for a thought signature: opaque bytes in base64, here the word "simulated"."""

_STOP = {"stop": "STOP", "tool_calls": "STOP", "length": "MAX_TOKENS"}

# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def _refuses(request: Request) -> str | None:
    body = request.body
    if "stream" in request.path.rpartition(":")[2] and "alt=sse" not in request.path:
        return "this simulator streams with ?alt=sse only"
    if isinstance(body.get("contents"), dict):
        body = {**body, "contents": [body["contents"]]}
    if wrong := wrong_list(body, "contents"):
        return wrong
    config = get(body, "generationConfig")
    limit = get(config, "maxOutputTokens") if isinstance(config, dict) else None
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        return "generation_config.max_output_tokens: a positive integer is required"
    if any(not tool.name for tool in tools_of(body)):
        return "tools: a function declaration without a name"
    if wrong := refused_word(body):
        return wrong
    return _unanswered(body["contents"])


def _unanswered(contents: Json) -> str | None:
    """Each call must be answered in the content that follows it."""
    said = list(turns(contents))
    for (_, parts), (_, after) in pairwise(said):
        if _count(parts, "functionCall") != _count(after, "functionResponse"):
            return (
                "the number of function response parts must be equal to the number of function "
                "call parts of the function call turn"
            )
    return None


def _count(parts: list[JsonObject], key: str) -> int:
    return sum(get(part, key) is not None for part in parts)


def _plain(plan: ReplyPlan) -> Wire:
    """Return the reply as one body; a call that the token limit cut off is left out."""
    parts: list[JsonObject] = []
    if plan.reasoning:
        parts.append({"text": plan.reasoning, "thought": True})
    if plan.text:
        parts.append({"text": plan.text})
    parts += [_part(call.name, call.raw, signed=n == 0) for n, call in enumerate(sendable(plan))]
    return Wire(_body(plan, parts, plan.finish))


def _stream(plan: ReplyPlan, pieces: list[Piece]) -> Wire:
    """Return one body a piece of text and one a call, which comes whole when it is closed."""
    wire = Wire()

    def add(part: JsonObject) -> None:
        wire.events.append((None, _body(plan, [part], None)))

    opened: dict[int, tuple[Any, list[Any]]] = {}
    sent = 0
    for piece in pieces:
        match piece.kind:
            case "text":
                add({"text": piece.text})
            case "reasoning":
                add({"text": piece.text, "thought": True})
            case "open":
                opened[piece.call] = piece.name, [] if piece.text == "" else [piece.text]
            case "args":
                opened[piece.call][1].append(piece.text)
            case "close":
                name, texts = opened.pop(piece.call)
                raw = _joined(texts)
                if plan.finish != "length" or loads(raw):
                    add(_part(name, raw, signed=sent == 0))
                    sent += 1
    wire.events.append((None, _body(plan, [{"text": ""}], plan.finish)))
    return wire


def _joined(texts: list[Any]) -> Any:
    if all(isinstance(text, str) for text in texts):
        return "".join(texts)
    first = next(text for text in texts if not isinstance(text, str))
    return first.text if isinstance(first, RawJson) else first


def _part(name: Any, raw: Any, *, signed: bool) -> JsonObject:
    """Return a call; only the first of several in parallel carries a signature."""
    call = present({"name": name, "args": as_value(raw)})
    return {"functionCall": call, **({"thoughtSignature": _SIGNATURE} if signed else {})}


def _body(plan: ReplyPlan, parts: list[JsonObject], finish: str | None) -> JsonObject:
    candidate: JsonObject = {"content": {"parts": parts, "role": "model"}}
    if finish is not None:
        candidate["finishReason"] = _STOP.get(finish, finish)
    candidate["index"] = 0
    usage = {
        "promptTokenCount": plan.input_tokens,
        "candidatesTokenCount": plan.output_tokens,
        "totalTokenCount": plan.input_tokens + plan.output_tokens,
    }
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": plan.ask.model,
        "responseId": plan.id,
    }


def _error(refusal: Refusal) -> JsonObject:
    """Return the body of an HTTP error: https://ai.google.dev/gemini-api/docs/troubleshooting."""
    status = _STATUS.get(refusal.status, "INTERNAL" if refusal.status >= 500 else "UNKNOWN")
    details = {"code": refusal.status, "message": refusal.message, "status": status}
    return {"error": {**details, **refusal.extra}}


def _error_event(refusal: Refusal) -> WireEvent:
    return None, _error(refusal)


def _is_ending(event: WireEvent) -> bool:
    _, data = event
    candidates: Json = data.get("candidates") if isinstance(data, dict) else None
    return any(candidate.get("finishReason") for candidate in objects(candidates))


SERVING = Serving(
    paths=("/models/{model:path}:generateContent", "/models/{model:path}:streamGenerateContent"),
    refuses=_refuses,
    plain=_plain,
    stream=_stream,
    error=_error,
    error_event=_error_event,
    is_ending=_is_ending,
    prefixes=("/v1beta", "/v1"),
)
