"""Progress of a run on stderr: live in a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.price import PriceOf
from toolfuzz.core.events import Event, VerdictReached
from toolfuzz.core.text import brief, printable, shortly
from toolfuzz.report.tally import Tally, TargetTally

__all__ = ["Progress", "Silent", "clock", "live_view", "progress", "words"]

SECONDS_BETWEEN_LINES = 10.0
REFRESHES_PER_SECOND = 4
_NARROW = 76
_SLOW_SECONDS = 600.0
"""A target that takes longer is told of once, while it is early to ask it less."""
_STARTING = "waiting for a first answer"


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

    def tick(self) -> None:
        """Show how it stands, if it is time to; called every second or so."""
        ...

    def note(self, message: str) -> None:
        """Show a sentence to the person who watches."""
        ...


class Silent:
    """Shows nothing but notes."""

    def __enter__(self) -> "Silent":
        """Start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        return

    def tell(self, event: Event) -> None:
        """Take no note of it."""
        return

    def tick(self) -> None:
        """Nothing is shown by time."""
        return

    def note(self, message: str) -> None:
        """Show a sentence."""
        print(message, file=sys.stderr, flush=True)


class _Told(Silent):
    """Keeps count, and says once of every slow target how long it will take."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._slow: set[str] = set()

    def tell(self, event: Event) -> None:
        self._tally.take(event)
        if isinstance(event, VerdictReached) and event.verdict.target not in self._slow:
            one = self._tally.targets[event.verdict.target]
            if said := slow_words(one, at_most=self._tally.at_most):
                self._slow.add(event.verdict.target)
                self.note(said)


class _Lines(_Told):
    """One plain line every ten seconds, for logs and pipes."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self._next = time.monotonic() + SECONDS_BETWEEN_LINES

    def tick(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
            self.note(words(self._tally))


class _Live(_Told):
    """A few lines that are drawn again and again."""

    def __init__(self, tally: Tally) -> None:
        from rich.live import Live

        super().__init__(tally)
        self._console = Console(stderr=True, highlight=False, emoji=False)
        self._live = Live(
            get_renderable=self._view,
            console=self._console,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )

    def _view(self) -> RenderableType:
        return live_view(self._tally, width=self._console.width)

    def __enter__(self) -> "_Live":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def note(self, message: str) -> None:
        self._console.print(message, markup=False)


def progress(*, quiet: bool, price: PriceOf | None = None) -> Progress:
    """Return what suits where stderr goes: nothing, plain lines, or a live view."""
    if quiet:
        return Silent()
    return _Live(Tally(price)) if sys.stderr.isatty() else _Lines(Tally(price))


def words(tally: Tally) -> str:
    """Return all that is known in one line of plain text."""
    if not tally.targets:
        return f"{_STARTING} · {clock(tally.elapsed)}"
    several = len(tally.targets) > 1
    parts = [_count(tally)]
    for name, one in list(tally.targets.items()):
        said = _target_words(one, several=several)
        parts.append(f"{shortly(name)}: {said}" if several else said)
    return printable(" · ".join([*parts, *_pace(tally)]))


def live_view(tally: Tally, *, width: int) -> RenderableType:
    """Return a bar with pace, time and money, a line a target, and what failed last."""
    if not tally.targets:
        return Text(f"{_STARTING} · {clock(tally.elapsed)}", style="dim")
    bar = ProgressBar(total=max(tally.total, 1), completed=tally.done, width=min(24, width // 4))
    head = Table.grid(padding=(0, 1))
    head.add_column(no_wrap=True)
    head.add_column()
    pace = Text(" · ".join([_count(tally), *_pace(tally)]), no_wrap=True, overflow="ellipsis")
    head.add_row(bar, pace)
    rows = Table.grid(padding=(0, 2))
    longest = max(len(printable(shortly(name))) for name in tally.targets)
    rows.add_column(no_wrap=True, overflow="ellipsis", max_width=min(longest, width // 3))
    rows.add_column()
    for name, one in list(tally.targets.items()):
        several = len(tally.targets) > 1
        said = _target_words(one, several=several, most=width >= _NARROW)
        line = Text(printable(said), no_wrap=True, overflow="ellipsis")
        rows.add_row(Text(printable(shortly(name)), style="bold"), line)
    parts: list[RenderableType] = [head, rows]
    if tally.latest:
        parts.append(_latest(tally))
    return Group(*parts)


def slow_words(one: TargetTally, *, at_most: bool = False) -> str:
    """Say how long a target will take, and how many cases go sooner; empty where it is quick."""
    if one.between is None or one.left is None or one.left < _SLOW_SECONDS or at_most:
        return ""
    fewer = max(1, int(_SLOW_SECONDS / one.between))
    return printable(
        f"{shortly(one.target.name)}: an answer every {one.between:.0f} s, so about "
        f"{clock(one.left)} for the {one.total - one.done} questions left; {fewer} take "
        f"{clock(_SLOW_SECONDS)} (--cases)"
    )


def _count(tally: Tally) -> str:
    return f"{tally.done} of {'at most ' if tally.at_most else ''}{tally.total}"


def _target_words(one: TargetTally, *, several: bool, most: bool = True) -> str:
    so_far = one.rate()
    if so_far.rate is None:
        said = ["nothing judged yet"]
    else:
        said = [f"{so_far.rate:.1%} passed ({100 * so_far.low:.1f} – {100 * so_far.high:.1f})"]
    if one.slugs and most:
        slug, count = one.slugs.most_common(1)[0]
        said.append(f"{one.failed} failed, mostly {slug} ({count})")
    elif one.failed:
        said.append(f"{one.failed} failed")
    if one.unjudged:
        said.append(f"{one.unjudged} unjudged")
    if several and one.left:
        said.append(f"{clock(one.left)} left")
    if one.given_up:
        said.insert(0, f"given up: {one.given_up}")
    return " · ".join(said)


def _pace(tally: Tally) -> list[str]:
    said = [clock(tally.elapsed)]
    if tally.left is not None:
        said.append(f"{clock(tally.left)} left")
    if tally.pace is not None:
        said.append(f"{tally.pace:.{0 if tally.pace >= 10 else 1}f} calls/s")
    if tally.spent is not None:
        said.append(f"${tally.spent:.2f}" if tally.spent >= 0.01 else "under 1 cent")
    return said


def _latest(tally: Tally) -> Text:
    assert tally.latest is not None
    name, finding = tally.latest
    line = Text("last failure ", style="dim", no_wrap=True, overflow="ellipsis")
    line.append(printable(finding.slug), style="not dim red")
    if len(tally.targets) > 1:
        line.append(f" on {printable(shortly(name))}", style="not dim")
    if finding.pointer:
        line.append(f" at {printable(finding.pointer)}: got {brief(finding.actual)}")
    return line


def clock(seconds: float) -> str:
    """Return ``1:02:03``, or ``2:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
