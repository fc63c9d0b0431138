"""What the simulated faults of streams share."""

from collections.abc import Callable

from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.faults.frames import is_json

__all__ = ["each_call", "last_call", "lose_middle", "lose_piece", "of_call", "refined"]


def last_call(pieces: list[Piece], reply: ReplyPlan, kind: str) -> list[Piece]:
    """Return the pieces of that kind of the last call."""
    return [p for p in pieces if p.kind == kind and p.call == len(reply.calls) - 1]


def refined(pieces: list[Piece], reply: ReplyPlan, least: int) -> list[Piece]:
    """The fragments of the last call, cut smaller if they are fewer than ``least``."""
    fragments = [p for p in last_call(pieces, reply, "args") if isinstance(p.text, str)]
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


def lose_piece(reply: ReplyPlan, pieces: list[Piece], which: int) -> bool:
    """Drop the first two characters or the last fragment of the last call, for good."""
    fragments = [p for p in last_call(pieces, reply, "args") if isinstance(p.text, str)]
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
    for piece in last_call(pieces, reply, "close"):
        piece.text = kept
    return True


def lose_middle(reply: ReplyPlan, pieces: list[Piece]) -> bool:
    """Drop a fragment of the last call that is neither its first nor its last, for good."""
    left = list(pieces)
    fragments = refined(left, reply, 3)
    middle = fragments[len(fragments) // 2] if len(fragments) > 2 else None
    if middle is None or len(middle.text or "") < 2:
        return False
    kept = "".join(p.text or "" for p in fragments if p is not middle)
    if is_json(kept):
        return False
    pieces[:] = [piece for piece in left if piece is not middle]
    for piece in last_call(pieces, reply, "close"):
        piece.text = kept
    return True


def of_call(piece: Piece) -> bool:
    """Whether the piece belongs to a call."""
    return piece.kind in ("open", "args", "close")


def each_call(pieces: list[Piece], change: Callable[[Piece], None]) -> bool:
    """Change every piece that belongs to a call."""
    found = [p for p in pieces if of_call(p)]
    for piece in found:
        change(piece)
    return bool(found)
