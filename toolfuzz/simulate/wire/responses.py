"""OpenAI Responses (https://platform.openai.com/docs/api-reference/responses)."""

from itertools import groupby
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.reply import Call, Piece, Reply, Wire, present

__all__ = ["plain", "stream"]

_CREATED = 1735689600


def plain(reply: Reply) -> Wire:
    """Return the reply as one ``response`` object."""
    output = []
    if reply.reasoning:
        output.append(_reasoning(reply, reply.reasoning))
    if reply.text:
        output.append(_message(reply, reply.text))
    status = "incomplete" if reply.finish == "length" else "completed"
    output += [_item(reply, n, call, call.raw) for n, call in enumerate(reply.calls)]
    if reply.finish == "length" and reply.calls:
        output[-1]["status"] = "incomplete"
    return Wire(_response(reply, status, output))


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


def stream(reply: Reply, pieces: list[Piece]) -> Wire:
    """Return the pieces as typed events; ``response.completed`` repeats the whole reply."""
    out = _Events()
    out.add("response.created", response=_response(reply, "in_progress", []))
    out.add("response.in_progress", response=_response(reply, "in_progress", []))
    base = 0
    for is_prose, group in groupby(pieces, key=lambda p: p.kind in ("text", "reasoning")):
        if not is_prose:
            for piece in group:
                _call_step(out, reply, piece, base)
            continue
        for kind, parts in groupby(group, key=lambda p: p.kind):
            texts = [str(p.text) for p in parts]
            (_stream_text if kind == "text" else _stream_reasoning)(out, reply, texts)
            base += 1
    status = "incomplete" if reply.finish == "length" else "completed"
    out.add(f"response.{status}", response=_response(reply, status, out.output))
    return Wire(events=out.events)


def _call_step(out: _Events, reply: Reply, piece: Piece, base: int) -> None:
    slot = out.slot(piece.slot, base)
    call = reply.calls[piece.call]
    item_id = _item_id(reply, piece.call)
    match piece.kind:
        case "open":
            out.ids[piece.call], out.names[piece.call] = piece.id, piece.name
            item = _item(reply, piece.call, Call(piece.name, {}, piece.id), "")
            item["status"] = "in_progress"
            out.add("response.output_item.added", output_index=slot, item=item)
            if piece.text and isinstance(piece.text, str):
                _arguments_delta(out, item_id, slot, piece.text)
        case "args":
            _arguments_delta(out, item_id, slot, piece.text)
        case "close":
            shown = Call(out.names.get(piece.call, call.name), {}, out.ids.get(piece.call, call.id))
            item = _item(reply, piece.call, shown, piece.text)
            if reply.finish == "length" and piece.call == len(reply.calls) - 1:
                item["status"] = "incomplete"
            out.add(
                "response.function_call_arguments.done",
                item_id=item_id,
                output_index=slot,
                arguments=piece.text,
            )
            out.add("response.output_item.done", output_index=slot, item=item)
            out.output.append(item)


def _arguments_delta(out: _Events, item_id: str, slot: Any, text: Any) -> None:
    out.add(
        "response.function_call_arguments.delta", item_id=item_id, output_index=slot, delta=text
    )


def _stream_text(out: _Events, reply: Reply, texts: list[str]) -> None:
    slot, item = len(out.output), _message(reply, "".join(texts), len(out.output))
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


def _stream_reasoning(out: _Events, reply: Reply, texts: list[str]) -> None:
    slot, item = len(out.output), _reasoning(reply, "".join(texts))
    out.add("response.output_item.added", output_index=slot, item={**item, "content": []})
    at = {"item_id": item["id"], "output_index": slot, "content_index": 0}
    for text in texts:
        out.add("response.reasoning_text.delta", **at, delta=text)
    out.add("response.reasoning_text.done", **at, text="".join(texts))
    out.add("response.output_item.done", output_index=slot, item=item)
    out.output.append(item)


def _item_id(reply: Reply, n: int) -> str:
    return f"fc_{reply.id}_{n}"


def _item(reply: Reply, n: int, call: Call, raw: Any) -> JsonObject:
    return present(
        {
            "id": _item_id(reply, n),
            "type": "function_call",
            "status": "completed",
            "call_id": call.id,
            "name": call.name,
            "arguments": raw,
        }
    )


def _message(reply: Reply, text: str, n: int = 0) -> JsonObject:
    return {
        "id": f"msg_{reply.id}_{n}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
    }


def _reasoning(reply: Reply, text: str) -> JsonObject:
    content = [{"type": "reasoning_text", "text": text}]
    return {"id": f"rs_{reply.id}", "type": "reasoning", "summary": [], "content": content}


def _response(reply: Reply, status: str, output: list[JsonObject]) -> JsonObject:
    ask = reply.ask
    total = reply.input_tokens + reply.output_tokens
    usage = {
        "input_tokens": reply.input_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": reply.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": total,
    }
    cut = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return {
        "id": f"resp_{reply.id}",
        "object": "response",
        "created_at": _CREATED,
        "status": status,
        "error": None,
        "incomplete_details": cut,
        "instructions": None,
        "metadata": {},
        "model": ask.model,
        "output": output,
        "parallel_tool_calls": ask.parallel,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": usage if status != "in_progress" else None,
    }
