"""An engine's parsers through its releases: a run for each parser of each release.

Every run has a folder of its own in the sweep's, so that a sweep goes on where it was ended: what
is done isn't asked again, and a run that was under way is resumed. Runs are made by workers side by
side. Those of this machine write them where they stay; those of a cluster, which may see another
disk, are given what there is of a run and give it back when it has ended.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import file_name
from toolfuzz.engines.releases import parsers_in
from toolfuzz.pools.pool import Callers
from toolfuzz.runs.derived import AnyObject, read_json, write_json
from toolfuzz.runs.elsewhere import files_in, put, run_elsewhere, run_in
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.summary import SUMMARY_NAME
from toolfuzz.runs.workers import open_callers

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

    ``options`` are those of each run, without models and folder. ``workers`` is how many runs are
    made side by side, by processes or on the Ray cluster ``ray``.
    """

    engine: str
    versions: tuple[str, ...]
    folder: Path
    options: RunOptions
    parsers: tuple[str, ...] = ()
    workers: int = 1
    ray: str | None = None


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

    Raises UsageError for a folder of another sweep, and where no worker can be had.
    """
    _begin(plan)
    progress = _Progress(plan, tell)
    async with open_callers(plan.workers, plan.ray) as callers:
        runs = _Runs(plan, callers, progress)
        found = await _all(map(runs.of, plan.versions))
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


class _Runs:
    """The runs of a sweep: as many at once as there are workers, each made by one of them."""

    def __init__(self, plan: Sweep, callers: Callers, progress: _Progress) -> None:
        self._plan = plan
        self._callers = callers
        self._progress = progress
        self._free = asyncio.Semaphore(plan.workers)

    async def of(self, version: str) -> list[Cell]:
        """Return a release's cells, in the order of their parsers."""
        try:
            there = await self._parsers(version)
        except UsageError as error:
            self._progress.know(version, 1)
            return [self._progress.take(Cell(version, "", "not tried", error.message))]
        wanted = self._plan.parsers or tuple(there)
        self._progress.know(version, len(wanted))
        spellings = {name.replace("-", "_") for name in there}

        async def cell(parser: str) -> Cell:
            if parser.partition("/")[0].replace("-", "_") not in spellings:
                return self._progress.take(Cell(version, parser, "no parser"))
            return self._progress.take(await self._cell(version, parser))

        return await _all(map(cell, wanted))

    async def _parsers(self, version: str) -> list[str]:
        folder = self._plan.folder / file_name(version)
        path = folder / "release.json"
        if path.exists():
            return list(read_json(path, AnyObject, "a release")["parsers"])
        parsers: list[str] = await self._call(parsers_in, self._plan.engine, version)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, {"parsers": parsers})
        return parsers

    async def _cell(self, version: str, parser: str) -> Cell:
        """Have one parser of one release run, or its run gone on with, or take what is there."""
        folder = self._plan.folder / file_name(version) / file_name(parser)
        if (folder / SUMMARY_NAME).exists():
            return replace(_read(version, parser, folder), kept=True)
        options = self._plan.options.but(
            models=(f"engine/{self._plan.engine}@{version}:{parser}",), concurrency=1
        )
        try:
            if self._plan.ray is None:
                seconds = await self._call(run_in, options, folder)
            else:
                seconds, files = await self._call(run_elsewhere, options, files_in(folder))
                put(files, folder)
        except UsageError as error:
            return Cell(version, parser, "not tried", error.message)
        return replace(_read(version, parser, folder), seconds=seconds)

    async def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        async with self._free:
            return await self._callers.call(function, *arguments)


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return what all come to; when one fails, none goes on."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _read(version: str, parser: str, folder: Path) -> Cell:
    """Return what came of a run that has ended."""
    summary = read_json(folder / SUMMARY_NAME, AnyObject, "a summary")
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
    )


def _by_replies(defects: JsonObject) -> Iterable[tuple[str, int]]:
    counts = [(slug, entry["replies"]) for slug, entry in defects.items()]
    return sorted(counts, key=lambda one: (-one[1], one[0]))
