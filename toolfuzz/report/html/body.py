"""A response body as it came: chunk by chunk, its middle left out when it is long."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import WireFormat
from toolfuzz.report.html.inert import marked

__all__ = ["HEAD", "TAIL", "Piece", "pieces"]

HEAD = 12 * 1024
TAIL = 4 * 1024
"""Bytes that are shown of a long body's beginning and of its end, where streams say how they
ended."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with a ``label`` before it (empty: none); ``gap`` says that bytes are left out."""

    label: str
    text: Markup
    gap: bool = False


def pieces(attempt: Attempt, format: WireFormat) -> Iterator[Piece]:
    """Return the chunks; a character that two of them share stands in the later one.

    Of a format whose bytes are no text, what they say is returned in one piece.
    """
    if not format.is_text(attempt.body):
        text = format.show(attempt.body)
        left_out = len(text) - HEAD - TAIL
        yield Piece("", marked(text if left_out <= 0 else text[:HEAD]))
        if left_out > 0:
            yield Piece(f"{left_out:,} characters left out", Markup(), gap=True)
            yield Piece("", marked(text[-TAIL:]))
        return
    size = attempt.size
    if size <= HEAD + TAIL:
        yield from _part(attempt, 0, size)
        return
    yield from _part(attempt, 0, HEAD)
    yield Piece(f"{size - HEAD - TAIL:,} bytes left out", Markup(), gap=True)
    yield from _part(attempt, size - TAIL, size)


def _part(attempt: Attempt, start: int, stop: int) -> Iterator[Piece]:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    several = len(attempt.chunks) > 1
    place = 0
    for number, (ms, chunk) in enumerate(attempt.chunks, start=1):
        text = chunk[max(start - place, 0) : max(stop - place, 0)]
        label = f"{number} · {ms:.0f} ms · {len(chunk)} B" if several else ""
        place += len(chunk)
        if text:
            yield Piece(label, marked(decoder.decode(text, final=place >= stop)))
