"""Cuts a reply into the steps of a stream."""

from collections.abc import Iterator

from toolfuzz.simulate.reply import ABSENT, Call, Piece, Reply

__all__ = ["pieces"]


def pieces(reply: Reply) -> list[Piece]:
    """Return the reply as an honest server streams it: reasoning, text, then call after call."""
    steps = [Piece("reasoning", part) for part in _cut(reply.reasoning, reply.piece_size)]
    steps += [Piece("text", part) for part in _cut(reply.text, reply.piece_size)]
    for n, call in enumerate(reply.calls):
        steps += _call(n, call, reply.piece_size)
    return steps


def _call(n: int, call: Call, size: int) -> Iterator[Piece]:
    if call.raw is None or call.raw is ABSENT:
        yield Piece("open", call.raw, n, n, call.id, call.name)
    else:
        yield Piece("open", "", n, n, call.id, call.name)
        parts = _cut(call.raw, size) if isinstance(call.raw, str) else [call.raw]
        yield from (Piece("args", part, n, n) for part in parts)
    yield Piece("close", call.raw, n, n)


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
