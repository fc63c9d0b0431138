"""Drawn cases on their way from one process to another, in MessagePack.

It takes half of pickle's time. Pickle is there for what MessagePack lacks: lone surrogates, numbers
beyond 64 bits, subclasses of Python's own types.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import MsgspecError
from msgspec.msgpack import Decoder, Encoder

from toolfuzz.core.case import Case, JsonObject, Tool, Turn
from toolfuzz.core.pickled import restored, values_of
from toolfuzz.core.remembered import by_identity
from toolfuzz.generate.draw import Slot

__all__ = ["received", "sent"]

_Case = tuple[
    str, str, tuple[str, ...], tuple[bytes, ...], tuple[Turn, ...], JsonObject | None, str, str
]
"""A case's fields, in their order: its ids are not computed again. A tool is a message inside."""

_encode = Encoder().encode
_encode_tool = by_identity(Encoder().encode)
_decode = Decoder(list[tuple[int, _Case | None, int]]).decode
_decode_tool = lru_cache(maxsize=512)(Decoder(Tool).decode)
"""Many offers hold the same tools."""


def sent(slots: Sequence[Slot]) -> bytes | list[Slot]:
    """Return slots as something that pickle takes no time for, where that can be."""
    try:
        return _encode([(one.k, one.case and _values(one.case), one.tries) for one in slots])
    except (MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        return list(slots)


def _values(case: Case) -> tuple[Any, ...]:
    origin, probe, features, tools, *rest = values_of(case)
    return origin, probe, features, [_encode_tool(tool) for tool in tools], *rest


def received(content: Any) -> list[Slot]:
    """Return the slots that were sent."""
    if not isinstance(content, bytes):
        found: list[Slot] = content
        return found
    return [
        Slot(k, None if case is None else _case(*case), tries)
        for k, case, tries in _decode(content)
    ]


def _case(
    origin: str, probe: str, features: tuple[str, ...], tools: tuple[bytes, ...], *rest: Any
) -> Case:
    case: Case = restored(Case, origin, probe, features, tuple(map(_decode_tool, tools)), *rest)
    return case
