"""Variations that every client must take and no judge may blame (section 4 of the catalogue)."""

import json
from collections.abc import Iterable
from random import Random
from typing import Any

from toolfuzz.formats.plan import Piece, ReplyPlan, Wire
from toolfuzz.judge.faults import Roll, messages_of, parameters
from toolfuzz.judge.faults.calls import refuse
from toolfuzz.judge.faults.schema import places
from toolfuzz.simulate.faults.registry import fault

Pieces = list[Piece]


@fault("legal-number-spelling", "values", legal=True)
def number_spelling(reply: ReplyPlan, roll: Roll) -> bool:
    """A whole number is written as 1.0 where the schema says number."""
    for call in reply.calls:
        for place in places(call.arguments, parameters(reply, call)):
            whole = isinstance(place.value, int) and not isinstance(place.value, bool)
            if whole and place.types == {"number"} and abs(place.value) < 2**53:
                place.holder[place.key] = float(place.value)
    return True


@fault("legal-json-spelling", "raw", legal=True)
def json_spelling(reply: ReplyPlan, roll: Roll) -> bool:
    """Keys in another order, pretty printing, space, escapes: the same JSON value."""
    rng = roll.rng
    for call in reply.calls:
        value = _shuffled(call.arguments, rng) if rng.random() < 0.5 else call.arguments
        indent = rng.choice([None, None, 2])
        space = rng.choice([(",", ":"), (", ", ": ")]) if indent is None else (",", ": ")
        escaped = rng.random() < 0.5
        raw = json.dumps(value, indent=indent, separators=space, ensure_ascii=escaped)
        call.raw = raw.replace("/", "\\/") if rng.random() < 0.2 else raw
    return bool(reply.calls)


@fault("legal-prose", "message", legal=True)
def prose(reply: ReplyPlan, roll: Roll) -> bool:
    """A sentence beside the calls."""
    if reply.calls and not reply.text:
        reply.text = "Let me look that up for you."
    return bool(reply.calls)


@fault("legal-fragment-size", "message", legal=True)
def fragment_size(reply: ReplyPlan, roll: Roll) -> bool:
    """Fragments of one character, or of many."""
    reply.piece_size = roll.rng.choice([1, 2, 3, 7, 60, 500])
    return True


@fault("legal-text-after", "pieces", "stream", legal=True)
def text_after(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """A sentence after the calls."""
    if reply.calls:
        pieces.append(Piece("text", "I have called the tool."))
    return bool(reply.calls)


@fault("legal-whole-call", "pieces", "stream", legal=True)
def whole_call(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Name and all arguments in one event."""
    for piece in pieces:
        if piece.kind == "open" and isinstance(reply.calls[piece.call].raw, str):
            piece.text = reply.calls[piece.call].raw
    pieces[:] = [p for p in pieces if p.kind != "args"]
    return True


@fault("legal-empty-fragment", "pieces", "stream", legal=True)
def empty_fragment(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """An empty fragment before the first."""
    opened = [n for n, p in enumerate(pieces) if p.kind == "open"]
    for at in reversed(opened):
        pieces.insert(at + 1, Piece("args", "", pieces[at].call, pieces[at].slot))
    return bool(opened)


@fault("legal-repeated-id", "pieces", "indexed stream", legal=True)
def repeated_id(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Every fragment carries the id of its call."""
    for piece in pieces:
        if piece.kind == "args":
            piece.id = reply.calls[piece.call].id
    return True


@fault("legal-null-continuation", "pieces", "indexed stream", legal=True)
def null_continuation(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Later fragments carry null for id and name."""
    for piece in pieces:
        if piece.kind == "args":
            piece.id = piece.name = None
    return True


@fault("legal-interleave", "pieces", "indexed stream", legal=True)
def interleave(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The fragments of parallel calls come in turns; the calls begin in their order."""
    queues = [
        [p for p in pieces if p.kind == "args" and p.call == n] for n in range(len(reply.calls))
    ]
    pieces[:] = [p for p in pieces if p.kind in ("text", "reasoning", "open")]
    while any(queues):
        pieces.append(roll.rng.choice([q for q in queues if q]).pop(0))
    return len(reply.calls) > 1


@fault("legal-usage-chunk", "wire", "indexed stream", legal=True)
def usage_chunk(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """A last chunk without choices that carries the usage, asked for or not."""
    last = dict(wire.events[-2][1])
    if not last["choices"]:
        return False
    spent = {"prompt_tokens": reply.input_tokens, "completion_tokens": reply.output_tokens}
    total = {"total_tokens": sum(spent.values())}
    wire.events.insert(-1, (None, {**last, "choices": [], "usage": {**spent, **total}}))
    return True


@fault("legal-content-spelling", "wire", "indexed", legal=True)
def content_spelling(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """``content`` is null, "" or left out beside calls, in every delta."""
    for message in messages_of(wire):
        if message.get("tool_calls") and not message.get("content"):
            message.pop("content", None)
            message.update(roll.rng.choice([{}, {"content": None}, {"content": ""}]))
    return True


@fault("legal-extra-fields", "wire", legal=True)
def extra_fields(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """Fields that the format's documentation doesn't have."""
    for holder in [wire.body, *(data for _, data in wire.events)]:
        if holder and isinstance(holder, dict):
            holder["x_trace"] = {"node": "a-7"}
    return True


@fault("legal-ping", "wire", "pings stream", legal=True)
def ping(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """Ping events may stand anywhere."""
    for _ in range(3):
        at = roll.rng.randrange(1, len(wire.events))
        wire.events.insert(at, ("ping", {"type": "ping"}))
    return True


@fault("legal-stop-when-forced", "wire", "indexed", legal=True)
def stop_when_forced(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The reason after a named tool_choice may be ``stop``."""
    if not reply.ask.tool_choice.startswith("tool:") or reply.finish != "tool_calls":
        return False
    holders = [wire.body, *(data for _, data in wire.events)]
    for holder in holders:
        for choice in holder.get("choices", ()) if isinstance(holder, dict) else ():
            choice["finish_reason"] = "stop" if choice["finish_reason"] else None
    return True


@fault("legal-thinking", "plan", legal=True)
def thinking(reply: ReplyPlan, roll: Roll) -> bool:
    """Thoughts before the calls, signed where the format signs them."""
    if reply.calls:
        reply.reasoning = _thought(call.name for call in reply.calls)
    return bool(reply.calls)


@fault("legal-thinking-wanted", "request", legal=True)
def thinking_wanted(reply: ReplyPlan, roll: Roll) -> bool:
    """Thoughts must come back with their calls, or the signature that stands for them."""
    for earlier in reply.ask.replies:
        names = [call.name or "" for call in earlier.calls]
        signed = any(call.extra for call in earlier.calls)
        if names and not signed and _thought(names) not in earlier.reasoning:
            return refuse(reply, "The thinking of earlier calls must be passed back unchanged.")
    return False


def _thought(names: Iterable[str]) -> str:
    return f"I shall call {', '.join(names)}."


def _shuffled(value: Any, rng: Random) -> Any:
    if isinstance(value, dict):
        keys = rng.sample(list(value), len(value))
        return {key: _shuffled(value[key], rng) for key in keys}
    return [_shuffled(item, rng) for item in value] if isinstance(value, list) else value
