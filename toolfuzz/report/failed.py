"""``toolfuzz show RUN``: the failures question by question, as lines."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief, clip, printable, shortly
from toolfuzz.report.console import show

__all__ = ["print_failed"]

_NAME = 36
"""Characters of a model's or tool's name, so that there is room for the other columns."""
_HEADER = ("", "case", "on", "tool", "defect", "where", "got")


def print_failed(entries: Sequence[JsonObject], *, all_of_them: int) -> None:
    """Print failures in their order; where numbers are missing it says how many are left out."""
    rows: list[tuple[str, ...]] = []
    following = 1
    for entry in entries:
        rows += _gap(entry["number"] - following)
        rows.append(_row(entry))
        following = entry["number"] + 1
    rows += _gap(all_of_them + 1 - following)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in _HEADER:
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    show(lambda width: table)


def _gap(left_out: int) -> list[tuple[str, ...]]:
    return [("…", f"{left_out} more", "", "", "", "", "")] if left_out > 0 else []


def _row(entry: JsonObject) -> tuple[str, ...]:
    mode = " (streamed)" if entry["stream"] else ""
    repeat = f" #{entry['repeat'] + 1}" if entry["repeat"] else ""
    turn = f"turn {entry['turn'] + 1} " if entry["turn"] else ""
    more = len(entry["slugs"]) - 1
    got = entry["actual"]
    return (
        str(entry["number"]),
        entry["case"][:6],
        f"{shortly(entry['target'], _NAME)}{mode}{repeat}",
        shortly(entry["tool"], _NAME) or "–",
        entry["slug"] + (f" +{more}" if more else ""),
        f"{turn}{entry['pointer'] or '/'}",
        brief(got, 40) if got is not None else clip(entry["message"], 40),
    )
