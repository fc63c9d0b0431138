"""Files that may be packed with zstd, read as they were before."""

import errno
import io
from typing import Any, BinaryIO, cast

from toolfuzz.core.errors import UsageError
from toolfuzz.core.inflate import zstd_module

__all__ = ["PACKED", "packing", "unpacked"]

PACKED = b"\x28\xb5\x2f\xfd"
"""How a file packed with zstd begins (RFC 8878, 3.1.1)."""

_LEVEL = 6
_WINDOW = 27
"""2^27 bytes may be looked back, as the zstd command allows."""


def unpacked(file: BinaryIO, begun: bytes) -> BinaryIO:
    """Return what reads a file's plain bytes, from its beginning; itself where it isn't packed.

    ``begun`` are its first bytes. A file that breaks off ends there; one that is broken raises
    OSError. Raises UsageError where zstd is not installed.
    """
    if not begun.startswith(PACKED):
        return file
    return cast("BinaryIO", io.BufferedReader(_Unpacked(file)))


def packing(file: BinaryIO) -> BinaryIO:
    """Return what packs all that is written to it into a file; raises UsageError as above."""
    zstd = _zstd()
    flags = zstd.CompressionParameter
    options = {flags.compression_level: _LEVEL, flags.checksum_flag: 1}
    return cast("BinaryIO", zstd.ZstdFile(file, "w", options=options))


class _Unpacked(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        zstd = _zstd()
        window = {zstd.DecompressionParameter.window_log_max: _WINDOW}
        self._error = zstd.ZstdError
        self._file = file
        self._stream = zstd.ZstdFile(file, options=window)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read1(len(buffer))
        except EOFError:
            return 0
        except self._error as error:
            told = f"what is packed in it is broken ({error})"
            raise OSError(errno.EIO, told, self._file.name) from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _zstd() -> Any:
    if module := zstd_module():
        return module
    raise UsageError("this is packed with zstd", "pip install 'toolfuzz[zstd]'")
