"""Bytes of a reply as they are, where text can't show them."""

from collections.abc import Iterator

from toolfuzz.core.verdict import Finding
from toolfuzz.evidence.excerpt import place_of
from toolfuzz.formats import WireFormat

__all__ = ["hexdump"]

_ROW = 16
_ROWS = 12
_BEFORE = 2 * _ROW
_PLAIN = {*range(0x20, 0x7F), 0x0A, 0x0D}


def hexdump(body: bytes, finding: Finding, format: WireFormat) -> list[str]:
    """Return rows of 16 bytes around what a finding blames: offset, hexadecimal, ASCII.

    None where these bytes are plain ASCII, which says the same.
    """
    start = max(_place(body, finding, format) - _BEFORE, 0) // _ROW * _ROW
    some = body[start : start + _ROWS * _ROW]
    return [] if _PLAIN.issuperset(some) else list(_rows(some, start))


def _place(body: bytes, finding: Finding, format: WireFormat) -> int:
    if not format.is_text(body):
        return 0
    text = body.decode("utf-8", "surrogateescape")
    return len(text[: place_of(text, finding)[0]].encode("utf-8", "surrogateescape"))


def _rows(some: bytes, start: int) -> Iterator[str]:
    for place in range(0, len(some), _ROW):
        row = some[place : place + _ROW]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield f"{start + place:08x}  {row.hex(' '):{3 * _ROW}} {text}"
