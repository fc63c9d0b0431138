from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from report_run import HOSTILE, a_run, summary_of

from toolfuzz.analyze.load import collect
from toolfuzz.core.events import CaseDrawn, RunFinished, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.report.formats import junit


def gated(outcome: str, *, settled: str | None = None, target: str = "plain") -> dict[str, Any]:
    gate = {
        "target": target,
        "name": "success at least 98.0%",
        "outcome": outcome,
        "settled": settled or outcome,
        "reason": f"{outcome}: 2 of 3 judged calls passed",
    }
    return {"gates": [gate]}


def read(text: str = "plain", more: dict[str, Any] | None = None, **options: object) -> JUnitXml:
    run = a_run(text, **options)  # type: ignore[arg-type]
    return JUnitXml.fromstring(junit.render(run, {**summary_of(run), **(more or {})}))


def results(suite: Any) -> dict[str, list[str]]:
    return {case.name: [type(result).__name__ for result in case.result] for case in suite}


def test_without_a_gate_nothing_fails() -> None:
    """What the model did wrong stands in it, but the command ended with 0."""
    xml = read(targets=2)
    assert [suite.name for suite in xml] == ["0 plain", "1 plain"]
    for suite in xml:
        assert results(suite) == {"answers": [], "tool: (generated tools)": []}
        assert (suite.tests, suite.failures, suite.errors) == (2, 0, 0)
        assert {case.classname for case in suite} == {suite.name}
    assert (xml.tests, xml.failures, xml.errors) == (4, 0, 0)


def test_a_gate_that_failed_fails_and_so_do_the_tools_that_did() -> None:
    xml = read(targets=2, more=gated("FAIL", target="0 plain"))
    failed, other = (results(suite) for suite in xml)
    assert failed == {
        "success at least 98.0%": ["Failure"],
        "answers": [],
        "tool: (generated tools)": ["Failure"],
    }
    assert other == {"answers": [], "tool: (generated tools)": []}
    assert (xml.failures, xml.errors) == (2, 0)
    tool = next(case for case in next(iter(xml)) if case.name.startswith("tool")).result[0]
    assert tool.type == "string-as-container"
    assert tool.message == (
        "1 of 3 judged calls failed, 1 could not be judged: string-as-container 1"
    )
    assert 'expected {"plain": "plain"}, got ["plain"]' in tool.text


@pytest.mark.parametrize(
    ("outcome", "settled", "result"),
    [
        ("PASS", "PASS", []),
        ("INCONCLUSIVE", "INCONCLUSIVE", ["Error"]),
        ("INCONCLUSIVE", "PASS", ["Skipped"]),
        ("INCONCLUSIVE", "FAIL", ["Failure"]),
    ],
)
def test_what_was_not_decided_is_what_the_command_made_of_it(
    outcome: str, settled: str, result: list[str]
) -> None:
    [suite] = read(more=gated(outcome, settled=settled))
    assert results(suite)["success at least 98.0%"] == result


ANSWERS = {"yes": "FAIL", "no": "PASS", "open": "INCONCLUSIVE"}


@pytest.mark.parametrize("rate", ANSWERS)
@pytest.mark.parametrize("defects", ANSWERS)
def test_a_checks_questions_are_gates(rate: str, defects: str) -> None:
    given = {rate, defects}
    outcome = "FAIL" if "yes" in given else "PASS" if given == {"no"} else "INCONCLUSIVE"
    check = {
        "outcome": outcome,
        "candidate": "0 plain",
        "baseline": "1 plain",
        "reason": "x",
        "rate": {"answer": rate, "words": "The rate …"},
        "defects": {"answer": defects, "words": "No defect …"},
    }
    xml = read(targets=2, more={"check": check})
    candidate, baseline = (results(suite) for suite in xml)
    assert baseline == {"answers": [], "tool: (generated tools)": []}
    assert list(candidate)[:2] == ["check: as good as 1 plain", "check: no new defect"]
    assert bool(xml.failures) == (outcome == "FAIL")
    assert bool(xml.errors) == (outcome == "INCONCLUSIVE")


def test_a_test_case_is_a_tool_of_the_users_own() -> None:
    run = a_run()
    own = [CaseDrawn(replace(case, origin="tools:mine.json")) for case in run.cases.values()]
    said = map(VerdictReached, run.verdicts)
    run = collect([run.started, *own, *said, RunFinished(1.0, "done")])
    [suite] = JUnitXml.fromstring(junit.render(run, summary_of(run)))
    assert list(results(suite)) == ["answers", *(f"tool: tool_{n}" for n in range(4))]


def test_defects_that_are_as_common_stand_by_name() -> None:
    """The same file each time that a report is written."""
    run, slugs = a_run(), "hgfedcba"
    failing = next(verdict for verdict in run.verdicts if verdict.status == "fail")
    findings = tuple(replace(failing.findings[0], slug=slug) for slug in slugs)
    many = VerdictReached(replace(failing, findings=findings))
    run = collect([run.started, *map(CaseDrawn, run.cases.values()), many])
    text = junit.render(run, summary_of(run))
    assert f": {', '.join(f'{slug} 1' for slug in sorted(slugs))}".encode() in text


def test_features_and_defects_are_properties() -> None:
    [suite] = read()
    facts = {p.name: p.value for p in suite.properties()}
    assert facts["defect string-as-container"] == "1 of 3 judged calls"
    assert facts["feature fine"].startswith("100.0% (95% interval")
    assert facts["feature fine"].endswith("of 1 judged call")


def test_answers_that_did_not_come_are_errors() -> None:
    [suite] = read(given_up="HTTP 402")
    assert results(suite)["answers"] == ["Skipped"], "what was answered was measured"
    run = a_run()
    cut = replace(run, finished=RunFinished(1.0, "interrupted"))
    [suite] = JUnitXml.fromstring(junit.render(cut, summary_of(cut)))
    assert results(suite)["answers"] == ["Error"]


def test_simulated_targets_are_marked() -> None:
    [suite] = read(kind="simulated")
    assert suite.name == "plain (simulated)"
    assert {p.name: p.value for p in suite.properties()}["kind"] == "simulated"


@settings(deadline=None)
@given(st.sampled_from(HOSTILE) | st.text(st.characters(codec=None), max_size=40))
def test_hostile_text_leaves_well_formed_xml(text: str) -> None:
    run = a_run(text)
    xml = Xml.fromstring(junit.render(run, {**summary_of(run), **gated("FAIL", target=text)}))
    assert len(xml.findall("testsuite/testcase")) == 3
    assert {element.tag for element in xml.iter()} == {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure",
    }  # fmt: skip


def test_a_run_that_judged_nothing_has_no_answers() -> None:
    run = collect([RunStarted(0.0, "0.1.0", (Target("a", "x", "a", "openai-chat"),))])
    [suite] = JUnitXml.fromstring(junit.render(run, summary_of(run)))
    assert results(suite) == {"answers": ["Error"]}
    assert {p.name: p.value for p in suite.properties()}["success"] == "nothing judged"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_xml_cannot_hold_is_spelled_out(text: str) -> None:
    run = a_run(text)
    body = junit.render(run, summary_of(run)).decode()
    assert not set(body) & set("\x00\x07\x1b\ufffe\uffff\u202e")
