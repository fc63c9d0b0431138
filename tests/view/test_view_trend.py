"""Charts over time: axes from 0 that are all alike, and lines only between what is alike."""

import pytest

from toolfuzz.view.rows import Figures, Row
from toolfuzz.view.trend import HEIGHT, WIDTH, trends

DAY = 86_400.0


def a_row(day: int, rate: float | None, *names: str, asked: str = "x") -> Row:
    low, high = (0.0, 1.0) if rate is None else (rate / 2, (1 + rate) / 2)
    figures = [Figures(n, "", "", rate, low, high, 10, 0, 0, None) for n in names or ("m",)]
    return Row(1e9 + day * DAY, "done", 10, asked, "", figures)


def test_axes_are_alike_and_begin_at_0() -> None:
    rows = [
        ("a", a_row(0, 0.5, "m", "n")),
        ("b", a_row(3, 1.0, "m", "n")),
        ("c", a_row(10, 0, "n")),
    ]
    (other, one), ends = trends(rows)
    assert ends == ("2001-09-09", "2001-09-19")
    assert [p.y for p in other.points] == [HEIGHT / 2, 0.0, HEIGHT]
    assert (one.points[0].x, one.points[1].x) == (other.points[0].x, other.points[1].x)
    assert other.points[2].x == pytest.approx(WIDTH - 6)
    assert other.points[2].bottom == HEIGHT
    assert (one.last, other.last) == (1.0, 0)


def test_a_line_joins_only_what_asked_the_same() -> None:
    rows = [(f"r{day}", a_row(day, 0.5, asked=asked)) for day, asked in enumerate("aabba")]
    ((chart,), _) = trends(reversed(rows))
    assert [point.run for point in chart.points] == ["r0", "r1", "r2", "r3", "r4"]
    assert [line.count(",") for line in chart.lines] == [2, 2]


def test_what_was_measured_once_or_not_at_all_has_no_trend() -> None:
    assert trends([("a", a_row(0, 0.5)), ("b", a_row(1, None))]) == ([], ("", ""))
