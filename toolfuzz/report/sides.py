"""What failed on which side: a rate and a list of defects for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.judge.defect import SIDES
from toolfuzz.report.words import percent

__all__ = ["SideOfTarget", "defects_on", "sides", "sides_table"]

_NAMED = 4


@dataclass(frozen=True, slots=True)
class SideOfTarget:
    """One side of one target: the share of replies that nothing on it failed, and what failed."""

    target: str
    side: str
    rate: JsonObject
    defects: JsonObject


def defects_on(target: JsonObject, side: str) -> JsonObject:
    """Return those of a target's defects that tell of a side, in their order."""
    return {s: entry for s, entry in target["defects"].items() if entry["tells_of"] == side}


def sides(targets: Sequence[JsonObject]) -> Iterator[SideOfTarget]:
    """Yield both sides of every target with defects of which one can be told from the other.

    A parser that was handed the right text misunderstood nothing: it has one side.
    """
    for target in targets:
        if target["defects"] and target["nature"]["over_http"]:
            for side in SIDES:
                rate = target["sides"][side]
                yield SideOfTarget(target["target"], side, rate, defects_on(target, side))


def sides_table(targets: Sequence[JsonObject]) -> Table | None:
    """Return a row a side, None where there is nothing to tell apart."""
    rows = list(sides(targets))
    if not rows:
        return None
    several = len({row.target for row in rows}) > 1
    table = Table(
        title=Text(printable(rows[0].target)) if len(targets) > 1 and not several else None,
        title_justify="left",
        title_style="",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    if several:
        table.add_column("target", overflow="fold", max_width=24)
    table.add_column("sound in", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    table.add_column("95% interval", no_wrap=True)
    table.add_column("what isn't", overflow="fold")
    for row in rows:
        first = [Text(printable(row.target))] if several else []
        rate = row.rate
        interval = f"{100 * rate['low']:5.1f} – {100 * rate['high']:.1f}"
        table.add_row(*first, row.side, percent(rate["rate"]), interval, Text(_named(row.defects)))
    return table


def _named(found: JsonObject) -> str:
    said = [f"{printable(slug)} ({entry['replies']})" for slug, entry in found.items()]
    more = [f"and {len(said) - _NAMED} more"] if len(said) > _NAMED else []
    return ", ".join([*said[:_NAMED], *more]) or "–"
