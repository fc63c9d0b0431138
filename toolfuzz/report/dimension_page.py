"""A dimension explained: what it asks, and how an agent that ignores it fails an example."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.core.text import printable
from toolfuzz.generate.dimensions import draw_pair
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.console import show
from toolfuzz.worlds.agents import ignorant, played
from toolfuzz.worlds.family import Family
from toolfuzz.worlds.transcript import Line, condensed, transcript

__all__ = ["print_dimension"]

_EXAMPLE = 0
_TOOLS = 6
_LONG = 300


def print_dimension(family: Family) -> None:
    """Print the page of a dimension."""
    title = Text(family.name, style="bold")
    title.append(f" — {family.title}: {family.summary}", style="not bold")
    facts = _grid()
    least, most = family.levels
    for name, value in (
        ("level", f"{least} to {most}, usually {family.usual}: {family.knobs}"),
        ("control twin", family.twin),
        ("run", f"toolfuzz run -m MODEL --probe {family.name} --level {family.usual}"),
    ):
        if value:
            facts.add_row(name, Text(printable(value)))
    found = _grid()
    for slug in family.findings:
        known = defects().get(slug)
        found.add_row(slug, Text(known.title if known else ""))
    parts: list[RenderableType] = [
        title,
        Padding(facts, (0, 2)),
        Text("\nwhat can be found"),
        Padding(found, (0, 2)),
        *_example(family),
    ]
    show(lambda width: Group(*parts))


def _example(family: Family) -> Iterator[RenderableType]:
    """Yield the easiest scenario as an agent plays it that ignores the dimension."""
    case, _ = draw_pair(family, _EXAMPLE, 0, family.levels[0])
    talk = played(case, ignorant(family))
    yield Text(f"\nan example (level {family.levels[0]}), by an agent that ignores the dimension")
    tools = _grid()
    for tool in case.tools[:_TOOLS]:
        tools.add_row(tool.name, Text(printable(tool.description or "")))
    if len(case.tools) > _TOOLS:
        tools.add_row("…", Text(f"and {len(case.tools) - _TOOLS} more tools"))
    yield Padding(tools, (0, 2))
    yield Text()
    yield Padding(_said(list(transcript(talk.history, talk.outcome.findings))), (0, 2))


def _said(lines: list[Line]) -> Table:
    grid = _grid()
    for line in condensed(lines):
        if line is None:
            grid.add_row("", Text("…", style="dim"))
            continue
        text = Text(_short(line.text))
        if line.who == "call":
            text = Text(f"{line.tool}({_short(line.text)})")
            text.append(f"\n→ {_short(line.result)}", style="dim")
        for finding in line.wrong:
            text.append(f"\n✗ {finding.slug}: {_short(finding.message)}", style="red")
        grid.add_row(line.who, text)
    return grid


def _short(text: str) -> str:
    shown = printable(text, keep_newlines=True)
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]} …"


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid
