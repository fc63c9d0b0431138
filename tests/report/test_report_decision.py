"""A check's decision in the reports that people read."""

from typing import Any

import pytest
from report_run import HOSTILE, a_run, summary_of

from toolfuzz.analyze.compare import conclude
from toolfuzz.report.console import plain
from toolfuzz.report.decision import check_view
from toolfuzz.report.formats import announcement, report_format
from toolfuzz.report.next_steps import next_steps


def decided(outcome: str | None, name: str = "one") -> dict[str, Any]:
    reason = "90 of 100 pairs agree; 10 worse, 0 better"
    return {
        "outcome": outcome,
        "reason": f"{outcome}: {reason}" if outcome else "interrupted",
        "candidate": name,
        "baseline": "two",
        "suspects": ["success rate"],
        "spent": {"first": 200, "again": 80},
        "doubts": [],
        "folder": "reports/x",
    }


def a_check(outcome: str | None, name: str = "one") -> tuple[Any, dict[str, Any]]:
    run = a_run(name)
    summary = {**summary_of(run), "check": decided(outcome, name)}
    return run, {**summary, "conclusion": conclude(run, summary)}


@pytest.mark.parametrize(
    ("outcome", "level"), [("PASS", "notice"), ("FAIL", "error"), ("INCONCLUSIVE", "warning")]
)
def test_the_decision_comes_first(outcome: str, level: str) -> None:
    run, summary = a_check(outcome)
    github = report_format("github")
    said = announcement(github, run, summary).splitlines()
    assert said[0].startswith(f"::{level} title=one%2C check::{outcome}: 90 of 100")
    defect = "error" if outcome == "FAIL" else "warning"
    assert said[1].startswith(f"::{defect} title=string-as-container on one::")
    assert ("::error" in "".join(said)) == (outcome == "FAIL")
    page = str(github.render(run, summary))
    assert f"**{outcome}**: `one` against `two`" in page
    assert "90 of 100 pairs agree" in page


def test_the_baselines_own_defects_are_no_news() -> None:
    run = a_run("x", targets=2)
    summary = {**summary_of(run), "check": decided("PASS", "0 x")}
    said = announcement(report_format("github"), run, summary)
    assert "on 0 x" in said
    assert "on 1 x" not in said


def test_an_interrupted_check_says_how_to_go_on() -> None:
    _, summary = a_check(None)
    shown = plain(lambda width: check_view(summary, width=width))
    assert shown.startswith("NO DECISION  Not decided whether one may replace two: interrupted.\n")
    assert "--resume" in shown


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_names_are_inert(text: str) -> None:
    run, summary = a_check("FAIL", text)
    shown = plain(lambda width: check_view(summary, width=width))
    page = str(report_format("github").render(run, summary))
    said = announcement(report_format("github"), run, summary)
    for made in (shown, page, said):
        assert not {"\x1b", "\x00", "\x07", "\u202e"} & set(made)
    assert all(line.startswith("::error title=") for line in said.splitlines())


@pytest.mark.parametrize(
    ("rate", "defects", "claim"),
    [
        ("yes", "no", "one may not replace two: 1 of 3 calls fails, mostly string-as-container."),
        ("yes", "yes", "one may not replace two: 1 of 3 calls fails, mostly string-as-container."),
        ("open", "yes", "one may not replace two: it has a new defect."),
    ],
)
def test_the_claim_is_that_of_the_question_that_was_answered(
    rate: str, defects: str, claim: str
) -> None:
    run, summary = a_check("FAIL")
    words = {"yes": "It is.", "no": "It isn't.", "open": "Who knows."}
    for question, answer in (("rate", rate), ("defects", defects)):
        summary["check"][question] = {"answer": answer, "words": f"{question}: {words[answer]}"}
    summary["check"]["suspects"] = ["success rate"] if rate == "yes" else []
    summary["conclusion"] = conclude(run, summary)
    shown = plain(lambda width: check_view(summary, width=width))
    assert shown.startswith(f"FAIL  {claim}\n")
    assert f"  rate: {words[rate]}\n  defects: {words[defects]}\n" in shown


@pytest.mark.parametrize(("cases", "more"), [(60, True), (300, False)])
def test_what_few_cases_did_not_decide_may_be_asked_with_more(cases: int, more: bool) -> None:
    summary = {
        "check": {"outcome": "INCONCLUSIVE", "folder": "c"},
        "targets": [{"target": "a", "defects": {}}],
        "settings": {"cases": cases},
    }
    steps = list(next_steps(summary))
    assert any("--cases 300" in step for step in steps) == more
    assert steps[-1] == "toolfuzz report c --report html"
