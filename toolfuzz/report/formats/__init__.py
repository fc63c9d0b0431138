"""What a run can be turned into. Each module here is one format and is found by its name.

A newcomer adds one file that defines ``FILE``, the file name used when no path is given, and
``render``. It may define ``announce`` too. Modules that begin with an underscore are shared parts.
"""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError, did_you_mean

__all__ = ["Format", "announcement", "format_names", "report_format"]


class Format(Protocol):
    """One report format."""

    FILE: str

    def render(self, run: RunData, summary: JsonObject) -> str | bytes | Iterator[str]:
        """Return the whole file, or give a long one in pieces; ``summary`` is ``summarize(run)``'s.

        Everything that came from a model or a server must leave it inert. Simulated targets are
        marked as such. Raises UsageError where a package is missing.
        """


def report_format(name: str) -> Format:
    """Return the format of that name; raises UsageError with the nearest names."""
    if name not in format_names():
        near = did_you_mean(name, format_names())
        raise UsageError(f"unknown report {name!r}", near or f"one of {', '.join(format_names())}")
    return cast(Format, import_module(f"{__name__}.{name.replace('-', '_')}"))


def announcement(form: Format, run: RunData, summary: JsonObject) -> str:
    """Return what the format wants printed on stdout beside its file; mostly nothing."""
    announce = getattr(form, "announce", None)
    return str(announce(run, summary)) if announce else ""


@cache
def format_names() -> tuple[str, ...]:
    """Return the names of all formats, sorted."""
    found = (m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if m.name[0] != "_")
    return tuple(sorted(found))
