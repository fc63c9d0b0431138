"""A comparison for people: the leaderboard, what can't be told apart, where the models differ."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.ranking import FEW, tone
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.conclusion import conclusion_view
from toolfuzz.report.console import MEDIUM, WIDE, show
from toolfuzz.report.dimensions import compared, unit
from toolfuzz.report.naming import readable
from toolfuzz.report.words import count, given_up, milliseconds, percent, unreal, unsure

__all__ = [
    "FEW_WORDS",
    "Share",
    "comparison_view",
    "difference_words",
    "matrix",
    "money",
    "print_comparison",
]

Cell = Callable[[JsonObject], str]

_DIFFERENCES_SHOWN = 10
# The chance, over all defects of a difference, at which one is named.
_SURE = 0.05
_ROWS_SHOWN = 12
FEW_WORDS = f"In parentheses: fewer than {FEW} calls."


def print_comparison(result: JsonObject) -> None:
    """Print a comparison on stdout."""
    show(lambda width: comparison_view(result, width=width))


def comparison_view(result: JsonObject, *, width: int) -> RenderableType:
    """Return the comparison as rich renderables."""
    result = readable(result)
    parts: list[RenderableType] = conclusion_view(result, width=width)
    parts += [_headline(result), Text(), _leaderboard(result, width)]
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
    few = False
    for title, key in (("dimensions", "dimensions"), ("tools", "tools"),
                       ("defects, share of replies", "defects"), ("probes", "probes"),
                       ("features that differ most", "features")):  # fmt: skip
        labels, rows = matrix(result, key, most=_ROWS_SHOWN)
        if rows:
            bad = _shown if key == "defects" else _failing
            parts += [Text(), Text(title, style="bold"), _grid(labels, rows, width, bad)]
            few = few or any(s and s.calls < FEW for _, shares in rows for s in shares)
    if few:
        parts += [Text(), Text(FEW_WORDS, style="dim")]
    return Group(*parts)


def _headline(result: JsonObject) -> Text:
    rows = result["rows"]
    line = Text(f"toolfuzz compare · {count(len(rows), 'target')}", style="bold")
    if said := unreal(rows):
        line.append(f" · {said}", style="bold magenta")
    if result.get("left_out"):
        names = ", ".join(printable(name) for name in result["left_out"])
        line.append(f" · left out, stopped early: {names}", style="bold yellow")
    return line


def _leaderboard(result: JsonObject, width: int) -> Table:
    table = _table()
    table.add_column("", no_wrap=True)
    table.add_column("target", overflow="fold", max_width=max(width // 3, 16))
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


@dataclass(frozen=True, slots=True)
class Share:
    """A cell of a matrix: a share of ``calls`` with its interval."""

    rate: float
    low: float
    high: float
    calls: int

    @property
    def words(self) -> str:
        """For people; in parentheses where it rests on few calls."""
        return unsure(percent(self.rate), self.calls)


def matrix(
    result: JsonObject, key: str, *, most: int | None = None
) -> tuple[list[str], list[tuple[str, list[Share | None]]]]:
    """Return labels and one row a defect, probe or feature: its share on each target.

    Rows on which the targets are shown to differ most come first: those with the widest gap
    between two intervals. Features on which none differ are left out. None is "not asked"; a defect
    that wasn't seen is 0.
    """
    rows = [row for row in result["rows"] if row["rate"] is not None]
    names = dict.fromkeys(name for row in rows for name in row[key])
    share = _defect if key == "defects" else _rate
    table = [(name, [share(row, key, name) for row in rows]) for name in names]
    table.sort(key=lambda entry: -_gap(entry[1]))
    if key == "features":
        table = [entry for entry in table if len({s.rate for s in entry[1] if s}) > 1]
    return [row["label"] for row in rows], table[:most]


def _rate(row: JsonObject, key: str, name: str) -> Share | None:
    entry = row[key].get(name)
    if entry is None or entry["rate"] is None:
        return None
    # What a dimension comes to at its usual level is estimated from all that was asked.
    calls = entry.get("judged", row["judged"])
    return Share(entry["rate"], entry["low"], entry["high"], calls)


def _defect(row: JsonObject, key: str, name: str) -> Share:
    entry = row[key].get(name)
    if entry is None:
        return Share(0.0, 0.0, wilson(0, row["clusters"])[1], row["judged"])
    return Share(entry["rate"], entry["low"], entry["high"], row["judged"])


def _gap(shares: Sequence[Share | None]) -> float:
    """Return how far two of the intervals lie apart at the least; below 0 where they overlap."""
    known = [share for share in shares if share]
    if not known:
        return -1.0
    return max(share.low for share in known) - min(share.high for share in known)


def _shown(share: Share) -> float:
    return share.low


def _failing(share: Share) -> float:
    return 1 - share.high


_SHARE = len("(100.0%)")
_STYLES = {"few": "dim", "red": "red", "yellow": "yellow", "plain": ""}


def _grid(
    labels: Sequence[str],
    rows: Sequence[tuple[str, list[Share | None]]],
    width: int,
    bad: Callable[[Share], float],
) -> RenderableType:
    table = _table()
    table.add_column("", no_wrap=True, overflow="ellipsis", max_width=max(width // 3, 20))
    room = max((width - width // 3) // max(len(labels), 1) - 2, _SHARE)
    for label in labels:
        # A name is told whole, and a share is in one piece.
        table.add_column(
            Text(printable(label)),
            justify="right",
            overflow="fold",
            min_width=_SHARE,
            max_width=room,
        )
    for name, shares in rows:
        cells = [
            Text(s.words, style=_STYLES[tone(bad(s), s.calls)]) if s else Text("–") for s in shares
        ]
        table.add_row(Text(printable(name)), *cells)
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
