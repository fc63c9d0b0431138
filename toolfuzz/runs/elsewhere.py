"""A run that a worker makes, in a folder that stays or in one of another machine's disk."""

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from toolfuzz.core.errors import EndpointError
from toolfuzz.runs.journal import PACKED_NAME, journal_in
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.resume import resumed_options
from toolfuzz.runs.run import run
from toolfuzz.runs.summary import SUMMARY_NAME
from toolfuzz.system.files import written_whole

__all__ = ["files_in", "put", "run_elsewhere", "run_in"]


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what a run's folder holds, nothing where there is none."""
    return {path.name: path.read_bytes() for path in folder.glob("*") if path.is_file()}


def put(files: Mapping[str, bytes], folder: Path) -> None:
    """Make a run's folder of its files; the summary, which says that it has ended, comes last."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: name == SUMMARY_NAME):
        with written_whole(folder / name) as file:
            file.write(files[name])


async def run_in(options: RunOptions, folder: Path) -> float:
    """Run, or go on with what is in the folder; return how many seconds it took.

    Raises UsageError where that can't be gone on with: it stays as it is.
    """
    began = time.monotonic()
    going_on = None
    if _holds_a_line(folder):
        options, going_on = resumed_options(folder, concurrency=1), folder
    else:
        # It was ended before its first line was written.
        shutil.rmtree(folder, ignore_errors=True)
    # Where nothing could be judged the summary says so.
    with suppress(EndpointError):
        await run(options if going_on else options.but(out=folder), resume=going_on)
    return time.monotonic() - began


def _holds_a_line(folder: Path) -> bool:
    """Whether a journal says anything: what that is may have been paid for."""
    path = journal_in(folder)
    if path is None:
        return False
    with path.open("rb") as file:
        return path.name == PACKED_NAME or file.readline().endswith(b"\n")


async def run_elsewhere(
    options: RunOptions, files: Mapping[str, bytes]
) -> tuple[float, dict[str, bytes]]:
    """Run in a folder of this machine that holds these files; return what it holds then, too."""
    with TemporaryDirectory() as home:
        folder = Path(home) / "run"
        if files:
            put(files, folder)
        seconds = await run_in(options, folder)
        return seconds, files_in(folder)
