"""Reads the journals of a list one after the other, while pages show what is known so far."""

import threading
import time

from toolfuzz.view.rows import Row, Rows
from toolfuzz.view.shelf import Found, Shelf

__all__ = ["Collector"]

_AT_ONCE = 1.5
"""Seconds that a page waits for rows: few new runs are in its first sight already."""


class Collector:
    """The rows of a shelf's runs. A thread of its own makes those that aren't known, and ends."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._rows = Rows(shelf)
        self._lock = threading.Lock()
        self._working: threading.Thread | None = None

    def rows(self) -> list[tuple[Found, Row | None]]:
        """Return all runs with their rows, None for those that aren't read yet."""
        runs = list(self._shelf.runs().values())
        if any(self._rows.known(found) is None for found in runs):
            self._work().join(_AT_ONCE)
        return [(found, self._rows.known(found)) for found in runs]

    def _work(self) -> threading.Thread:
        with self._lock:
            if self._working is None or not self._working.is_alive():
                self._working = threading.Thread(target=self._make, daemon=True)
                self._working.start()
            return self._working

    def _make(self) -> None:
        runs = sorted(self._shelf.runs().values(), key=lambda found: -found.written)
        saved = time.monotonic()
        for found in runs:
            if self._rows.known(found) is None:
                self._rows.make(found)
            if time.monotonic() - saved > 5:
                self._rows.keep(runs)
                saved = time.monotonic()
        self._rows.keep(runs)
