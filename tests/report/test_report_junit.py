from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml
from report_run import HOSTILE, a_run, summary_of

from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Target
from toolfuzz.report.formats import junit


def read(text: str = "plain", **options: object) -> JUnitXml:
    run = a_run(text, **options)  # type: ignore[arg-type]
    return JUnitXml.fromstring(junit.render(run, summary_of(run)))


def test_a_case_per_target_and_feature() -> None:
    xml = read(targets=2)
    assert [suite.name for suite in xml] == ["0 plain", "1 plain"]
    for suite in xml:
        results = {case.name: case.result for case in suite}
        assert results.keys() == {"fine", "shared", "plain", "lost"}
        assert results["fine"] == []
        [failure] = results["shared"]
        assert isinstance(failure, Failure) and failure.type == "string-as-container"
        assert "1 of 2 judged calls failed: string-as-container 1" in failure.message
        [error] = results["lost"]
        assert isinstance(error, Error) and "1 of 1 calls could not be judged" in error.message
        assert (suite.tests, suite.failures, suite.errors) == (4, 2, 1)
        assert {case.classname for case in suite} == {suite.name}
    assert (xml.tests, xml.failures, xml.errors) == (8, 4, 2)


def test_the_failure_shows_what_was_expected() -> None:
    [suite] = read()
    text = next(case for case in suite if case.name == "shared").result[0].text
    assert 'expected {"plain": "plain"}, got ["plain"]' in text


def test_simulated_targets_are_marked() -> None:
    [suite] = read(kind="simulated")
    assert suite.name == "plain (simulated)"
    assert {p.name: p.value for p in suite.properties()}["kind"] == "simulated"


@settings(deadline=None)
@given(st.sampled_from(HOSTILE) | st.text(st.characters(codec=None), max_size=40))
def test_hostile_text_leaves_well_formed_xml(text: str) -> None:
    run = a_run(text)
    xml = Xml.fromstring(junit.render(run, summary_of(run)))
    assert len(xml.findall("testsuite/testcase")) == 4
    assert {element.tag for element in xml.iter()} == {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure", "error",
    }  # fmt: skip


def test_a_run_that_judged_nothing_is_an_empty_suite() -> None:
    from toolfuzz.analyze.load import collect

    run = collect([RunStarted(0.0, "0.1.0", (Target("a", "x", "a", "openai-chat"),))])
    [suite] = JUnitXml.fromstring(junit.render(run, summary_of(run)))
    assert suite.tests == 0
    assert {p.name: p.value for p in suite.properties()}["success"] == "nothing judged"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_xml_cannot_hold_is_spelled_out(text: str) -> None:
    run = a_run(text)
    body = junit.render(run, summary_of(run)).decode()
    assert not set(body) & set("\x00\x07\x1b\ufffe\uffff\u202e")
