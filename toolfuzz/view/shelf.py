"""The runs below a folder: where they are, and each as it stands now.

Runs are known by the names that were found here; what an address says is looked up among these and
never becomes a path.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.analyze.load import RunData
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.index import place_of
from toolfuzz.runs.journal import journal_in
from toolfuzz.runs.reading import Following, load_run

__all__ = ["MOST_RUNS", "Found", "Shelf", "State"]

MOST_RUNS = 5000
_DEPTH = 4
_OPEN = 6
"""Runs that are kept in memory: those looked at last."""
_GOING_ON = 90.0
"""Seconds without a line after which a run that has no end is taken for one that was cut off."""

State = tuple[int, int, int, int]
"""Device, inode, size and time of a journal: another one when anything in it changed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A run's journal as it is now."""

    name: str
    journal: Path
    state: State

    @property
    def written(self) -> float:
        """Unix time at which it last grew."""
        return self.state[3] / 1e9

    @property
    def grows(self) -> bool:
        """Whether it grew a moment ago: without an end, somebody seems to be writing it."""
        return time.time() - self.written < _GOING_ON


class Shelf:
    """All runs below ``root``, found anew each time; may be asked by several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._open: OrderedDict[Path, tuple[State, Following | None, RunData]] = OrderedDict()

    def runs(self) -> dict[str, Found]:
        """Return the runs by their names: the folder's path below the root."""
        return {found.name: found for found in self._found()}

    def _found(self) -> Iterator[Found]:
        left = MOST_RUNS
        for folder, names, _ in os.walk(self.root):
            path = Path(folder)
            below = path.relative_to(self.root)
            names[:] = sorted(n for n in names if not n.startswith("."))
            if len(below.parts) == _DEPTH:
                names.clear()
            found = _at(path, below.as_posix() if below.parts else path.resolve().name)
            if found is not None:
                # What stands in a run's folder was made of it.
                names.clear()
                yield found
                left -= 1
            if not left:
                return

    def get(self, name: str) -> Found:
        """Return the run of that name; raises UsageError."""
        found = self.runs().get(name)
        if found is None:
            raise UsageError(
                f"no run {name!r} here", "it may have been moved; the list has them all"
            )
        return found

    def read(self, found: Found) -> RunData:
        """Return a run with its exchanges, as far as it is written; raises UsageError."""
        with self._lock:
            known = self._open.pop(found.journal, None)
            if known is None or known[0][:2] != found.state[:2] or known[0][2] > found.state[2]:
                known = self._opened(found)
            elif known[0] != found.state:
                following = known[1] or Following(found.journal)
                known = found.state, following, following.run()
            self._open[found.journal] = known
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
            return known[2]

    def _opened(self, found: Found) -> tuple[State, Following | None, RunData]:
        if place_of(found.journal) is not None and not found.grows:
            # Of large ones the columns are kept, so that the next start needn't read them again.
            return found.state, None, load_run(found.journal, keep_exchanges=True)
        following = Following(found.journal)
        return found.state, following, following.run()


def _at(folder: Path, name: str) -> Found | None:
    try:
        journal = journal_in(folder)
        if journal is None:
            return None
        at = journal.stat()
    except OSError:
        return None
    return Found(name, journal, (at.st_dev, at.st_ino, at.st_size, at.st_mtime_ns))
