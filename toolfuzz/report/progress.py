"""Progress of a run on stderr: live in a terminal, a line now and then elsewhere."""

import sys
import time
from collections import Counter
from types import TracebackType
from typing import Protocol

from toolfuzz.core.events import Event, RunStarted, VerdictReached
from toolfuzz.report.text import printable

__all__ = ["Progress", "progress"]

SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """Told every event of a run."""

    def __enter__(self) -> "Progress":
        """Start showing."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing and leave the terminal as it was."""
        ...

    def tell(self, event: Event) -> None:
        """Take note of an event; must return at once."""
        ...

    def note(self, message: str) -> None:
        """Show a sentence to the person who watches."""
        ...


class _Tally:
    """What is known so far, from events alone."""

    def __init__(self) -> None:
        self.total = 0
        self.status: Counter[str] = Counter()
        self.slugs: Counter[str] = Counter()
        self.began = time.monotonic()

    def take(self, event: Event) -> None:
        match event:
            case RunStarted():
                settings = event.settings
                ways = 2 if settings.get("stream") == "both" else 1
                per_target = settings["cases"] * settings["repeat"] * ways
                self.total = per_target * len(event.targets)
                self.began = time.monotonic()
            case VerdictReached(verdict):
                self.status[verdict.status] += 1
                if verdict.status == "fail":
                    errors = (f.slug for f in verdict.findings if f.severity == "error")
                    self.slugs[next(errors, "strict")] += 1

    @property
    def done(self) -> int:
        return sum(self.status.values())

    def words(self) -> str:
        judged = self.status["pass"] + self.status["fail"]
        parts = [f"{self.status['pass'] / judged:.1%} passed" if judged else "nothing judged yet"]
        if self.status["fail"]:
            slug, count = self.slugs.most_common(1)[0]
            parts.append(f"{self.status['fail']} failed (mostly {slug}, {count})")
        if self.status["unjudged"]:
            parts.append(f"{self.status['unjudged']} unjudged")
        seconds = time.monotonic() - self.began
        if seconds > 0.5:
            parts.append(f"{self.done / seconds:.0f} calls/s")
        return " · ".join(parts)


class _Silent:
    def __enter__(self) -> "_Silent":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def tell(self, event: Event) -> None:
        return None

    def note(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)


class _Lines(_Silent):
    """One plain line every ten seconds, for logs and pipes."""

    def __init__(self) -> None:
        self._tally = _Tally()
        self._next = time.monotonic() + SECONDS_BETWEEN_LINES

    def tell(self, event: Event) -> None:
        self._tally.take(event)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
            self.note(f"{self._tally.done}/{self._tally.total} · {self._tally.words()}")


class _Live(_Silent):
    """A bar with rate, failures, pace and the time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar

        self._tally = _Tally()
        self._bar = Bar(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None)
        self._shown = 0.0

    def __enter__(self) -> "_Live":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, event: Event) -> None:
        self._tally.take(event)
        now = time.monotonic()
        if now - self._shown < 0.1:
            return
        self._shown = now
        self._bar.update(
            self._task,
            total=self._tally.total or None,
            completed=self._tally.done,
            description=printable(self._tally.words()),
        )

    def note(self, message: str) -> None:
        self._bar.console.print(message, markup=False)


def progress(*, quiet: bool, price: object = None) -> Progress:
    """Return what suits where stderr goes: nothing, plain lines, or a live bar."""
    if quiet:
        return _Silent()
    return _Live() if sys.stderr.isatty() else _Lines()
