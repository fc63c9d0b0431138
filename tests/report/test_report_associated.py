"""What goes with the failures, in every report that people read: associated, never a cause."""

import re

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.report.console import plain
from toolfuzz.report.formats import github, markdown
from toolfuzz.report.formats.html import render
from toolfuzz.report.terminal import summary_view

WRONG = Finding("object-as-json-string", "error", "schema", "", 0, "/a", expected={}, actual="{}")


def run_with(feature: str) -> RunData:
    """Forty cases on two targets; on the first, those with the feature fail and no others."""
    asked = (Target("m", "x", "m", "openai-chat"), Target("n", "x", "n", "openai-chat"))
    events: list[Event] = [RunStarted(0.0, "0.1.0", asked, {"seed": 3})]
    for number in range(40):
        features = tuple(
            name for name, every in ((feature, 4), ("enum", 3), ("map", 5)) if number % every == 0
        )
        tool = Tool(f"tool_{number}", "", {"type": "object"})
        turn = Turn(
            (Message("user", "call"),), Expectation("calls", (ExpectedCall(tool.name, {}),))
        )
        case = Case("generated", "echo", features, (tool,), (turn,))
        events.append(CaseDrawn(case))
        on_m = ("fail", (WRONG,)) if feature in features else ("pass", ())
        events += [
            VerdictReached(Verdict(case.id, "m", 0, False, *on_m)),
            VerdictReached(Verdict(case.id, "n", 0, False, "pass", ())),
        ]
    return collect(events)


def summary_of(run: RunData) -> JsonObject:
    return {**summarize(run), "folder": "reports/x"}


def test_the_summary_names_the_few_strongest_and_no_feature_twice() -> None:
    failing, clean = summary_of(run_with("ref-defs"))["targets"]
    assert clean["associated"] == []
    first, *more = failing["associated"]
    assert first["features"] == ("ref-defs",)
    assert (first["failed_with"], first["cases_with"], first["failed_without"]) == (10, 10, 0)
    assert first["lift"] == 4
    assert first["p"] <= first["q"] < 0.001
    assert "is associated with failing" in first["words"]
    assert not any("ref-defs" in other["features"] for other in more)


def test_the_table_has_one_note_a_failing_target() -> None:
    text = plain(lambda width: summary_view(summary_of(run_with("ref-defs")), width=width))
    (note,) = [line for line in text.splitlines() if "associated" in line]
    assert re.fullmatch(r"m: failures associated with ref-defs \(lift 4\.0, q \d\S*\)", note)


def test_markdown_and_github_have_a_table() -> None:
    run = run_with("ref|defs")
    text = markdown.render(run, summary_of(run))
    assert "#### Associated with failing on `m`" in text
    assert "| `ref\\|defs` | 10 of 10 cases | 0 of 30 cases | 4.0 |" in text
    assert "Associated with failing on `n`" not in text
    assert "cause" not in text
    assert github.render(run, summary_of(run)) == text


def test_the_page_has_a_small_section() -> None:
    run = run_with("<b>ref")
    page = render(run, summary_of(run))
    assert isinstance(page, str)
    section = page.partition('id="features"')[2].partition("</section>")[0]
    assert "associated with failing" in section
    assert "<code>&lt;b&gt;ref</code>" in section
    assert "10 of 10" in section
    assert "cause" not in section.lower()
