"""Pieces that a stream lost in the middle: what came is the right text but for whole deltas.

Line readers that take U+2028, U+2029 or U+0085 for the end of a line cut the event that holds
one in two, and neither half is an event any more.
"""

from collections.abc import Sequence

__all__ = ["holds_separator", "lost_pieces"]

# What Python's ``str.splitlines`` and the like split at, raw and as JSON escapes them.
_SEPARATORS = ("\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e")
_ESCAPED = ("\\u2028", "\\u2029", "\\u0085", "\\u000b", "\\f", "\\u000c", "\\u001c", "\\u001d")
_LEAST = 2


def lost_pieces(pieces: Sequence[str], text: str) -> list[str] | None:
    """Return what of ``text`` is lost between the pieces; None when they differ otherwise.

    One loss may be anywhere between two deltas, several must each hold a line separator.
    """
    raw = "".join(pieces)
    if len(raw) + _LEAST > len(text):
        return None
    lost = _one(pieces, raw, text)
    if lost is not None:
        return [lost]
    several = _several(pieces, text)
    return several if several and all(map(holds_separator, several)) else None


def holds_separator(text: str) -> bool:
    """Whether a text holds what some readers take for the end of a line."""
    return any(mark in text for mark in (*_SEPARATORS, *_ESCAPED))


def _one(pieces: Sequence[str], raw: str, text: str) -> str | None:
    missing = len(text) - len(raw)
    same = _common_end(raw, text)
    at = 0
    for piece in pieces[:-1]:
        if not text.startswith(piece, at):
            return None
        at += len(piece)
        if len(raw) - at <= same:
            return text[at : at + missing]
    return None


def _common_end(one: str, other: str) -> int:
    """Return how many characters at the end of both are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.endswith(other[len(other) - middle :]):
            low = middle
        else:
            high = middle - 1
    return low


def _several(pieces: Sequence[str], text: str) -> list[str] | None:
    lost = []
    at = 0
    for n, piece in enumerate(pieces):
        found = text.find(piece, at) if n < len(pieces) - 1 else text.rfind(piece)
        if found < at or (n == 0 and found):
            return None
        if found > at:
            lost.append(text[at:found])
        at = found + len(piece)
    return lost if at == len(text) else None
