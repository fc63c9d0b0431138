"""A gateway's trial in the terminal: a matrix of its paths, then each cause with its two sides."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.relay import report_file
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief, printable
from toolfuzz.report.console import show
from toolfuzz.report.relay.words import grave, head, places, routes

__all__ = ["print_trial", "trial_view"]

_STYLES = {"error": "red", "warn": "yellow", "info": "dim"}


def print_trial(summary: JsonObject) -> None:
    """Print what a trial came to."""
    show(lambda width: trial_view(summary))


def trial_view(summary: JsonObject) -> RenderableType:
    """Return the matrix of paths and the causes, with their reports where they were written."""
    trial = summary["trial"]
    title = Text(printable(trial["subject"]), style="bold")
    title.append(f": {head(trial)}", style="not bold")
    parts: list[RenderableType] = [title, Text(), _matrix(trial), Text()]
    for cause in trial["causes"]:
        parts += [_cause(cause, trial, Path(summary["folder"])), Text()]
    if trial["contradicted"]:
        told = f"{trial['contradicted']} askings where toolfuzz contradicts itself: please report"
        parts.append(Text(told, style="bold red"))
    if summary["finish_reason"] != "done":
        parts.append(Text(f"the trial ended early: {printable(summary['finish_reason'])}"))
    parts.append(Text(f"kept in {printable(summary['folder'])}", style="dim"))
    return Group(*parts)


def _matrix(trial: JsonObject) -> Table:
    """Return a row a route: how many askings passed intact, plain and streamed, and the causes."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("front door → upstream", "plain", "streamed", "causes"):
        table.add_column(name, justify="right" if name in ("plain", "streamed") else "left")
    for name, positions in routes(trial["paths"]):
        here = [c for c in grave(trial) if any(c["shown"][n] for n in positions)]
        cells = [_intact(trial["paths"][n]) for n in positions]
        table.add_row(Text(printable(name), style="bold"), *cells, str(len(here) or "–"))
    return table


def _intact(path: JsonObject) -> Text:
    if not path["judged"]:
        return Text("–", style="dim")
    whole = path["passed"] == path["judged"]
    return Text(f"{path['passed']} of {path['judged']}", style="" if whole else "red")


def _cause(cause: JsonObject, trial: JsonObject, folder: Path) -> RenderableType:
    title = Text(printable(cause["cause"]), style=f"bold {_STYLES[cause['severity']]}")
    title.append(f" · {printable(cause['title'])}", style="not bold default")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    rows = [("where", printable(cause["message"]))]
    rows += [("given", brief(cause["given"])), ("arrived", brief(cause["arrived"]))]
    rows += [("on", printable(place)) for place in places(cause, trial["paths"])]
    if cause["accepted"] is not None:
        rows.append(("accepted", printable(cause["accepted"] or "yes")))
    report = folder / report_file(cause["cause"])
    if report.is_file():
        rows.append(("report", printable(str(report))))
    for name, value in rows:
        facts.add_row(name, Text(value))
    return Group(title, Padding(facts, (0, 2)))
