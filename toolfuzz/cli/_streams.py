"""Standard output and error, made so that printing to them can't break a command."""

import os
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["detach_streams", "forgiving_streams"]


def forgiving_streams() -> None:
    """See that printing can't fail for want of a stream or of a character in its encoding."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # The caller closed it (>&-): nobody wants to read it.
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


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
