"""How a text is cut into the increments of a stream."""

import random
import re
from collections.abc import Iterable

from toolfuzz.core.errors import UsageError

__all__ = ["check_chunking", "cut"]

# What byte-pair tokenizers tend to make of text: a word with the space before it, up to three
# digits, a run of punctuation, a run of space.
_PIECE = re.compile(r" ?[^\W\d_]+|\d{1,3}|[^\w\s]+|_+|\s+", re.UNICODE)


def check_chunking(chunking: str) -> None:
    """Raise UsageError unless it is ``whole``, ``token`` or ``chars:N``."""
    size = chunking.removeprefix("chars:")
    if chunking not in ("whole", "token") and not (
        size != chunking and size.isdecimal() and int(size) > 0
    ):
        raise UsageError(f"unknown chunking {chunking!r}", "whole, token or chars:N")


def cut(text: str, chunking: str, markers: Iterable[str], rng: random.Random) -> list[str]:
    """Cut the text; the pieces joined are the text.

    ``token`` keeps every marker whole, as a tokenizer that knows it as one token does, and cuts
    the rest into token-like pieces; ``chars:N`` cuts after every N characters, through markers
    too; ``whole`` does not cut.
    """
    if not text:
        return []
    if chunking == "whole":
        return [text]
    if chunking != "token":
        size = int(chunking.removeprefix("chars:"))
        return [text[n : n + size] for n in range(0, len(text), size)]
    longest_first = sorted(markers, key=len, reverse=True)
    frame = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
    pieces: list[str] = []
    for n, part in enumerate(frame.split(text)):
        pieces += [part] if n % 2 else _token_like(part, rng)
    return [piece for piece in pieces if piece]


def _token_like(text: str, rng: random.Random) -> list[str]:
    pieces: list[str] = []
    for match in _PIECE.finditer(text):
        rest = match[0]
        while rest:
            size = rng.choice((1, 2, 3, 4, 4, 6, 8, 12))
            pieces.append(rest[:size])
            rest = rest[size:]
    return pieces
