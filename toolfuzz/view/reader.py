"""A run as its page shows it: its figures, how far it is, and one page of its failures."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.worst import by_cause
from toolfuzz.core.case import JsonObject
from toolfuzz.evidence.listing import Failing
from toolfuzz.runs.summary import summary_of
from toolfuzz.view.shelf import Found, Shelf, State

__all__ = ["Progress", "Read", "Reader"]

_KEPT = 6
_PATIENCE = 10.0
"""A run that grows is summed up anew once so many times as long has gone by as that takes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is that has no end: ``total`` questions are a bound where it is a check."""

    done: int
    total: int | None
    at_most: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A run that was read. ``progress`` is None once it has ended, or was cut off."""

    found: Found
    run: RunData
    summary: JsonObject
    failing: Failing
    progress: Progress | None
    was_cut_off: bool


class Reader:
    """Reads runs for their pages, and remembers the last ones; may be asked by several threads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._read: OrderedDict[str, tuple[State, float, Read]] = OrderedDict()

    def get(self, name: str) -> Read:
        """Return a run as it is now, or was a moment ago; raises UsageError."""
        found = self._shelf.get(name)
        with self._lock:
            known = self._read.get(name)
            fresh = known is not None and known[0] == found.state
            if known is None or not (fresh or time.monotonic() < known[1]):
                begun = time.monotonic()
                made = _read(found, self._shelf.read(found))
                took = time.monotonic() - begun
                known = found.state, time.monotonic() + _PATIENCE * took, made
            elif known[2].progress is not None and not found.grows:
                known = found.state, 0.0, _read(found, known[2].run)
            self._read[name] = known
            self._read.move_to_end(name)
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
            return known[2]


def _read(found: Found, run: RunData) -> Read:
    going_on = run.finished is None and found.grows
    return Read(
        found,
        run,
        summary_of(found.journal, run, going_on=going_on),
        Failing(run, by_cause(run)),
        _progress(run) if going_on else None,
        run.finished is None and not going_on,
    )


def _progress(run: RunData) -> Progress:
    settings = run.started.settings
    ways = 2 if settings.get("stream") == "both" else 1
    asked = [settings.get("questions", settings.get("cases")), settings.get("repeat")]
    total = _product([*asked, ways, len(run.started.targets)])
    done = len(run.verdicts)
    return Progress(done, None if total is None else max(total, done), "check" in settings)


def _product(counts: Sequence[object]) -> int | None:
    """Return what counts come to; None where a journal says anything else."""
    made = 1
    for count in counts:
        if not isinstance(count, int) or not 0 < count < 10**9:
            return None
        made *= count
    return made
