"""The dimensions of a run in words and as a table: success beside the control twin."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.dimension_pairs import shown
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.console import MEDIUM, WIDE
from toolfuzz.report.words import count, percent

__all__ = [
    "between",
    "compared",
    "corrected",
    "dimension_notes",
    "dimension_tables",
    "half",
    "points",
    "shown_level",
    "unit",
]


def unit(targets: Iterable[JsonObject]) -> str:
    """Return what targets were asked: ``scenario`` where all of it were worlds, else ``call``."""
    return "scenario" if all(target.get("dimensions") for target in targets) else "call"


def shown_level(entry: JsonObject) -> str:
    """Return the level that the success is of which stands for a dimension."""
    if entry["usual"]:
        return f"{entry['usual']['level']}"
    return ", ".join(map(str, entry["levels"]))


def half(estimate: JsonObject | None, unit: str = "") -> str:
    """Return at which level one half passes, with its interval; it may lie beyond what was asked.

    ``7.2 (5.6 – 9.1)``, ``beyond 20``.
    """
    if estimate is None:
        return "–"
    least, most = estimate["range"]
    if estimate["beyond"]:
        end = most if estimate["beyond"] == "above" else least
        return f"{'beyond' if end == most else 'below'} {_number(end)}{unit}"
    low = f"below {_number(least)}" if estimate["low"] < least else _number(estimate["low"])
    high = f"beyond {_number(most)}" if estimate["high"] > most else _number(estimate["high"])
    return f"{_number(estimate['level'])}{unit} ({low} – {high})"


def _number(value: float) -> str:
    if value >= 10_000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.1f}"


def points(share: float) -> str:
    """Return a difference in percentage points, with its sign."""
    return f"{100 * share:+.0f}" if round(100 * share) else "0"


def dimension_tables(targets: Sequence[JsonObject], *, width: int) -> list[RenderableType]:
    """Return a table with one row a dimension for each target that was asked any."""
    views: list[RenderableType] = []
    for target in targets:
        if target.get("dimensions"):
            of = f"{printable(target['target'])}, " if len(targets) > 1 else ""
            views += [Text(), Text(f"{of}by dimension", style="bold"), _table(target, width)]
    return views


def _table(target: JsonObject, width: int) -> Table:
    """A narrow one leaves out what is said in the files anyway."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("dimension", no_wrap=True)
    table.add_column("success", justify="right", no_wrap=True)
    table.add_column("95% interval", justify="right", no_wrap=True)
    table.add_column("twin", justify="right", no_wrap=True)
    table.add_column("difference", justify="right", no_wrap=True)
    adaptive = any(entry["level_half"] for entry in target["dimensions"].values())
    table.add_column("half at level" if adaptive else "level", justify="right", no_wrap=True)
    more = ["judged"] if width >= MEDIUM else []
    more += ["calls", "tokens"] if width >= WIDE else []
    priced = any(entry["cost"]["price_usd"] for entry in target["dimensions"].values())
    more += ["price"] if width >= WIDE and priced else []
    for name in more:
        table.add_column(name, justify="right", no_wrap=True)
    for name, entry in target["dimensions"].items():
        rate = shown(entry)
        cells = {
            "judged": str(entry["success"]["judged"]),
            "calls": _rounded(entry["cost"]["rounds"]),
            "tokens": _tokens(entry["cost"]),
            "price": _price(entry["cost"]["price_usd"]),
        }
        table.add_row(
            Text(printable(name)),
            _success(rate["rate"]),
            "–" if rate["rate"] is None else f"{100 * rate['low']:.0f} – {100 * rate['high']:.0f}",
            percent(entry["twin"]["rate"]),
            between(entry["difference"]) if entry["difference"] else "–",
            half(entry["level_half"]) if adaptive else shown_level(entry),
            *(cells[name] for name in more),
        )
    return table


def _success(rate: float | None) -> Text:
    if rate is None:
        return Text("not judged", style="yellow")
    return Text(percent(rate), style="green" if rate >= 0.9 else "yellow" if rate >= 0.6 else "red")


def between(entry: JsonObject) -> str:
    """Return a difference in points with its interval: ``-12 (-20 to -3)``."""
    low, high = points(entry["low"]), points(entry["high"])
    return f"{points(entry['difference'])} ({low} to {high})"


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _tokens(cost: JsonObject) -> str:
    known = [cost[name] for name in ("input_tokens", "output_tokens") if cost[name] is not None]
    return f"{sum(known):,.0f}" if known else "unknown"


def _price(dollars: float | None) -> str:
    return "unknown" if dollars is None else f"${dollars:.2g}"


def dimension_notes(targets: Sequence[JsonObject]) -> list[str]:
    """Return what must be known beside the tables, a line each."""
    asked = [target for target in targets if target.get("dimensions")]
    estimated = any(entry["usual"] for target in asked for entry in target["dimensions"].values())
    first = [_ESTIMATED] if estimated else []
    return [*first, *(note for target in asked for note in _notes(target))]


_DETOUR = 1.1

_ESTIMATED = (
    "success is that at the usual level of each dimension, estimated from the levels that "
    "were asked"
)


def _notes(target: JsonObject) -> Iterator[str]:
    for name, entry in target["dimensions"].items():
        where = f"{target['target']}, {name}"
        if entry["broken"]:
            reason = next(iter(entry["unjudged_reasons"]))
            yield (
                f"{where}: {count(entry['broken'], 'scenario')} ended by what arrived broken "
                f"({reason}), not counted here; with them as failures {percent(_broken(entry))} of "
                "those asked passed"
            )
        if other := entry["unjudged"] - entry["broken"]:
            reason = next(r for r in reversed(entry["unjudged_reasons"]))
            yield f"{where}: {count(other, 'scenario')} unjudged ({reason})"
        if entry["detour"] and entry["detour"] >= _DETOUR:
            times = f"{entry['detour']:.1f} times the rounds of the shortest way"
            yield f"{where}: what came to a right end took {times}"
        if entry["half_life"]:
            turns, tokens = entry["half_life"]["turns"], entry["half_life"]["tokens"]
            yield f"{where}: half-life {half(turns, ' turns')}, {half(tokens, ' tokens')}"
        if entry["interventions"]:
            yield f"{where}: {corrected(entry['interventions'])}"


def _broken(entry: JsonObject) -> float | None:
    share: float | None = entry["success_with_broken"]["rate"]
    return share


def corrected(entry: JsonObject) -> str:
    """Return what correcting costs in a sentence."""
    interval = f"{entry['low']:.0f} – {entry['high']:.0f}"
    said = f"{entry['per_100']:.0f} corrections per 100 tasks ({interval})"
    if entry["censored"]:
        said += f", at least: {count(entry['censored'], 'task')} never right"
    curve = [f"{k}: {percent(share)}" for k, share in enumerate(entry["survival"]) if share]
    return f"{said}; not yet right after {', '.join(curve)}" if curve else said


def compared(difference: JsonObject) -> str:
    """Return the difference of two models in a dimension in a line of words."""
    first, second = difference["first"], difference["second"]
    sign = 1 if difference["difference"] >= 0 else -1
    ahead, behind = (first, second) if sign > 0 else (second, first)
    ends = sorted(sign * difference[end] for end in ("low", "high"))
    by = between({"difference": sign * difference["difference"], "low": ends[0], "high": ends[1]})
    verb = "is ahead of" if difference["apart"] else "can't be told from"
    on = f"on {count(difference['pairs'], 'shared scenario')}"
    how = on if difference["paired"] else "estimated at the usual level"
    return f"{difference['dimension']}: {ahead} {verb} {behind}: {by} {how}"
