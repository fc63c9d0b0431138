"""A gateway's trial in the terminal: a matrix of its doors, then each cause with its two sides."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.relay import Cause
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief, printable
from toolfuzz.report.console import show

__all__ = ["print_trial"]

_STYLES = {"error": "red", "warn": "yellow", "info": "dim"}


def print_trial(
    summary: JsonObject,
    causes: Sequence[Cause],
    accepted: Mapping[str, str],
    reports: Mapping[str, Path],
) -> None:
    """Print what a trial came to."""
    show(lambda width: Group(*_parts(summary, causes, accepted, reports)))


def _parts(
    summary: JsonObject,
    causes: Sequence[Cause],
    accepted: Mapping[str, str],
    reports: Mapping[str, Path],
) -> list[RenderableType]:
    told = summary["settings"]["trial"]
    errors = [cause for cause in causes if cause.severity == "error"]
    new = [cause for cause in errors if cause.name not in accepted]
    head = Text(printable(told["subject"]), style="bold")
    head.append(f": {_count(len(errors), 'cause')} of failure", style="not bold")
    if accepted:
        head.append(f", {len(new)} of them new", style="not bold")
    parts: list[RenderableType] = [head, Text(), _doors(summary, causes), Text()]
    for cause in causes:
        parts += [_cause(cause, accepted, reports), Text()]
    ours = [n for t in summary["targets"] for r, n in t["unjudged_reasons"].items() if "agree" in r]
    if ours:
        parts.append(Text(f"{sum(ours)} askings where toolfuzz contradicts itself: please report",
                          style="bold red"))  # fmt: skip
    parts.append(Text(f"kept in {printable(summary['folder'])}", style="dim"))
    return parts


def _doors(summary: JsonObject, causes: Sequence[Cause]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("front door", "mode", "askings", "intact", "causes"):
        table.add_column(name, justify="right" if name in ("askings", "intact") else "left")
    for target in summary["targets"]:
        for mode, figures in target["modes"].items():
            door = target["target"], mode == "stream"
            here = [c.name for c in causes if c.severity == "error" and door in c.doors]
            shown = ", ".join(here[:3]) + (f" and {len(here) - 3} more" if len(here) > 3 else "")
            table.add_row(
                Text(printable(target["target"]), style="bold"), "streamed" if door[1] else "plain",
                str(figures["judged"]), str(figures["passed"]), Text(printable(shown or "–")),
            )  # fmt: skip
    return table


def _cause(
    cause: Cause, accepted: Mapping[str, str], reports: Mapping[str, Path]
) -> RenderableType:
    _, finding = cause.example
    head = Text(printable(cause.name), style=f"bold {_STYLES[cause.severity]}")
    doors = ", ".join(
        f"{target} {'streamed' if stream else 'plain'} {shown} of {cause.asked[target, stream]}"
        for (target, stream), shown in cause.doors.items()
    )
    head.append(f" · {printable(doors)}", style="not bold default")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    rows = [("what", printable(finding.message))]
    rows += [("given", brief(finding.expected)), ("arrived", brief(finding.actual))]
    if cause.name in accepted:
        rows.append(("accepted", printable(accepted[cause.name] or "yes")))
    if cause.name in reports:
        rows.append(("report", printable(str(reports[cause.name]))))
    for name, value in rows:
        facts.add_row(name, Text(value))
    return Group(head, Padding(facts, (0, 2)))


def _count(n: int, one: str) -> str:
    return f"{n} {one}" if n == 1 else f"{n} {one}s"
