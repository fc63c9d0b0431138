"""What a person sees when a monitor has asked its portion."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import day, printable, shell_command, shortly
from toolfuzz.report.console import show
from toolfuzz.report.portions import defect_words, evidence_words, failed_of, judged_of, title
from toolfuzz.report.words import named, percent
from toolfuzz.system.files import write_private

__all__ = ["PAGE_NAME", "monitor_view", "print_monitor", "write_page"]

PAGE_NAME = "monitor.html"
_STYLES = {"baseline": "cyan", "quiet": "green", "alarm": "red", "outage": "yellow"}
_SHOWN = 7


def write_page(result: JsonObject) -> Path:
    """Write the page of the series into the monitor's folder."""
    from toolfuzz.report.html.monitor import render_monitor

    path = Path(result["folder"]) / PAGE_NAME
    write_private(path, render_monitor(result))
    return path


def print_monitor(result: JsonObject, page: Path) -> None:
    """Print the result on stdout."""
    show(lambda width: monitor_view(result, str(page), width=width))


def monitor_view(result: JsonObject, page: str, *, width: int) -> RenderableType:
    """Return the result as rich renderables."""
    outcome = result["outcome"]
    head = Text(
        (outcome or "interrupted").upper(), style=f"bold reverse {_STYLES.get(outcome, 'yellow')}"
    )
    head.append("  ", style="not reverse")
    name = printable(named(result, shortly(result["target"])))
    head.append(title(outcome, name), style="not reverse default")
    reason = Text(printable(result["reason"]))
    parts: list[RenderableType] = [head, Padding(reason, (0, max(width - 90, 0), 0, 2)), Text()]
    if result["mended"]:
        said = f"counted again from the journals: {printable(result['mended'])}"
        parts += [Text(said, style="yellow"), Text()]
    level = Text(f"an alarm is at an evidence of {result['alarm_at']:,.0f}", style="dim")
    return Group(*parts, _table(result), level, Text(), _next(result, page))


def _table(result: JsonObject) -> Table:
    """Return the last portions, a row each."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("portion", no_wrap=True)
    for name in ("calls", "passed", "failed", "unjudged", "evidence"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what failed", overflow="ellipsis", no_wrap=True)
    for one in result["portions"][-_SHOWN:]:
        judged, failed = judged_of(one), failed_of(one)
        table.add_row(
            day(one["started"]),
            str(one["asked"]),
            percent((judged - failed) / judged if judged else None),
            str(failed),
            str(one["unjudged"]),
            evidence_words(one),
            printable(defect_words(one["defects"])),
        )
    return table


def _next(result: JsonObject, page: str) -> Text:
    steps: list[str] = []
    if result["outcome"] is None:
        steps.append("the same command goes on")
    elif result["alarm"]:
        steps += [
            shell_command("toolfuzz", "minimize", result["alarm"]["portion"]),
            "the same command with --new-baseline, once it is known",
        ]
    steps.append(f"open {page}")
    text = Text("next: ", style="dim")
    text.append(printable(" · ".join(steps)), style="not dim")
    return text
