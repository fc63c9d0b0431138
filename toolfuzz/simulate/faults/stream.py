"""Streams whose fragments and endings don't add up (group F of the catalogue)."""

import json
from itertools import accumulate
from typing import Any

from toolfuzz.formats.plan import Piece, Refusal, ReplyPlan, Wire
from toolfuzz.simulate.faults.registry import Roll, fault

Pieces = list[Piece]


@fault("args-cumulative", "pieces", "pieces stream")
def args_cumulative(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Every fragment repeats all arguments so far."""
    fragments = _refine(pieces, reply, 3)
    for piece, text in zip(fragments, accumulate(p.text for p in fragments), strict=True):
        piece.text = text
    return bool(fragments)


@fault("stream-tail-lost", "pieces", "pieces stream")
def stream_tail_lost(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The last fragment is never sent."""
    return _lose(reply, pieces, -1)


@fault("stream-head-lost", "pieces", "text stream")
def stream_head_lost(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The fragment that shared a delta with the name, ``{"``, is never sent."""
    return _lose(reply, pieces, 0)


@fault("anthropic-bad-partial-json", "pieces", "object pieces stream")
def anthropic_bad_partial_json(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The first fragment is never sent, so that the rest is no JSON."""
    return _lose(reply, pieces, 0)


@fault("stream-duplicate-delta", "pieces", "pieces stream")
def stream_duplicate_delta(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """One fragment is sent twice."""
    fragments = _refine(pieces, reply, 3)
    texts = [p.text for p in fragments]
    breaking = [
        n
        for n, text in enumerate(texts)
        if len(text) > 1 and not _is_json("".join([*texts[:n], text, *texts[n:]]))
    ]
    if not breaking:
        return False
    twice = fragments[roll.rng.choice(breaking)]
    pieces.insert(pieces.index(twice), Piece("args", twice.text, twice.call, twice.slot))
    return True


@fault("interleaved-misrouted", "pieces", "pieces stream")
def interleaved_misrouted(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Parallel calls of two tools get each other's arguments."""
    if len(reply.calls) < 2 or reply.calls[0].name == reply.calls[1].name:
        return False
    first, second = ([p for p in pieces if p.kind == "args" and p.call == n] for n in (0, 1))
    if not first or not second:
        return False
    start, middle = pieces.index(first[0]), pieces.index(second[0])
    for piece in (*first, *second):
        piece.call = piece.slot = 1 - piece.call
    pieces[middle : middle + len(second)] = first
    pieces[start : start + len(first)] = second
    return True


@fault("stream-not-incremental", "pieces", "pieces stream")
def stream_not_incremental(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """All arguments in one fragment."""
    found = False
    for n, call in enumerate(reply.calls):
        fragments = [p for p in pieces if p.kind == "args" and p.call == n]
        if isinstance(call.raw, str) and len(call.raw) > 64 and len(fragments) > 1:
            fragments[0].text, found = call.raw, True
            pieces[:] = [p for p in pieces if p not in fragments[1:]]
    return found


@fault("stream-marker-split", "pieces", "stream")
def stream_marker_split(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The first characters of the native marker get into the content."""
    if not reply.calls:
        return False
    at = next(n for n, p in enumerate(pieces) if p.kind == "open")
    said = repr((reply.ask.tools, reply.ask.said))
    marker = next((marker for marker in _MARKERS if marker not in said), "<tool_c")
    pieces.insert(at, Piece("text", marker))
    return True


@fault("stream-no-finish", "wire", "stream")
def stream_no_finish(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The stream ends without a reason and without its end marker."""
    kept = [event for event in wire.events if not roll.format.serving.is_ending(event)]
    changed = len(kept) < len(wire.events)
    wire.events = kept
    return changed


@fault("stream-error-midway", "wire", "stream")
def stream_error_midway(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """An error event after half of the stream, and then nothing more."""
    half = max(1, len(wire.events) // 2)
    failure = Refusal(500, "upstream failed", "server_error")
    wire.events = [*wire.events[:half], roll.format.serving.error_event(failure)]
    return True


@fault("anthropic-input-inline", "message", "object closes")
def anthropic_input_inline(reply: ReplyPlan, roll: Roll) -> bool:
    """Streamed: the whole input at the block's start, no deltas. Plain: the input is a string."""
    whole = [c for c in reply.calls if _is_json(c.raw) and c.raw != "{}"]
    if not reply.ask.stream:
        for call in whole:
            call.raw = json.dumps(call.raw)
    reply.inline = bool(whole) and all(_is_json(c.raw) for c in reply.calls)
    return bool(whole) if not reply.ask.stream else reply.inline


@fault("anthropic-delta-after-stop", "pieces", "closes stream")
def anthropic_delta_after_stop(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The last fragment comes after its block was stopped."""
    fragments = [n for n, p in enumerate(pieces) if p.kind == "args"]
    if not fragments:
        return False
    at = fragments[-1]
    pieces[at], pieces[at + 1] = pieces[at + 1], pieces[at]
    return True


_MARKERS = ("<tool_c", "<|tool_ca", "<minimax:to", "[TOOL_CA")


def _last(pieces: Pieces, reply: ReplyPlan, kind: str) -> Pieces:
    """Pieces of that kind of the last call."""
    return [p for p in pieces if p.kind == kind and p.call == len(reply.calls) - 1]


def _refine(pieces: Pieces, reply: ReplyPlan, least: int) -> Pieces:
    """The fragments of the last call, cut smaller if they are fewer than ``least``."""
    fragments = [p for p in _last(pieces, reply, "args") if isinstance(p.text, str)]
    if not fragments or len(fragments) >= least:
        return fragments
    raw = "".join(p.text for p in fragments)
    if len(raw) < least:
        return []
    size = len(raw) // least
    texts = [raw[:size], raw[size : 2 * size], raw[2 * size :]]
    at = pieces.index(fragments[0])
    finer = [Piece("args", t, fragments[0].call, fragments[0].slot) for t in texts]
    pieces[at : at + len(fragments)] = finer
    return finer


def _lose(reply: ReplyPlan, pieces: Pieces, which: int) -> bool:
    """Drop the first two characters or the last fragment of the last call, for good."""
    fragments = [p for p in _last(pieces, reply, "args") if isinstance(p.text, str)]
    raw = "".join(p.text for p in fragments)
    if not fragments or len(raw) < 2 or raw == "{}":
        return False
    if which == 0:
        fragments[0].text = raw[2 : max(3, len(fragments[0].text))]
        kept = raw[2:]
    else:
        lost = min(len(fragments[-1].text), 3) if len(fragments) == 1 else len(fragments[-1].text)
        kept = raw[:-lost]
        fragments[-1].text = fragments[-1].text[:-lost]
    pieces[:] = [p for p in pieces if p.kind != "args" or p.text != ""]
    for piece in _last(pieces, reply, "close"):
        piece.text = kept
    return True


def _is_json(text: Any) -> bool:
    try:
        json.loads(text)
    except (ValueError, TypeError):
        return False
    return True
