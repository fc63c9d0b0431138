"""``--report NAME[=PATH]``: the formats, written to files."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.report.formats import (
    Pieces,
    announcement,
    is_folder,
    made,
    name_of,
    report_format,
)
from toolfuzz.system.extras import require
from toolfuzz.system.files import owner_only, written_whole

__all__ = ["Wanted", "parse_wanted", "write_reports"]

_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that was asked for; without a path it goes into the run's folder."""

    name: str
    path: Path | None = None


def parse_wanted(specs: Sequence[str]) -> list[Wanted]:
    """Read ``NAME[=PATH]``s.

    Raises UsageError, so that nothing is asked for an unknown format, nor for one that needs what
    is not installed.
    """
    wanted = []
    for spec in specs:
        name, equals, path = spec.partition("=")
        form = report_format(name)
        if extra := getattr(form, "EXTRA", ""):
            require(extra, f"--report {name}")
        if equals and not path:
            raise UsageError(f"--report {spec}: the path is empty", f"try --report {name}")
        if path and is_folder(form) and Path(path).is_file():
            raise UsageError(f"--report {spec}: that is a file", f"{name} makes a folder")
        if path and not is_folder(form) and Path(path).is_dir():
            raise UsageError(f"--report {spec}: that is a folder", f"try {path}/{name}")
        wanted.append(Wanted(name, Path(path) if path else None))
    return wanted


def write_reports(
    wanted: Sequence[Wanted], run: RunData, summary: JsonObject, folder: Path
) -> tuple[list[Path], str]:
    """Write each report; return the paths and what is to be printed on stdout besides.

    ``github`` without a path is appended to the job's summary page when it runs in GitHub
    Actions. Raises UsageError for what can't be written, after all others were.
    """
    paths, announced, failed = [], "", None
    for want in wanted:
        form = report_format(want.name)
        page = os.environ.get(_STEP_SUMMARY) if want.name == "github" else None
        place = want.path or (Path(page) if page else folder / name_of(form))
        append = page is not None and want.path is None
        try:
            written = ""
            for inside, pieces in made(form, run, summary):
                written = pieces if isinstance(pieces, str) else ""
                _write(place if inside is None else place / inside, pieces, append=append)
        except OSError as error:
            failed = failed or UsageError(
                f"can't write the {want.name} report to {place}: {error.strerror or error}",
                f"choose another place: --report {want.name}=PATH",
            )
            continue
        paths.append(place)
        announced += announcement(form, run, summary, written)
    if failed:
        raise failed
    return paths, announced


def _write(path: Path, pieces: Pieces, *, append: bool) -> None:
    whole = [pieces] if isinstance(pieces, str | bytes) else pieces
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path, append=append) as file:
        file.writelines(p.encode() if isinstance(p, str) else p for p in whole)


def _opened(path: Path, *, append: bool) -> AbstractContextManager[BinaryIO]:
    # What is there may be a pipe or a terminal (/dev/stdout), whose place no file can take.
    if append or (path.exists() and not path.is_file()):
        return open(path, "ab", opener=owner_only)
    return written_whole(path.resolve())
