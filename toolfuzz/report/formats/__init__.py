"""What a run can be turned into. Each module here is one format and is found by its name.

A newcomer adds one file that defines ``FILE``, the file name used when no path is given, and
``render``; where other tools want a folder, ``FOLDER`` and ``files``. It may define ``announce``
(or ``tell``, of what it wrote), and ``EXTRA``: the extra of the install that it needs. Modules that
begin with an underscore are shared parts.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, TypeGuard, cast

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError, did_you_mean

__all__ = ["Folder", "Format", "Pieces", "announcement", "format_names", "is_folder", "made"]
__all__ += ["name_of", "report_format"]

Pieces = str | bytes | Iterator[str] | Iterator[bytes]
"""A file, whole or piece by piece."""


class Format(Protocol):
    """One report format."""

    FILE: str

    def render(self, run: RunData, summary: JsonObject) -> Pieces:
        """Return the whole file, or give a long one in pieces; ``summary`` is ``summarize(run)``'s.

        Everything that came from a model or a server must leave it inert. Simulated targets are
        marked as such.
        """


class Folder(Protocol):
    """One report format that is a folder of files."""

    FOLDER: str

    def files(self, run: RunData, summary: JsonObject) -> Iterator[tuple[str, Pieces]]:
        """Give the files, each with its path in the folder; for what they hold see ``Format``."""


def is_folder(form: Format | Folder) -> TypeGuard[Folder]:
    """Whether a format is a folder of files."""
    return hasattr(form, "FOLDER")


def name_of(form: Format | Folder) -> str:
    """Return the name of its file or folder when no path is given."""
    return form.FOLDER if is_folder(form) else cast(Format, form).FILE


def made(
    form: Format | Folder, run: RunData, summary: JsonObject
) -> Iterator[tuple[str | None, Pieces]]:
    """Give what a format makes: its only file (path None), or those of its folder."""
    if is_folder(form):
        yield from form.files(run, summary)
    else:
        yield None, cast(Format, form).render(run, summary)


def report_format(name: str) -> Format | Folder:
    """Return the format of that name; raises UsageError with the nearest names."""
    if name not in format_names():
        near = did_you_mean(name, format_names())
        raise UsageError(f"unknown report {name!r}", near or f"one of {', '.join(format_names())}")
    return cast(Format | Folder, import_module(f"{__name__}.{name.replace('-', '_')}"))


def announcement(
    form: Format | Folder, run: RunData, summary: JsonObject, written: str = ""
) -> str:
    """Return what the format wants printed on stdout beside its file; mostly nothing.

    ``written`` is the file, where it was rendered as one text.
    """
    announce, tell = (getattr(form, name, None) for name in ("announce", "tell"))
    if tell and written:
        return str(tell(written))
    return str(announce(run, summary)) if announce else ""


@cache
def format_names() -> tuple[str, ...]:
    """Return the names of all formats, sorted."""
    found = (m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if m.name[0] != "_")
    return tuple(sorted(found))
