"""Standard streams, made so that printing to them can't break a command."""

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["detach_streams", "forgiving_streams"]


def forgiving_streams() -> None:
    """See that printing can't fail for want of a reader, a stream or a character."""
    _take_closed_places()
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open()  # noqa: SIM115
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # The caller closed it (>&-): nobody wants to read it.
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _forgiving(stream))


def _take_closed_places() -> None:
    """Open nothing in the places of closed streams: a journal there would be printed into."""
    for place in range(3):
        try:
            os.fstat(place)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _forgiving(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.reconfigure(errors="backslashreplace")
    unbuffered = isinstance(stream.buffer, io.FileIO)
    if not unbuffered and not isinstance(getattr(stream.buffer, "raw", None), io.FileIO):
        return stream  # a console of Windows
    raw: Any = _Forgiving(stream.fileno())
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Forgiving(io.FileIO):
    """Takes what nobody reads any more.

    A run that is being paid for goes on when its reader (head, less, a terminal) leaves, and the
    exit code stays that of its outcome.
    """

    def __init__(self, place: int) -> None:
        super().__init__(place, "w", closefd=False)
        self._left = {errno.EPIPE, errno.EIO} if self.isatty() else {errno.EPIPE}

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in self._left:
                raise
            return memoryview(data).nbytes


def detach_streams() -> None:
    """Let what is still buffered go nowhere, so that Python's own exit can't fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
            continue
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
