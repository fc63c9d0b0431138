"""Undoing a body's Content-Encoding in bounded memory (RFC 9110, 8.4).

Requests ask for none (``accept-encoding: identity``). Servers compress all the same, and a megabyte
of gzip can hold a gigabyte, gzip inside gzip a terabyte: so one encoding is undone, bit by bit, and
a second one not at all. zstd needs Python 3.14 or ``toolfuzz[zstd]``.
"""

import zlib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, Protocol

__all__ = ["EncodingError", "Inflater", "inflater", "understood", "zstd_module"]

_STEP = 256 * 1024
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": 15}
_ZSTD_WINDOW = 23
"""2^23 bytes are the most that zstd over HTTP may look back (RFC 9659)."""


class EncodingError(Exception):
    """A body that is not what its Content-Encoding says, or whose encoding is not undone here."""


class Inflater(Protocol):
    """Inflates one body; ``feed`` its pieces in order, then ``finish``."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what the piece inflates to, at most 256 KiB at a time; raises EncodingError."""

    def finish(self) -> Iterator[bytes]:
        """Yield what is left; raises EncodingError when the stream was cut off."""


class _Zlib:
    def __init__(self, name: str) -> None:
        self._name = name
        self._stream = zlib.decompressobj(_WINDOW_BITS[name])

    def feed(self, piece: bytes) -> Iterator[bytes]:
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
        if rest := self._stream.flush():
            yield rest
        if not self._stream.eof:
            raise EncodingError(f"the {self._name} stream was cut off")


class _Zstd:
    def __init__(self, zstd: Any) -> None:
        window = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
        self._error = zstd.ZstdError
        self._stream = zstd.ZstdDecompressor(options=window)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        rest = piece
        while rest or not (self._stream.needs_input or self._stream.eof):
            if self._stream.eof:
                raise EncodingError("more bytes after the end of the zstd stream")
            try:
                inflated = self._stream.decompress(rest, _STEP)
            except self._error as error:
                raise EncodingError(f"the body is not zstd: {error}") from None
            if inflated:
                yield inflated
            rest = self._stream.unused_data

    def finish(self) -> Iterator[bytes]:
        if not self._stream.eof:
            raise EncodingError("the zstd stream was cut off")
        return iter(())


class _Identity:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def finish(self) -> Iterator[bytes]:
        return iter(())


def inflater(content_encoding: str) -> Inflater:
    """Return what undoes this Content-Encoding header; there may be nothing to undo.

    Raises EncodingError for several encodings and for one that is not known.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names:
        return _Identity()
    if len(names) == 1 and names[0] in _WINDOW_BITS:
        return _Zlib(names[0])
    if names == ["zstd"] and (zstd := zstd_module()):
        return _Zstd(zstd)
    # As it came: in lower case a secret would not be known again.
    told = f"content-encoding {content_encoding} is not undone"
    raise EncodingError(f"{told} (pip install 'toolfuzz[zstd]')" if names == ["zstd"] else told)


def understood(accept_encoding: str) -> str:
    """Return an Accept-Encoding header with only what is undone here."""
    known = {*_WINDOW_BITS, "identity"} | ({"zstd"} if zstd_module() else set())
    wanted = [part.strip() for part in accept_encoding.split(",")]
    kept = [part for part in wanted if part.split(";")[0].strip().lower() in known]
    return ", ".join(kept) or "identity"


@cache
def zstd_module() -> Any:
    """Return the module for zstd, of Python 3.14 or ``toolfuzz[zstd]``; None without either."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(name)
        except ImportError:
            continue
    return None
