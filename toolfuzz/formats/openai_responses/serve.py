"""Responses as a server sends them."""

from itertools import groupby
from typing import Any

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

from .offered import namespace_of

__all__ = ["SERVING"]

_CREATED = 1735689600


def _plain(plan: ReplyPlan) -> Wire:
    """Return the reply as one ``response`` object."""
    output = []
    if plan.reasoning:
        output.append(_reasoning(plan, plan.reasoning))
    if plan.text:
        output.append(_message(plan, plan.text))
    status = "incomplete" if plan.finish == "length" else "completed"
    output += [_item(plan, n, call, call.raw) for n, call in enumerate(plan.calls)]
    if plan.finish == "length" and plan.calls:
        output[-1]["status"] = "incomplete"
    return Wire(_response(plan, status, output))


class _Events:
    """Numbers events and keeps the finished output items for ``response.completed``."""

    def __init__(self) -> None:
        self.events: list[tuple[str | None, Any]] = []
        self.output: list[JsonObject] = []
        self.names: dict[int, Any] = {}
        self.ids: dict[int, Any] = {}

    def add(self, kind: str, **fields: Any) -> None:
        data = {"type": kind, "sequence_number": len(self.events), **present(fields)}
        self.events.append((kind, data))

    def slot(self, slot: Any, base: int) -> Any:
        """The output index: calls come after the items of text and reasoning."""
        return slot + base if isinstance(slot, int) else slot


def _stream(plan: ReplyPlan, pieces: list[Piece]) -> Wire:
    """Return the pieces as typed events; ``response.completed`` repeats the whole plan."""
    out = _Events()
    out.add("response.created", response=_response(plan, "in_progress", []))
    out.add("response.in_progress", response=_response(plan, "in_progress", []))
    base = 0
    for is_prose, group in groupby(pieces, key=lambda p: p.kind in ("text", "reasoning")):
        if not is_prose:
            for piece in group:
                _call_step(out, plan, piece, base)
            continue
        for kind, parts in groupby(group, key=lambda p: p.kind):
            texts = [str(p.text) for p in parts]
            (_stream_text if kind == "text" else _stream_reasoning)(out, plan, texts)
            base += 1
    status = "incomplete" if plan.finish == "length" else "completed"
    out.add(f"response.{status}", response=_response(plan, status, out.output))
    return Wire(events=out.events)


def _call_step(out: _Events, plan: ReplyPlan, piece: Piece, base: int) -> None:
    slot = out.slot(piece.slot, base)
    call = plan.calls[piece.call]
    kind, key = _kind(plan, call)
    fill = f"response.{kind}_{key}"
    item_id = _item_id(plan, piece.call)
    match piece.kind:
        case "open":
            out.ids[piece.call], out.names[piece.call] = piece.id, piece.name
            item = _item(plan, piece.call, Call(piece.name, {}, piece.id), "")
            item["status"] = "in_progress"
            out.add("response.output_item.added", output_index=slot, item=item)
            if piece.text and isinstance(piece.text, str):
                out.add(f"{fill}.delta", item_id=item_id, output_index=slot, delta=piece.text)
        case "args":
            out.add(f"{fill}.delta", item_id=item_id, output_index=slot, delta=piece.text)
        case "close":
            shown = Call(out.names.get(piece.call, call.name), {}, out.ids.get(piece.call, call.id))
            item = _item(plan, piece.call, shown, piece.text)
            if plan.finish == "length" and piece.call == len(plan.calls) - 1:
                item["status"] = "incomplete"
            whole = {key: piece.text}
            out.add(f"{fill}.done", item_id=item_id, output_index=slot, **whole)
            out.add("response.output_item.done", output_index=slot, item=item)
            out.output.append(item)


