"""What is said when toolfuzz itself breaks, or the disk does: one line, never a traceback."""

import errno
import os
import platform
import tempfile
import traceback
from collections.abc import Iterator

from toolfuzz import __version__
from toolfuzz.core.errors import EXIT_BROKEN, EXIT_DISK, ToolfuzzError
from toolfuzz.system.specs import environment_secrets, masked

__all__ = ["BrokenError", "DiskError", "broken"]

_DISK = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EACCES", "EPERM")
    if hasattr(errno, name)
}


class BrokenError(ToolfuzzError):
    """Not the user's mistake, and no gate that failed (exit code 70)."""

    exit_code = EXIT_BROKEN


class DiskError(BrokenError):
    """The disk is full, broken, or not to be written to any more (exit code 74)."""

    exit_code = EXIT_DISK


def broken(error: BaseException, kept: str = "") -> ToolfuzzError:
    """Return what to tell the user of any exception; ``kept`` says how to go on.

    Errors that are meant for people stay as they are, also out of a group of exceptions. Of
    others a report with the traceback is written into the temporary folder.
    """
    leaves = list(_leaves(error))
    for leaf in leaves:
        if isinstance(leaf, ToolfuzzError):
            return leaf
    for leaf in leaves:
        if isinstance(leaf, OSError):
            place = f": {leaf.filename}" if leaf.filename else ""
            kind = DiskError if leaf.errno in _DISK else BrokenError
            return kind(f"{leaf.strerror or leaf}{place}", _joined("mend that", kept))
        if isinstance(leaf, MemoryError):
            return BrokenError("there is not enough memory", _joined("free some", kept))
    name = f"{type(leaves[0]).__name__}: {leaves[0]}"
    first_line = masked(name.splitlines()[0], environment_secrets())[:200]
    report = _report(error)
    where = f"send {report} with a bug report (read it first)" if report else ""
    return BrokenError(f"toolfuzz broke: {first_line}", _joined(where, kept))


def _joined(*parts: str) -> str | None:
    return "; ".join(filter(None, parts)) or None


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _report(error: BaseException) -> str | None:
    """Write the traceback, which holds no local variables and no command line; return its path.

    An exception's own words may be those of anybody.
    """
    told = "".join(traceback.format_exception(error))
    about = f"toolfuzz {__version__}, Python {platform.python_version()}, {platform.platform()}"
    try:
        handle, path = tempfile.mkstemp(prefix="toolfuzz-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{about}\n\n{masked(told, environment_secrets())}")
    except OSError:
        return None
    return path
