"""Indexes, ids and names that a stream shows wrongly or too often (group F of the catalogue)."""

from collections.abc import Callable

from toolfuzz.formats.plan import ABSENT, Piece, ReplyPlan
from toolfuzz.simulate.faults.registry import Roll, fault

Pieces = list[Piece]


@fault("idx-missing", "pieces", "pieces stream")
def idx_missing(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """No index on the events of a call."""
    value = roll.rng.choice([ABSENT, None]) if roll.format.traits.indexed else ABSENT
    return _each(pieces, lambda p: setattr(p, "slot", value))


@fault("idx-collision", "pieces", "pieces stream")
def idx_collision(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """All calls share index 0."""
    _each(pieces, lambda p: setattr(p, "slot", 0))
    return len(reply.calls) > 1


@fault("idx-sparse", "pieces", "indexed stream")
def idx_sparse(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Indexes don't start at 0 or leave some out."""
    return _each(pieces, lambda p: setattr(p, "slot", p.call * 3 + 1))


@fault("idx-drift", "pieces", "indexed stream")
def idx_drift(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The arguments come under another index than the name."""
    shift = len(reply.calls)
    found = [p for p in pieces if p.kind == "args" and isinstance(p.slot, int)]
    for piece in found:
        piece.slot += shift
    return bool(found)


@fault("id-missing", "pieces", "ids stream")
def id_missing(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """No id, or null."""
    value = roll.rng.choice([ABSENT, None])
    last = [p for p in pieces if p.kind == "open"][-1:]
    return _each(last, lambda p: setattr(p, "id", value))


@fault("id-late", "pieces", "indexed stream")
def id_late(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The id comes with the first arguments, after the name."""
    opening, found = None, False
    for piece in pieces:
        if piece.kind == "open":
            opening = piece
        elif piece.kind == "args" and opening is not None:
            piece.id, opening.id, opening, found = opening.id, ABSENT, None, True
    return found


@fault("id-unstable", "pieces", "indexed stream")
def id_unstable(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Every fragment has an id of its own."""
    found = [p for p in pieces if p.kind == "args"]
    for n, piece in enumerate(found):
        piece.id = f"{reply.calls[piece.call].id}-{n}"
    return bool(found)


@fault("id-blank-continuation", "pieces", "indexed stream")
def id_blank_continuation(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Later fragments carry an empty id and an empty name."""
    found = [p for p in pieces if p.kind == "args"]
    for piece in found:
        piece.id = piece.name = ""
    return bool(found)


@fault("name-repeated", "pieces", "indexed stream")
def name_repeated(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """Every fragment repeats the name."""
    found = [p for p in pieces if p.kind == "args"]
    for piece in found:
        piece.name = reply.calls[piece.call].name
    return bool(found)


@fault("name-fragmented", "pieces", "indexed stream")
def name_fragmented(reply: ReplyPlan, pieces: Pieces, roll: Roll) -> bool:
    """The name comes in two parts."""
    for at, piece in enumerate(pieces):
        if piece.kind == "open" and isinstance(piece.name, str) and len(piece.name) > 1:
            half = len(piece.name) // 2
            rest = Piece("args", ABSENT, piece.call, piece.slot, name=piece.name[half:])
            piece.name = piece.name[:half]
            pieces.insert(at + 1, rest)
            return True
    return False


def _of_call(piece: Piece) -> bool:
    return piece.kind in ("open", "args", "close")


def _each(pieces: Pieces, change: Callable[[Piece], None]) -> bool:
    found = [p for p in pieces if _of_call(p)]
    for piece in found:
        change(piece)
    return bool(found)
