"""A comparison for people: the leaderboard, what can't be told apart, where the models differ."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.console import MEDIUM, WIDE, show
from toolfuzz.report.dimensions import compared, unit
from toolfuzz.report.words import given_up, milliseconds, percent, unreal

__all__ = ["comparison_view", "difference_words", "matrix", "money", "print_comparison"]

Cell = Callable[[JsonObject], str]

_DIFFERENCES_SHOWN = 10
# The chance, over all defects of a difference, at which one is named.
_SURE = 0.05
_ROWS_SHOWN = 12


def print_comparison(result: JsonObject) -> None:
    """Print a comparison on stdout."""
    show(lambda width: comparison_view(result, width=width))


def comparison_view(result: JsonObject, *, width: int) -> RenderableType:
    """Return the comparison as rich renderables."""
    parts: list[RenderableType] = [_headline(result), Text(), _leaderboard(result, width)]
    if any(len(group) > 1 for group in result["groups"]):
        parts += [Text(), Text("Rows with a letter in common can't be told apart.", style="dim")]
    for row in result["rows"]:
        if given_up(row):
            words = printable(f"{row['label']}: {given_up(row)}")
            parts += [Text(), Text(words, style="bold red")]
    if result["differences"]:
        parts += [Text(), Text("differences, in points of success", style="bold")]
        parts += [Text(printable(line)) for line in _differences(result)]
    if said := list(_by_dimension(result)):
        parts += [Text(), Text("differences by dimension, in points of success", style="bold")]
        parts += [Text(printable(line)) for line in said]
    for title, key in (("dimensions", "dimensions"),
                       ("defects, share of replies", "defects"), ("probes", "probes"),
                       ("features that differ most", "features")):  # fmt: skip
        labels, rows = matrix(result, key, most=_ROWS_SHOWN)
        if rows:
            parts += [Text(), Text(title, style="bold"), _grid(labels, rows, width)]
    return Group(*parts)


def _headline(result: JsonObject) -> Text:
    rows = result["rows"]
    line = Text(f"toolfuzz compare · {len(rows)} targets", style="bold")
    if said := unreal(rows):
        line.append(f" · {said}", style="bold magenta")
    if result.get("left_out"):
        names = ", ".join(printable(name) for name in result["left_out"])
        line.append(f" · left out, stopped early: {names}", style="bold yellow")
    return line


def _leaderboard(result: JsonObject, width: int) -> Table:
    table = _table()
    table.add_column("", no_wrap=True)
    table.add_column("target", no_wrap=True, overflow="ellipsis", max_width=max(width // 3, 16))
    table.add_column(f"{unit(result['rows'])}s", justify="right", no_wrap=True)
    table.add_column("success", justify="right", no_wrap=True)
    table.add_column("95% interval", no_wrap=True)
    more = _columns(result["rows"], width)
    for name in more:
        table.add_column(name, justify="right", no_wrap=True)
    for row in result["rows"]:
        interval = "–" if row["rate"] is None else f"{row['low']:.1%} – {row['high']:.1%}"
        table.add_row(
            "".join(row["groups"]),
            Text(printable(row["label"])),
            str(row["judged"]),
            percent(row["rate"]),
            interval,
            *(more[name](row) for name in more),
        )
    return table


def _columns(rows: Sequence[JsonObject], width: int) -> dict[str, Cell]:
    """Return the columns for which there is room, and something to show."""
    columns: dict[str, Cell] = {}
    if width >= MEDIUM:
        columns["schema acc."] = lambda row: percent(row["schema_accuracy"])
    if width >= WIDE:
        columns["p50"] = lambda row: milliseconds(row["latency_ms"], "p50")
        columns["p95"] = lambda row: milliseconds(row["latency_ms"], "p95")
        columns["tokens"] = _tokens
        columns["per success"] = lambda row: money(row["cost_per_success"])
    if any(row["unjudged"] for row in rows):
        columns["unjudged"] = lambda row: str(row["unjudged"])
    return columns


def _tokens(row: JsonObject) -> str:
    known = [count for count in row["tokens"].values() if count is not None]
    return f"{sum(known):,}" if known else "unknown"


def money(amount: float | None) -> str:
    """Return US dollars with enough digits to tell prices apart, or ``unknown``."""
    if amount is None:
        return "unknown"
    return f"${amount:.2f}" if amount >= 1 or amount == 0 else f"${amount:.2g}"


def _differences(result: JsonObject) -> Iterator[str]:
    differences = sorted(result["differences"], key=lambda d: not d["apart"])
    for difference in differences[:_DIFFERENCES_SHOWN]:
        yield f"  {difference_words(difference)}"
    if len(differences) > _DIFFERENCES_SHOWN:
        yield f"  … and {len(differences) - _DIFFERENCES_SHOWN} more (--format json)"


def _by_dimension(result: JsonObject) -> Iterator[str]:
    differences = sorted(result["dimension_differences"], key=lambda d: not d["apart"])
    for difference in differences[:_DIFFERENCES_SHOWN]:
        yield f"  {compared(difference)}"
    if len(differences) > _DIFFERENCES_SHOWN:
        yield f"  … and {len(differences) - _DIFFERENCES_SHOWN} more (--format json)"


def difference_words(difference: JsonObject) -> str:
    """Return one difference in a line of words."""
    low, high = 100 * difference["low"], 100 * difference["high"]
    rates = f"{percent(difference['rate_better'])} against {percent(difference['rate_worse'])}"
    between = f"{100 * difference['difference']:+.1f} ({low:+.1f} to {high:+.1f})"
    on = f"on {difference['pairs']} shared calls" if difference["paired"] else "on different cases"
    verb = "is ahead of" if difference["apart"] else "can't be told from"
    words = f"{difference['better']} {verb} {difference['worse']}: {rates}, {between} {on}"
    sure = {s: d for s, d in difference.get("defects", {}).items() if d["p_holm"] <= _SURE}
    named = ", ".join(f"{slug} {d['better']} against {d['worse']}" for slug, d in sure.items())
    return f"{words}; {named}" if named else words


def matrix(
    result: JsonObject, key: str, *, most: int | None = None
) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    """Return labels and one row a defect, probe or feature: its rate on each target.

    Rows on which the targets differ most come first; features on which none differ are left out.
    None is "not asked"; a defect that wasn't seen is 0.
    """
    rows = [row for row in result["rows"] if row["rate"] is not None]
    names = dict.fromkeys(name for row in rows for name in row[key])
    absent = 0.0 if key == "defects" else None
    table = [(n, [row[key][n]["rate"] if n in row[key] else absent for row in rows]) for n in names]
    table.sort(key=lambda entry: -_spread(entry[1]))
    if key == "features":
        table = [entry for entry in table if _spread(entry[1])]
    return [row["label"] for row in rows], table[:most]


def _spread(rates: Sequence[float | None]) -> float:
    known = [rate for rate in rates if rate is not None]
    return max(known) - min(known) if known else 0.0


def _grid(
    labels: Sequence[str], rows: Sequence[tuple[str, list[float | None]]], width: int
) -> RenderableType:
    table = _table()
    table.add_column("", no_wrap=True, overflow="ellipsis", max_width=max(width // 3, 20))
    room = max((width - width // 3) // max(len(labels), 1) - 2, 6)
    for label in labels:
        header = Text(printable(label), overflow="ellipsis", no_wrap=True)
        table.add_column(header, justify="right", no_wrap=True, max_width=room)
    for name, rates in rows:
        table.add_row(Text(printable(name)), *(percent(rate) for rate in rates))
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
