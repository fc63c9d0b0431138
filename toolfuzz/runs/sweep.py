"""An engine's parsers through its releases: a run for each parser of each release.

Every run has a folder of its own in the sweep's, so that a sweep goes on where it was ended: what
is done isn't asked again, and a run that was under way is resumed. Runs are made by processes side
by side, which end with the process that started them.
"""

import asyncio
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.core.text import file_name
from toolfuzz.engines.releases import parsers_in
from toolfuzz.runs.derived import AnyObject, read_json, write_json
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.resume import resumed_options, started
from toolfuzz.runs.run import run
from toolfuzz.runs.summary import SUMMARY_NAME

__all__ = ["TABLE_NAME", "Cell", "Standing", "Sweep", "sweep"]

SETTINGS_NAME = "sweep.json"
TABLE_NAME = "table.json"
_KEPT = ("cases", "seed", "cuts")
"""Settings that must be the same when a sweep goes on; releases and parsers may be others."""

_MODES = 2
"""A case is asked plain and streamed; what can't be asked counts once a case."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to run. Without ``parsers`` all that can be tried, a family behind a slash as in specs.

    ``options`` are those of each run, without models and folder. ``workers`` is how many processes
    work side by side.
    """

    engine: str
    versions: tuple[str, ...]
    folder: Path
    options: RunOptions
    parsers: tuple[str, ...] = ()
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One parser of one release; ``parser`` is empty where the release could not be tried at all.

    ``defects`` counts replies by slug, the most frequent first. ``given_up``: not all was asked,
    since the parser hung too often or never answered. ``kept``: it was there already.
    """

    version: str
    parser: str
    state: Literal["done", "no parser", "not tried"]
    reason: str = ""
    rate: float | None = None
    low: float = 0.0
    high: float = 1.0
    judged: int = 0
    skipped: int = 0
    defects: Mapping[str, int] = field(default_factory=dict)
    given_up: bool = False
    seconds: float = 0.0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a sweep is: the cell that has just come, how many came, and how many there will be.

    ``total`` is a guess until all releases are loaded; ``left`` are seconds, None before the first
    cell was run.
    """

    cell: Cell
    done: int
    total: int
    elapsed: float
    left: float | None


async def sweep(
    plan: Sweep, *, tell: Callable[[Standing], None] = lambda standing: None
) -> JsonObject:
    """Run what isn't run yet and write ``table.json``; return what it holds.

    Raises UsageError for a folder of another sweep, and where a process is ended from outside.
    """
    _begin(plan)
    progress = _Progress(plan, tell)
    with _processes(plan.workers) as pool:
        try:
            found = await asyncio.gather(
                *(_release(plan, version, pool, progress) for version in plan.versions)
            )
        except BrokenProcessPool:
            raise UsageError(
                "a process of the sweep was ended from outside (out of memory?)",
                "the same command goes on; fewer --workers need less memory",
            ) from None
    table = {
        "engine": plan.engine,
        "date": time.strftime("%Y-%m-%d"),
        **{name: plan.options.settings()[name] for name in _KEPT},
        "cells": [asdict(cell) for cells in found for cell in cells],
    }
    write_json(plan.folder / TABLE_NAME, table)
    return table


def _begin(plan: Sweep) -> None:
    """Make the folder, or see that it is that of the same sweep."""
    path = plan.folder / SETTINGS_NAME
    settings = {"engine": plan.engine, **plan.options.settings()}
    if not path.exists():
        if plan.folder.exists() and any(plan.folder.iterdir()):
            raise UsageError(f"{plan.folder} holds something else", "name another folder by --out")
        plan.folder.mkdir(parents=True, exist_ok=True)
        write_json(path, settings)
        return
    then = read_json(path, AnyObject, "a sweep")
    for name in ("engine", *_KEPT):
        if then.get(name) != settings[name]:
            raise UsageError(
                f"{plan.folder} holds a sweep with {name} {then.get(name)}, not {settings[name]}",
                "give its options again to go on, or name another folder by --out",
            )


