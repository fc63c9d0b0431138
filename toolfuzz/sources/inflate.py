"""Undoing a body's Content-Encoding in bounded memory (RFC 9110, 8.4).

Requests ask for none (``accept-encoding: identity``). Servers compress all the same, and a megabyte
of gzip can hold a gigabyte, gzip inside gzip a terabyte: so one encoding is undone, bit by bit, and
a second one not at all.
"""

import zlib
from collections.abc import Iterator

__all__ = ["EncodingError", "Inflater", "inflater"]

_STEP = 256 * 1024
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": 15}


class EncodingError(Exception):
    """A body that is not what its Content-Encoding says, or whose encoding is not undone here."""


class Inflater:
    """Inflates one body; ``feed`` its pieces in order, then ``finish``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream = zlib.decompressobj(_WINDOW_BITS[name])

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what the piece inflates to, at most 256 KiB at a time; raises EncodingError."""
        rest = piece
        while rest:
            try:
                inflated = self._stream.decompress(rest, _STEP)
            except zlib.error as error:
                raise EncodingError(f"the body is not {self._name}: {error}") from None
            if inflated:
                yield inflated
            if self._stream.eof and self._stream.unused_data:
                raise EncodingError(f"more bytes after the end of the {self._name} stream")
            rest = self._stream.unconsumed_tail

    def finish(self) -> Iterator[bytes]:
        """Yield what is left; raises EncodingError when the stream was cut off."""
        if rest := self._stream.flush():
            yield rest
        if not self._stream.eof:
            raise EncodingError(f"the {self._name} stream was cut off")


def inflater(content_encoding: str) -> Inflater | None:
    """Return what undoes this Content-Encoding header, None when there is nothing to undo.

    Raises EncodingError for several encodings and for one that is not known.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in _WINDOW_BITS:
        # As it came: in lower case a secret would not be known again.
        raise EncodingError(f"content-encoding {content_encoding}, although identity was asked for")
    return Inflater(names[0])
