"""Two models in each dimension: on the same scenarios where there are, else by their estimates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.paired import Table, newcombe, square_and_add
from toolfuzz.core.case import JsonObject

__all__ = ["Side", "dimension_differences", "shown"]


@dataclass(frozen=True, slots=True)
class Side:
    """One target of one run; ``dimensions`` are its figures (see ``analyze.dimensions``)."""

    label: str
    run: RunData
    target: str
    dimensions: JsonObject


def shown(entry: JsonObject) -> JsonObject:
    """Return the success that stands for a dimension.

    Where several levels were asked it is that at the usual one, which the others tell: what was
    asked differs by target then.
    """
    rate: JsonObject = entry["usual"] or entry["success"]
    return rate


def dimension_differences(sides: Sequence[Side]) -> list[JsonObject]:
    """Return for every two sides the difference in each dimension that both were asked.

    The intervals hold for all of them at once (Bonferroni).
    """
    asked = [
        (one, other, name)
        for one, other in combinations(sides, 2)
        for name in one.dimensions
        if name in other.dimensions
    ]
    z = NormalDist().inv_cdf(1 - 0.025 / max(len(asked), 1))
    return [d for one, other, name in asked if (d := _difference(one, other, name, z))]


def _difference(one: Side, other: Side, name: str, z: float) -> JsonObject | None:
    """Return the difference, first less second; None where one of them judged nothing."""
    first, second = (shown(side.dimensions[name]) for side in (one, other))
    if first["rate"] is None or second["rate"] is None:
        return None
    entries = one.dimensions[name], other.dimensions[name]
    adaptive = any(entry["usual"] for entry in entries)
    table = _table(one, other, name)
    paired = not adaptive and table.pairs > 0
    if paired:
        drop = table.drop
        low, high = newcombe(table, z)
    else:
        drop = first["rate"] - second["rate"]
        low, high = square_and_add(_at(first, z), _at(second, z))
    return {
        "dimension": name,
        "first": one.label,
        "second": other.label,
        "difference": drop,
        "low": low,
        "high": high,
        "apart": low > 0 or high < 0,
        "paired": paired,
        "pairs": table.pairs,
    }


def _at(rate: JsonObject, z: float) -> tuple[float, float, float]:
    """Return a rate with its 95% interval stretched to the width that ``z`` asks for."""
    stretch = z / NormalDist().inv_cdf(0.975)
    share = rate["rate"]
    low, high = share - stretch * (share - rate["low"]), share + stretch * (rate["high"] - share)
    return share, max(low, 0.0), min(high, 1.0)


def _table(one: Side, other: Side, name: str) -> Table:
    """Count the scenarios that both were asked, by who passed; the twins are left out."""
    passed = dict(_judged(other, name))
    counts = {(a, b): 0 for a in (True, False) for b in (True, False)}
    for question, ok in _judged(one, name):
        if question in passed:
            counts[ok, passed[question]] += 1
    return Table(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _judged(side: Side, name: str) -> Iterator[tuple[tuple[str, int, bool], bool]]:
    for verdict in side.run.of(side.target).light():
        one = verdict.scenario
        if one and one.dimension == name and not one.twin and one.status != "unjudged":
            yield (verdict.case_id, verdict.repeat, verdict.stream), one.status == "pass"
