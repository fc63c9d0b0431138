"""A run that a worker makes, in a folder that stays or in one of another machine's disk."""

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.resume import resumed_options, started
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
    """Run, or go on with what is in the folder; return how many seconds it took."""
    began = time.monotonic()
    try:
        started(folder)
    except UsageError:
        # It was ended before its first line was written.
        shutil.rmtree(folder, ignore_errors=True)
        going_on = None
    else:
        options, going_on = resumed_options(folder, concurrency=1), folder
    # Where nothing could be judged the summary says so.
    with suppress(EndpointError):
        await run(options if going_on else options.but(out=folder), resume=going_on)
    return time.monotonic() - began


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
