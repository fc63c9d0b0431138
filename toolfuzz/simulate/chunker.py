"""Cuts a reply into the steps of a stream."""

from collections.abc import Iterator

from toolfuzz.simulate.reply import Call, Piece, Reply

__all__ = ["pieces"]


def pieces(reply: Reply) -> list[Piece]:
    """Return the reply as an honest server streams it: reasoning, text, then call after call."""
    steps = [Piece("reasoning", part) for part in _cut(reply.reasoning, reply.piece_size)]
    steps += [Piece("text", part) for part in _cut(reply.text, reply.piece_size)]
    for n, call in enumerate(reply.calls):
        steps += _call(n, call, reply.piece_size)
    return steps


def _call(n: int, call: Call, size: int) -> Iterator[Piece]:
    yield Piece("open", "", n, n, call.id, call.name)
    if isinstance(call.raw, str):
        for part in _cut(call.raw, size):
            yield Piece("args", part, n, n)
    else:
        yield Piece("args", call.raw, n, n)
    yield Piece("close", call.raw, n, n)


def _cut(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]
