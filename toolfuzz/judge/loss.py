"""What a stream did to the arguments: lost its head or tail, sent a piece twice, or everything.

These explain an argument string that does not load, so they come before the string is judged,
and the repaired string goes on. A repair counts only when it gives the known right answer or,
when none is known, when it loads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import JsonObject
from toolfuzz.core.json_prefix import is_prefix
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.judge.gaps import holds_separator, lost_pieces
from toolfuzz.judge.reading import agrees, load, objects, spellings
from toolfuzz.judge.streamed import Damage, StreamedCall

__all__ = ["Known", "damage", "unswap"]

_INCREMENTAL_BELOW = 64
_WORK = 4_000_000
_BEGINNINGS = 200
_GAP = "a piece in the middle of the arguments is missing"


@dataclass(frozen=True, slots=True)
class Known:
    """Right arguments, as far as anybody knows: values, and texts as another reply spelled them."""

    values: tuple[JsonObject, ...] = ()
    texts: tuple[str, ...] = ()

    def accepts(self, raw: str) -> bool:
        """Whether ``raw`` is one of the right answers; when there are none, whether it loads."""
        value = load(raw)
        if value is None:
            return False
        if not self.values:
            return True
        wanted = canonical(value)
        return any(canonical(v) == wanted for v in self.values)


def damage(streamed: StreamedCall, known: Known, *, unread: bool = False) -> Damage | None:
    """Return what the stream did to the call's arguments; None for nothing that shows.

    ``unread``: an event of the stream could not be read, so that a piece may be lost in it.
    """
    raw = "".join(streamed.pieces)
    if streamed.other is not None and not streamed.pieces:
        return None
    if raw and (other := next((w for w in streamed.wholes if w != raw), None)) is not None:
        right = known.values and known.accepts(raw)
        whole = None if right else next((w for w in streamed.wholes if load(w) is not None), None)
        message = "the argument deltas and the complete arguments differ"
        return Damage(_against(streamed.pieces, raw, other), message, raw, whole)
    if streamed.free:
        return None
    if not raw or known.accepts(raw):
        text = raw or streamed.whole or ""
        if len(text) > _INCREMENTAL_BELOW and len(streamed.pieces) < 2:
            return Damage("at-once", f"{len(text)} characters came at once")
        return None
    for kind, repaired, message in (
        ("grown", _cumulative(streamed.pieces, raw), "deltas repeat what was already sent"),
        ("twice", _duplicate(streamed.pieces, raw, known), "a delta came twice"),
        ("headless", _head(raw, known), "the first bytes of the arguments are missing"),
        ("tailless", _tail(raw, known), "the last bytes of the arguments are missing"),
        ("gap", _gap(streamed.pieces, raw, known, unread), _GAP),
    ):
        if repaired is not None:
            return Damage(kind, message, raw, repaired)
    return None


def unswap(calls: Sequence[StreamedCall], known: Sequence[Known]) -> tuple[int, int] | None:
    """Undo a swap of two calls' argument deltas in place, if that makes both right.

    What came with a call's first event stays; only what followed may have been misrouted. Returns
    the positions of the two, None when nothing was swapped.
    """
    wrong = [
        n
        for n, call in enumerate(calls[:16])
        if known[n].values and call.pieces and not known[n].accepts("".join(call.pieces))
    ]
    for n, first in enumerate(wrong):
        for second in wrong[n + 1 :]:
            a, b = calls[first], calls[second]
            swapped = (
                a.pieces[: a.opening] + b.pieces[b.opening :],
                b.pieces[: b.opening] + a.pieces[a.opening :],
            )
            if known[first].accepts("".join(swapped[0])) and known[second].accepts(
                "".join(swapped[1])
            ):
                a.pieces, b.pieces = swapped
                return first, second
    return None


def _against(pieces: list[str], raw: str, whole: str) -> str:
    """Name the damage to deltas by the complete arguments that the stream itself gives."""
    if not whole or load(whole) is None:
        return "differs"
    if pieces[-1] == whole:
        return "grown" if len(pieces) > 2 else "twice"
    if whole.startswith(raw):
        return "tailless"
    if whole.endswith(raw):
        return "headless"
    if lost_pieces(pieces, whole) is not None:
        return "gap"
    start = 0
    for n, piece in enumerate(pieces[:-1]):
        start += len(piece)
        if piece == pieces[n + 1] and whole.startswith(raw[start + len(piece) :], start):
            return "twice"
        if not whole.startswith(raw[:start][-len(piece) :], start - len(piece)):
            break
    return "differs"


def _cumulative(pieces: list[str], raw: str) -> str | None:
    """Return what holds everything: the last delta when each one grows, or when it repeats the
    sum; or what begins anew after a part was sent.
    """
    last = pieces[-1]
    if len(pieces) < 2:
        return None
    if load(last) is None:
        return _begun_again(pieces, raw)
    grows = all(late.startswith(early) for early, late in pairwise(pieces))
    if grows and pieces[0] != last:
        return last
    repeats = len(pieces) > 2 and sum(map(len, pieces[:-1])) == len(last)
    if repeats and "".join(pieces[:-1]) == last:
        return last
    return _begun_again(pieces, raw)


def _begun_again(pieces: list[str], raw: str) -> str | None:
    """Return the object that begins anew at a delta, after a part of it was sent already."""
    start = 0
    for n, piece in enumerate(pieces[: _BEGINNINGS + 1]):
        again = raw[start:] if n and piece.startswith("{") else ""
        sent = raw[:start]
        value = load(again) if again and sent.strip() and load(sent) is None else None
        if value and agrees(sent, value):
            return again
        start += len(piece)
    return None


def _duplicate(pieces: list[str], raw: str, known: Known) -> str | None:
    """Return the arguments without one of two equal neighbours, if that makes them right.

    Single characters and blanks are left alone: they come twice in honest text. So are ``{}{}``
    (no pieces of one object) and objects back to back, unless the repeated delta was the whole.
    """
    if len(pieces) == 2 and pieces[0] == pieces[1]:
        return pieces[0] if load(pieces[0]) else None
    if len(objects(raw)) > 1:
        return None
    stop = len(raw) if load(raw) is not None else _error_at(raw)
    tries = max(4, _WORK // (len(raw) + 1))
    start = 0
    candidates = []
    for piece, following in pairwise(pieces):
        if start > stop:
            break
        if piece == following and len(piece) > 1 and len(set(piece)) > 1:
            candidates.append((start, len(piece)))
        start += len(piece)
    for start, length in reversed(candidates[-tries:]):
        repaired = raw[:start] + raw[start + length :]
        if known.accepts(repaired):
            return repaired
    return None


def _error_at(raw: str) -> int:
    try:
        strictjson.parse(raw)
    except strictjson.JsonError as error:
        return error.pos
    return len(raw)


def _head(raw: str, known: Known) -> str | None:
    """Return the arguments with their lost beginning, from what is known or from the syntax."""
    if load(raw) is not None or raw.lstrip()[:1] == "{":
        return None
    for text in (*known.texts, *(s for value in known.values for s in spellings(value))):
        if len(raw) > 1 and text.endswith(raw):
            return text
    starts = ["{", '{"']
    for value in known.values:
        for key in list(value)[:64]:
            starts += ['{"' + key[:cut] for cut in range(1, len(key) + 1) if len(key) < 100]
    for start in starts[: max(4, _WORK // (len(raw) + 1))]:
        if known.accepts(start + raw):
            return start + raw
    return None


def _tail(raw: str, known: Known) -> str | None:
    """Return the arguments with their lost end when all that came agrees with a right answer."""
    if load(raw) is not None or not is_prefix(raw):
        return None
    for text in known.texts:
        if text.startswith(raw):
            return text
    for value in known.values:
        if agrees(raw, value):
            return strictjson.dumps(value)
    return None


def _gap(pieces: list[str], raw: str, known: Known, unread: bool) -> str | None:
    """Return the arguments with what was lost between two deltas.

    Arguments that load all the same may be what the model wrote. Then the plain reply must show
    the loss, or an event that can't be read, or what is lost must hold a line separator.
    """
    loads = load(raw) is not None
    plain = [(text, True) for text in known.texts]
    right = [(text, False) for value in known.values for text in spellings(value)]
    for text, sure in (*plain, *right):
        lost = lost_pieces(pieces, text)
        if lost is None:
            continue
        if not loads or sure or unread or all(map(holds_separator, lost)):
            return text
    return None
