"""What every report owes its reader, whatever the run was like; a new format is held to it too."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from report_run import HOSTILE, a_run, summary_of, text_of

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.core.events import RunFinished
from toolfuzz.core.nature import SIMULATOR_LABELS
from toolfuzz.report.comparison_files import render as render_comparison
from toolfuzz.report.console import plain
from toolfuzz.report.decision import check_view
from toolfuzz.report.formats import announcement, format_names, made, report_format
from toolfuzz.report.html import render_comparison as render_page
from toolfuzz.report.terminal import summary_view

CHECK = {
    "outcome": "PASS",
    "reason": "PASS: nothing changed.",
    "candidate": "plain",
    "baseline": "other",
    "spent": {"first": 4, "again": 0},
    "folder": "reports/x",
}
# One row a verdict or a target, read by programs: the fact is a column.
TABLES = {"csv", "otel", "parquet", "compare csv", "compare json"}
# A badge has room for no more.
ONLY_THE_FACT = {"badge"}
# Broken replies to serve again: no figure stands in it.
NO_FIGURES = {"aimock"}
# (how the target is not real) → the run, and what must be said of it.
NATURES: dict[str, tuple[Callable[[], RunData], str]] = {
    "embedded": (lambda: a_run(kind="simulated"), "simulated"),
    "served": (lambda: a_run(headers={"server": SIMULATOR_LABELS["server"]}), "simulated"),
    "behind a proxy": (
        lambda: a_run(headers={"server": "nginx", "x-toolfuzz-simulated": "1"}),
        "simulated",
    ),
    "engine": (lambda: a_run("engine/vllm@0.9:hermes", kind="engine"), "engine parser trial"),
}


def as_format(name: str) -> Callable[[RunData], str]:
    def render(run: RunData) -> str:
        summary = summary_of(run)
        form = report_format(name)
        files = [(name or "", text_of(pieces)) for name, pieces in made(form, run, summary)]
        return "".join(map("".join, files)) + announcement(form, run, summary)

    return render


def as_comparison(form: str) -> Callable[[RunData], str]:
    return lambda run: render_comparison(compare([("run", run)]), form)


def as_compared_page(run: RunData) -> str:
    return render_page(compare([("run", run)]), [("run", run)])


def as_terminal(run: RunData) -> str:
    return plain(lambda width: summary_view(summary_of(run), width=width))


def as_check(run: RunData) -> str:
    summary = {**summary_of(run), "check": CHECK}
    return plain(lambda width: check_view(summary, width=width))


VIEWS = {
    **{name: as_format(name) for name in format_names()},
    **{f"compare {form}": as_comparison(form) for form in ("table", "md", "csv", "json")},
    "compare html": as_compared_page,
    "terminal": as_terminal,
    "check": as_check,
}


@pytest.mark.parametrize("nature", NATURES)
@pytest.mark.parametrize("view", VIEWS)
def test_what_is_no_real_model_is_named(view: str, nature: str) -> None:
    make, label = NATURES[nature]
    assert label in VIEWS[view](make()).lower()


@pytest.mark.parametrize("view", VIEWS)
def test_a_real_model_is_not_called_anything_else(view: str) -> None:
    shown = VIEWS[view](a_run(headers={"server": "uvicorn"})).lower()
    shown = shown.replace("simulated=false", "").replace('"simulated": false', "")
    assert "engine parser trial" not in shown
    assert "simulated endpoint" not in shown
    assert "(simulated)" not in shown


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_every_report_holds_any_text(view: str, text: str) -> None:
    shown = VIEWS[view](a_run(text, targets=2))
    assert not {"\x1b", "\x00", "\x07"} & set(shown)
    shown.encode()


@pytest.mark.parametrize("view", VIEWS)
def test_what_a_target_is_is_said_inert(view: str) -> None:
    """The sentence about an engine names its parser, which a journal may call anything."""
    shown = VIEWS[view](a_run("engine/<img src=x>\x1b[31m", kind="engine"))
    assert "\x1b" not in shown
    if "html" in view or view in ("junit", "badge"):
        assert "<img" not in shown


@pytest.mark.parametrize("view", VIEWS)
def test_a_run_in_which_nothing_was_judged_is_a_report_too(view: str) -> None:
    asked = a_run()
    none = collect([asked.started, RunFinished(1_763_856_060.0, "interrupted")])
    assert VIEWS[view](none)


@pytest.mark.parametrize("view", sorted(VIEWS.keys() - NO_FIGURES))
def test_a_target_that_was_given_up_is_said(view: str) -> None:
    shown = VIEWS[view](a_run("other", targets=2, given_up="HTTP 402: no credit left"))
    if view in TABLES:
        assert "given_up" in shown and "true" in shown.lower()
        return
    assert "given up" in shown
    assert "1 other" in shown
    if view not in ONLY_THE_FACT:
        assert "25 questions in a row" in shown
        assert "HTTP 402: no credit left" in shown


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("view", VIEWS)
def test_the_reason_for_giving_up_is_text_of_a_server(view: str, text: str) -> None:
    shown = VIEWS[view](a_run("x", given_up=text))
    assert not {"\x1b", "\x00", "\x07"} & set(shown)
    if "html" in view:
        assert "<script>alert" not in shown


READERS = ("terminal", "check", "markdown", "github", "junit", "html", "compare html")


@pytest.mark.parametrize("text", ["plain", *HOSTILE], ids=ascii)
@pytest.mark.parametrize("view", READERS)
def test_lines_that_could_not_be_read_are_said(view: str, text: str) -> None:
    run = replace(a_run(), unread=(f"line 7: {text}", "line 9: x"))
    shown = VIEWS[view](run)
    assert "2 lines of the journal could not be read" in shown
    assert not {"\x1b", "\x00", "\x07"} & set(shown)
    if "html" in view:
        assert "<script>alert" not in shown


def test_a_journal_that_could_be_read_says_nothing_of_it() -> None:
    for view in READERS:
        assert "could not be read" not in VIEWS[view](a_run())
