"""How each model did from run to run, as charts whose axes are all alike and begin at 0."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from toolfuzz.core.text import day
from toolfuzz.report.words import percent
from toolfuzz.view.rows import Figures, Row

__all__ = ["HEIGHT", "LEFT", "WIDTH", "Chart", "Point", "trends"]

WIDTH, HEIGHT, LEFT = 340.0, 90.0, 34.0
_EDGE = 6.0
_MOST = 12
"""Charts: of the models that were asked most often."""

Named = tuple[str, Row]


@dataclass(frozen=True, slots=True)
class Point:
    """One run of a model: where its rate stands and its interval ends, and the run's name."""

    x: float
    y: float
    top: float
    bottom: float
    run: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A model's runs in the order of time; ``lines`` join those in a row that asked the same."""

    target: str
    label: str
    points: list[Point]
    lines: list[str]
    last: float | None
    tone: str
    words: str


def trends(runs: Iterable[Named]) -> tuple[list[Chart], tuple[str, str]]:
    """Return a chart of each model that was measured twice or more, the weakest first, and the days
    of both ends."""
    seen: dict[tuple[str, str], list[tuple[str, Row, Figures]]] = defaultdict(list)
    for name, row in sorted(runs, key=lambda one: (one[1].started, one[0])):
        for one in row.targets:
            if one.rate is not None and row.started:
                seen[one.target, one.label].append((name, row, one))
    several = {target: found for target, found in seen.items() if len(found) > 1}
    chosen = sorted(several, key=lambda target: (-len(several[target]), target))[:_MOST]
    times = [row.started for target in chosen for _, row, _ in several[target]]
    if not times:
        return [], ("", "")
    first, last = min(times), max(times)
    charts = [_chart(*target, several[target], first, last - first) for target in sorted(chosen)]
    charts.sort(key=lambda chart: chart.last or 0.0)
    return charts, (day(first)[:10], day(last)[:10])


def _chart(
    target: str, label: str, found: Sequence[tuple[str, Row, Figures]], first: float, span: float
) -> Chart:
    points = [_point(name, row, one, first, span) for name, row, one in found]
    asked = [row.asked for _, row, _ in found]
    words = f"{target}: {percent(found[0][2].rate)} at first, {percent(found[-1][2].rate)} at last"
    words = f"{words}, {len(found)} runs"
    latest = found[-1][2]
    lines = list(_lines(points, asked))
    return Chart(target, label, points, lines, latest.rate, latest.tone, words)


def _point(name: str, row: Row, one: Figures, first: float, span: float) -> Point:
    assert one.rate is not None
    share = (row.started - first) / span if span else 0.5
    said = f"{percent(one.rate)} ({100 * one.low:.0f} to {100 * one.high:.0f})"
    return Point(
        LEFT + _EDGE + share * (WIDTH - LEFT - 2 * _EDGE),
        _height(one.rate),
        _height(one.high),
        _height(one.low),
        name,
        f"{day(row.started)}: {said} of {one.judged} judged, {name}",
    )


def _height(rate: float) -> float:
    return HEIGHT * (1 - rate)


def _lines(points: Sequence[Point], asked: Sequence[str]) -> Iterator[str]:
    for _, run in groupby(zip(points, asked, strict=True), key=lambda one: one[1]):
        places = [f"{point.x:.1f},{point.y:.1f}" for point, _ in run]
        if len(places) > 1:
            yield " ".join(places)