class _Progress:
    """Counts cells, and guesses from those that were run how long the rest will take."""

    def __init__(self, plan: Sweep, tell: Callable[[Standing], None]) -> None:
        self._plan = plan
        self._tell = tell
        self._began = time.monotonic()
        self._known: dict[str, int] = {}
        self._done = self._ran = 0

    def know(self, version: str, cells: int) -> None:
        """Take note of how many cells a release has."""
        self._known[version] = cells

    def take(self, cell: Cell) -> Cell:
        """Count a cell and tell of it."""
        self._done += 1
        self._ran += cell.state == "done" and not cell.kept
        known = sum(self._known.values())
        each = len(self._plan.parsers) or known / len(self._known)
        total = known + round(each * (len(self._plan.versions) - len(self._known)))
        elapsed = time.monotonic() - self._began
        left = elapsed / self._ran * (total - self._done) if self._ran else None
        self._tell(Standing(cell, self._done, total, elapsed, left))
        return cell


async def _release(plan: Sweep, version: str, pool: Executor, progress: _Progress) -> list[Cell]:
    """Return a release's cells, in the order of their parsers."""
    there = await _in(pool, _parsers, plan.folder / file_name(version), plan.engine, version)
    if isinstance(there, str):
        progress.know(version, 1)
        return [progress.take(Cell(version, "", "not tried", there))]
    wanted = plan.parsers or tuple(there)
    progress.know(version, len(wanted))
    spellings = {name.replace("-", "_") for name in there}

    async def cell(parser: str) -> Cell:
        if parser.partition("/")[0].replace("-", "_") not in spellings:
            return progress.take(Cell(version, parser, "no parser"))
        options = plan.options.but(
            models=(f"engine/{plan.engine}@{version}:{parser}",), concurrency=1
        )
        folder = plan.folder / file_name(version) / file_name(parser)
        return progress.take(await _in(pool, _cell, version, parser, options, folder))

    return await asyncio.gather(*map(cell, wanted))


async def _in(pool: Executor, work: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *arguments))


# --- in the processes


def _parsers(folder: Path, engine: str, version: str) -> list[str] | str:
    """Return the parsers of a release, or why it can't be tried."""
    path = folder / "release.json"
    if path.exists():
        return list(read_json(path, AnyObject, "a release")["parsers"])
    try:
        parsers = asyncio.run(parsers_in(engine, version))
    except UsageError as error:
        return error.message
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path, {"parsers": parsers})
    return parsers


def _cell(version: str, parser: str, options: RunOptions, folder: Path) -> Cell:
    """Run one parser of one release, or go on with its run, or take what is there."""
    began = time.monotonic()
    path = folder / SUMMARY_NAME
    kept = path.exists()
    if not kept:
        try:
            asyncio.run(_run(options, folder))
        except EndpointError:
            pass  # Nothing could be judged, as the summary says.
        except UsageError as error:
            return Cell(version, parser, "not tried", error.message)
    summary = read_json(path, AnyObject, "a summary")
    [target] = summary["targets"]
    return Cell(
        version,
        parser,
        "done",
        rate=target["rate"],
        low=target["low"],
        high=target["high"],
        judged=target["judged"],
        skipped=_MODES * len(summary["skipped"]),
        defects=dict(_by_replies(target["defects"])),
        given_up=target["given_up"] is not None,
        seconds=time.monotonic() - began,
        kept=kept,
    )


def _by_replies(defects: JsonObject) -> Iterable[tuple[str, int]]:
    counts = [(slug, entry["replies"]) for slug, entry in defects.items()]
    return sorted(counts, key=lambda one: (-one[1], one[0]))


async def _run(options: RunOptions, folder: Path) -> None:
    try:
        started(folder)
    except UsageError:
        # It was ended before its first line was written.
        shutil.rmtree(folder, ignore_errors=True)
        await run(options.but(out=folder))
    else:
        await run(resumed_options(folder, concurrency=1), resume=folder)


# --- the processes themselves


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """Yield processes that outlive neither an error here nor this process."""
    before = set(multiprocessing.active_children())
    spawning = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=spawning, initializer=_end_with_parent)
    try:
        yield pool
    except BaseException:
        # Journals are whole at any moment, and what is in them isn't asked again.
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    # Ctrl-C is for the parent, which ends all of them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
