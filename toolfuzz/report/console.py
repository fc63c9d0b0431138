"""Printing on stdout: for the width of a terminal, or as plain lines into a pipe or a file."""

import sys
from collections.abc import Callable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.core.text import printable
from toolfuzz.judge.defect import Defect

__all__ = ["MEDIUM", "WIDE", "plain", "print_defect", "print_rows", "show"]

MEDIUM, WIDE = 76, 96
"""Columns of text from which on a table has more columns, and from which on it has all."""

_PIPED_WIDTH = 140


def show(view: Callable[[int], RenderableType]) -> None:
    """Print what ``view`` makes for the width of stdout; plain lines when it is no terminal."""
    # Rich asks for NO_COLOR itself.
    console = Console(highlight=False, emoji=False)
    if console.is_terminal:
        console.print(view(console.width))
        return
    sys.stdout.write(plain(view))
    sys.stdout.flush()


def plain(view: Callable[[int], RenderableType]) -> str:
    """Return a view as text without colours, neither folded at 80 columns nor padded."""
    console = Console(highlight=False, emoji=False, width=_PIPED_WIDTH, no_color=True)
    with console.capture() as capture:
        console.print(view(_PIPED_WIDTH))
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def print_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a list of things as columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for n, name in enumerate(header):
        table.add_column(name, no_wrap=n == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    show(lambda width: table)


_INFERRED = "none known in public; inferred"
_UNREPORTED = {"world": "", "relay": ""}
"""What is judged by a world's own rules, or by both sides of a gateway, needs no report."""


def print_defect(defect: Defect) -> None:
    """Print one entry of the catalogue."""
    title = Text(defect.slug, style="bold")
    title.append(f" — {defect.title}", style="not bold")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in (
        ("severity", defect.severity),
        ("found in", f"the {defect.layer} layer (group {defect.group})"),
        ("tells of", defect.tells_of),
        ("shown by", defect.command),
        ("usually", defect.usual),
        ("example", defect.example),
        ("what to do", defect.help),
        ("can't tell", defect.indistinguishable),
        ("reports", " ".join(defect.sources) or _UNREPORTED.get(defect.shows_in, _INFERRED)),
    ):
        if value:
            facts.add_row(name, Text(printable(value)))
    show(lambda width: Group(title, Padding(facts, (0, 2))))