def _stream_text(out: _Events, plan: ReplyPlan, texts: list[str]) -> None:
    slot, item = len(out.output), _message(plan, "".join(texts), len(out.output))
    opening = {**item, "status": "in_progress", "content": []}
    at = {"item_id": item["id"], "output_index": slot, "content_index": 0}
    part = item["content"][0]
    out.add("response.output_item.added", output_index=slot, item=opening)
    out.add("response.content_part.added", **at, part={**part, "text": ""})
    for text in texts:
        out.add("response.output_text.delta", **at, delta=text, logprobs=[])
    out.add("response.output_text.done", **at, text=part["text"], logprobs=[])
    out.add("response.content_part.done", **at, part=part)
    out.add("response.output_item.done", output_index=slot, item=item)
    out.output.append(item)


def _stream_reasoning(out: _Events, plan: ReplyPlan, texts: list[str]) -> None:
    slot, item = len(out.output), _reasoning(plan, "".join(texts))
    out.add("response.output_item.added", output_index=slot, item={**item, "content": []})
    at = {"item_id": item["id"], "output_index": slot, "content_index": 0}
    for text in texts:
        out.add("response.reasoning_text.delta", **at, delta=text)
    out.add("response.reasoning_text.done", **at, text="".join(texts))
    out.add("response.output_item.done", output_index=slot, item=item)
    out.output.append(item)


def _item_id(plan: ReplyPlan, n: int) -> str:
    return f"fc_{plan.id}_{n}"


def _item(plan: ReplyPlan, n: int, call: Call, raw: Any) -> JsonObject:
    kind, key = _kind(plan, plan.calls[n])
    space = namespace_of(plan.request, call.name)
    return present(
        {
            "id": _item_id(plan, n),
            "type": kind,
            "status": "completed",
            "call_id": call.id,
            "name": call.name,
            "namespace": space or ABSENT,
            key: raw,
        }
    )


def _kind(plan: ReplyPlan, call: Call) -> tuple[str, str]:
    """Return the type of a call's item, and under which key its arguments stand."""
    is_text = takes_text(plan, call)
    return ("custom_tool_call", "input") if is_text else ("function_call", "arguments")


def _message(plan: ReplyPlan, text: str, n: int = 0) -> JsonObject:
    return {
        "id": f"msg_{plan.id}_{n}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
    }


def _reasoning(plan: ReplyPlan, text: str) -> JsonObject:
    content = [{"type": "reasoning_text", "text": text}]
    return {"id": f"rs_{plan.id}", "type": "reasoning", "summary": [], "content": content}


def _reply_id(plan: ReplyPlan) -> str:
    return f"resp_{plan.id}"


def _response(plan: ReplyPlan, status: str, output: list[JsonObject]) -> JsonObject:
    ask = plan.ask
    total = plan.input_tokens + plan.output_tokens
    usage = {
        "input_tokens": plan.input_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": plan.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": total,
    }
    cut = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return {
        "id": _reply_id(plan),
        "object": "response",
        "created_at": _CREATED,
        "status": status,
        "error": None,
        "incomplete_details": cut,
        "instructions": None,
        "metadata": {},
        "model": ask.model,
        "output": output,
        "parallel_tool_calls": ask.parallel is not False,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": usage if status != "in_progress" else None,
    }


def _refuses(request: Request) -> str | None:
    body = request.body
    asked_in_short = isinstance(body.get("input"), str)
    return (
        wrong_model(body)
        or wrong_limit(body, "max_output_tokens")
        or (None if asked_in_short else wrong_list(body, "input"))
        or wrong_tools(body)
    )


def _error_event(refusal: Refusal) -> WireEvent:
    data = {"type": "error", "code": refusal.code, "message": refusal.message, "param": None}
    return "error", data


def _is_ending(event: WireEvent) -> bool:
    return event[0] in ("response.completed", "response.incomplete")


SERVING = Serving(
    paths=("/responses",),
    refuses=_refuses,
    plain=_plain,
    stream=_stream,
    error=coded_error,
    error_event=_error_event,
    is_ending=_is_ending,
    reply_id=_reply_id,
)
