"""Observed traffic on stderr: a live table in a terminal, a line for each failure elsewhere."""

import sys
from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.load import causes
from toolfuzz.core.events import Event, VerdictReached
from toolfuzz.core.text import brief, printable, shortly
from toolfuzz.core.verdict import Verdict
from toolfuzz.report.progress import Progress, Silent

__all__ = ["traffic"]

_PER_SECOND = 4


@dataclass(slots=True)
class _Row:
    """What one model answered in one mode."""

    answers: int = 0
    called: int = 0
    failed: int = 0
    unjudged: int = 0
    slugs: Counter[str] = field(default_factory=Counter)

    def take(self, verdict: Verdict) -> None:
        self.answers += 1
        self.called += verdict.metrics.called
        self.failed += verdict.status == "fail"
        self.unjudged += verdict.status == "unjudged"
        self.slugs.update(sorted({finding.slug for finding in causes(verdict)}))


class _Lines(Silent):
    def tell(self, event: Event) -> None:
        if isinstance(event, VerdictReached) and event.verdict.status == "fail":
            first = causes(event.verdict)[0]
            tools = (first.tool,) if first.tool else event.verdict.tools
            where = f" of {shortly(tools[0])}" if len(tools) == 1 else ""
            where += f" at {first.pointer}" if first.pointer else ""
            got = first.message if first.actual is None else f"got {brief(first.actual)}"
            model = shortly(event.verdict.target)
            told = f"{model}: {first.slug}{where}: {got} ({event.verdict.case_id})"
            self.note(printable(told))


class _Live(Silent):
    def __init__(self) -> None:
        from rich.live import Live

        self._rows: dict[tuple[str, bool], _Row] = {}
        self._console = Console(stderr=True, highlight=False, emoji=False)
        self._live = Live(
            get_renderable=self._view,
            console=self._console,
            refresh_per_second=_PER_SECOND,
            transient=True,
        )

    def _view(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for name, justify in _COLUMNS.items():
            table.add_column(name, justify="right" if justify else "left", no_wrap=True)
        for (model, stream), row in list(self._rows.items()):
            worst = next(iter(row.slugs.most_common(1)), ("–", 0))
            told = f"{worst[0]} ({worst[1]})" if worst[1] else "–"
            counts = (row.answers, row.called, row.failed, row.unjudged)
            table.add_row(
                Text(printable(shortly(model)), style="bold"),
                "streamed" if stream else "plain",
                *map(str, counts),
                Text(told, style="red" if worst[1] else "dim"),
            )
        return table if self._rows else Text("waiting for the first call", style="dim")

    def __enter__(self) -> "_Live":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def tell(self, event: Event) -> None:
        if isinstance(event, VerdictReached):
            key = event.verdict.target, event.verdict.stream
            self._rows.setdefault(key, _Row()).take(event.verdict)

    def note(self, message: str) -> None:
        self._console.print(printable(message), markup=False)


_COLUMNS = {
    "model": False,
    "mode": False,
    "replies": True,
    "with calls": True,
    "failed": True,
    "unjudged": True,
    "top defect": False,
}
"""The columns, and whether they hold numbers."""


def traffic(*, quiet: bool) -> Progress:
    """Return what suits where stderr goes."""
    if quiet:
        return Silent()
    return _Live() if sys.stderr.isatty() else _Lines()
