"""Dimensions on the HTML page: bars beside twins, curves, and a failed scenario of each."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import CONTRAST, NEEDED, OVERFLOW, Browser, opened, quiet
from html_run import a_run
from test_report_html import EVIL, html_of, page_of
from worlds_run import a_world_run

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.summary import summarize
from toolfuzz.generate.dimensions import all_dimensions
from toolfuzz.report.comparison_files import render
from toolfuzz.report.formats import markdown
from toolfuzz.report.formats._rows import rows
from toolfuzz.report.html import render_comparison

browser, _quiet = opened, quiet

NAMES = ("plan", "correction")


def test_every_dimension_has_a_bar_for_each_model_and_its_twin() -> None:
    page = page_of(a_world_run(NAMES))
    bars = page.of("svg", class_="profile")
    assert len(bars) == 4
    assert bars[3]["aria-label"].startswith("good, Plan ability: 83.3%, 95% interval ")
    assert bars[3]["aria-label"].endswith("; control twin 100.0%")
    assert {bar["width"] for bar in page.of("rect", class_="bin") if bar["height"] == "8"} == {
        "83.33", "33.33",
    }  # fmt: skip
    assert len(page.of("rect", class_="twin")) == 4
    for name in NAMES:
        assert all_dimensions()[name].title in page.words
    assert " over all dimensions; bad is weakest in " in page.words
    assert "of its scenarios come to a right end (95% interval" in page.words


def test_a_failed_scenario_is_a_transcript_with_the_wrong_step_marked() -> None:
    page = page_of(a_world_run(["plan"], {"bad": 2}))
    assert len(page.of("details", class_="scenario")) == 1
    assert page.of("li", class_="user") and page.of("li", class_="call wrong")
    assert page.of("pre", class_="result failed")
    assert "call-before-known" in page.words.partition("One failed scenario of each")[2]
    assert "was called before there was any" in page.words


def test_a_curve_shows_what_corrections_cost() -> None:
    page = page_of(a_world_run(["correction"], {"bad": 2}))
    (curve,) = page.of("polyline")
    heights = [float(corner.split(",")[1]) for corner in curve["points"].split()]
    assert heights == sorted(heights) and heights[0] > 10
    assert "corrections per 100 tasks" in page.words


def test_a_model_without_failures_has_no_example() -> None:
    page = page_of(a_world_run(["plan"], {"good": 6}))
    assert page.of("svg", class_="profile") and not page.of("details", class_="scenario")


def test_a_run_without_worlds_says_nothing_of_dimensions() -> None:
    page = page_of(a_run())
    assert not page.of("section", id="dimensions") and "Dimensions" not in page.words
    assert "can't be told apart" in page.words


def test_runs_side_by_side_show_their_models_together() -> None:
    named = [(name, a_world_run(["plan"], {"m": n})) for name, n in (("mon", 5), ("fri", 2))]
    html = render_comparison(compare(named), named)
    assert html.count('class="profile"') == 2


def test_a_journal_without_exchanges_still_has_the_figures() -> None:
    run = replace(a_world_run(["plan"]), exchanges={})
    page = page_of(run)
    assert page.of("svg", class_="profile") and not page.of("details", class_="scenario")


@pytest.mark.parametrize("text", EVIL[:4], ids=range(4))
def test_hostile_text_is_inert(text: str) -> None:
    """``Page`` refuses everything that could act."""
    page = page_of(a_world_run(["plan"], {f"bad {text}": 0}, scenarios=1, text=text))
    assert len(page.of("script")) == 1
    assert page.of("li", class_="model")


# --- in a browser

in_browser = NEEDED


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("profile") / "report.html"
    models = {"sim/a-model-with-a-rather-long-name": 5, "bad": 2}
    made.write_text(html_of(a_world_run(NAMES, models)), encoding="utf-8")
    yield made


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_in_light_and_dark(browser: Browser, path: Path, scheme: str) -> None:
    browser.scheme(scheme)
    browser.open(path)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run(CONTRAST) == {}
    wide = "return document.querySelector('svg.profile .bin').getBoundingClientRect().width"
    assert browser.run(wide) > 40
    browser.scheme("light")


@in_browser
@pytest.mark.parametrize("width", [320, 768])
def test_a_narrow_screen_has_no_sideways_scrolling(
    browser: Browser, path: Path, width: int
) -> None:
    browser.size(width, 700, phone=True)
    browser.open(path)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run(OVERFLOW) <= 0


# --- the other formats


def test_tables_have_columns_for_scenarios() -> None:
    run = a_world_run(["correction"], {"bad": 1}, scenarios=2)
    found = list(rows(run))
    assert [(row["twin"], row["dimension_status"]) for row in found] == [
        (False, "pass"), (True, "pass"), (False, "fail"), (True, "pass"),
    ]  # fmt: skip
    assert {row["dimension"] for row in found} == {"correction"}
    assert found[0]["pair"] == found[1]["pair"] != found[2]["pair"]
    assert found[2]["interventions"] > found[0]["interventions"] == 0
    assert found[2]["checks_failed"] <= found[2]["checks"] > 0
    ordinary = next(rows(a_run()))
    assert ordinary["dimension"] is None and ordinary["checks"] == 3


@pytest.mark.parametrize("form", ["table", "md", "json"])
def test_comparisons_tell_the_dimensions_apart(form: str) -> None:
    named = [
        (name, a_world_run(["plan"], {name: n}, scenarios=12)) for name, n in (("a", 12), ("b", 1))
    ]
    text = render(compare(named), form)
    told = '"apart": true' if form == "json" else "plan: a is ahead of b: +92 "
    assert told in text


def test_a_comparison_as_a_table_has_a_column_a_dimension() -> None:
    named = [("a", a_world_run(["plan"], {"a": 2}, scenarios=4))]
    header, row = render(compare(named), "csv").splitlines()
    assert (header.split(",")[-1], row.split(",")[-1]) == ("plan_success", "0.5")


def test_markdown_has_a_row_a_dimension() -> None:
    run = a_world_run(NAMES)
    lines = markdown.render(run, summarize(run)).splitlines()
    (plan,) = [line for line in lines if line.startswith("| `plan` | 33")]
    assert "33.3% at level 3" in plan and "100.0% | -67 (-90 to -13)" in plan
    assert any("corrections per 100 tasks" in line for line in lines)


def test_scenarios_come_to_one_sentence() -> None:
    """Of dimensions: where the weakest is, and who is worse over all on the same scenarios."""
    run = a_world_run(NAMES)
    told = compare([("run", run)])["conclusion"]
    assert told["sentence"].startswith("bad is 25.0 points worse than good (")
    assert (
        " over all dimensions; bad is weakest in correction: 33.3% of its scenarios"
        in (told["sentence"])
    )
    assert told["tone"] == "unsure" and told["cause"]["target"] == "bad"
    one = compare([("run", a_world_run(["plan"], {"good": 6}))])["conclusion"]
    assert one["sentence"] == (
        "good came to a right end in all scenarios, but they are too few to rely on: in plan up to "
        "39.0% may fail."
    )
