"""Cuts a reply into the steps of a stream."""

from collections.abc import Iterator

from toolfuzz.formats.plan import ABSENT, Call, Piece, RawJson, ReplyPlan

__all__ = ["pieces"]


def pieces(reply: ReplyPlan) -> list[Piece]:
    """Return the reply as an honest server streams it: reasoning, text, then call after call."""
    steps = [Piece("reasoning", part) for part in _cut(reply.reasoning, reply.piece_size)]
    steps += [Piece("text", part) for part in _cut(reply.text, reply.piece_size)]
    for n, call in enumerate(reply.calls):
        steps += _call(n, call, reply)
    return steps


def _call(n: int, call: Call, reply: ReplyPlan) -> Iterator[Piece]:
    if reply.inline and isinstance(call.raw, str):
        yield Piece("open", RawJson(call.raw), n, n, call.id, call.name)
    elif call.raw is None or call.raw is ABSENT:
        yield Piece("open", call.raw, n, n, call.id, call.name)
    else:
        yield Piece("open", "", n, n, call.id, call.name)
        parts = _cut(call.raw, reply.piece_size) if isinstance(call.raw, str) else [call.raw]
        yield from (Piece("args", part, n, n) for part in parts)
    yield Piece("close", call.raw, n, n)


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
