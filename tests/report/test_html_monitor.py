"""A monitor's page and what a terminal shows of it."""

import re

import pytest
from monitor_run import a_result
from test_report_html import EVIL, Page

from toolfuzz.core.case import JsonObject
from toolfuzz.report.console import plain
from toolfuzz.report.html.monitor import render_monitor
from toolfuzz.report.monitor import monitor_view


def shown(result: JsonObject) -> str:
    return plain(lambda width: monitor_view(result, "w/monitor.html", width=width))


def test_the_page_says_what_happened() -> None:
    result = a_result()
    html = render_monitor(result)
    page = Page(html)
    text = " ".join(" ".join(page.text).split())
    assert "became worse" in text and "alarm" in text
    assert "What grew: whitespace-stripped (13 of 1280 → 34 of 80)." in text
    assert "73,000" in text and "simulated" in text
    marks = [attrs["class"] for tag, attrs in page.tags if tag == "rect" and "class" in attrs]
    assert marks.count("alarm") == 2 and marks.count("gone") == 1
    assert marks.count("point") == len(result["portions"]) - 1


def test_the_marks_stand_where_the_figures_are() -> None:
    """Of the first chart: 100% at its top, the lowest tick at its bottom, later means further."""
    html = render_monitor(a_result(alarm=False, days=10))
    page = Page(html)
    rects = [attrs for tag, attrs in page.tags if tag == "rect"]
    points = [r for r in rects if r["class"] == "point"]
    heights = [float(p["y"]) + 1.5 for p in points]
    quiet = [h for n, h in enumerate(heights) if n % 7]
    assert quiet == pytest.approx([0.0] * len(quiet), abs=0.1)
    floor = min(int(label) for label in re.findall(r">(\d+)%</text>", html))
    assert heights[7] == pytest.approx(150 * 5 / (100 - floor), abs=0.1)
    places = [float(p["x"]) for p in points]
    assert places == sorted(places) and places[0] == 46.0


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_stays_text(text: str) -> None:
    result = a_result(text, days=2)
    page = Page(render_monitor(result))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown(result))


def test_a_baseline_alone_has_a_page() -> None:
    result = a_result(alarm=False, days=1)
    result["portions"] = result["portions"][:1]
    assert "<svg" in render_monitor(result)


def test_the_terminal_says_it_too() -> None:
    lines = shown(a_result())
    assert lines.startswith("ALARM  model whitespace-stripped (simulated) became worse\n")
    assert "What grew: whitespace-stripped (13 of 1280 → 34 of 80)." in " ".join(lines.split())
    assert re.search(r"80 +57.5% +34 +0 +over 10⁹  whitespace-stripped 34", lines)
    assert "toolfuzz minimize 'watch whitespace-stripped/portions/0041'" in lines
    assert "--new-baseline" in lines
    assert len(re.findall(r"^20\d\d-", lines, re.M)) == 7
    quiet = shown(a_result(alarm=False))
    assert quiet.startswith("OUTAGE") and "--new-baseline" not in quiet
