"""Drawn cases on their way from one process to another, in MessagePack.

It takes half of pickle's time. Pickle is there for what MessagePack lacks: lone surrogates, numbers
beyond 64 bits, subclasses of Python's own types.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import MsgspecError
from msgspec.msgpack import Decoder, Encoder

from toolfuzz.core.case import Case, JsonObject, Tool, Turn
from toolfuzz.core.pickled import restored, values_of
from toolfuzz.generate.draw import Slot

__all__ = ["received", "sent"]

_Case = tuple[
    str, str, tuple[str, ...], tuple[Tool, ...], tuple[Turn, ...], JsonObject | None, str, str
]
"""A case's fields, in their order: its ids are not computed again."""

_encode = Encoder().encode
_decode = Decoder(list[tuple[int, _Case | None, int]]).decode


def sent(slots: Sequence[Slot]) -> bytes | list[Slot]:
    """Return slots as something that pickle takes no time for, where that can be."""
    rows = [(one.k, one.case and values_of(one.case), one.tries) for one in slots]
    try:
        return _encode(rows)
    except (MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        return list(slots)


def received(content: Any) -> list[Slot]:
    """Return the slots that were sent."""
    if not isinstance(content, bytes):
        found: list[Slot] = content
        return found
    rows = _decode(content)
    return [
        Slot(k, None if case is None else restored(Case, *case), tries) for k, case, tries in rows
    ]
