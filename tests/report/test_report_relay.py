"""A trial's reports: where what was changed, how often, and what of it is known."""

import re
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from report_run import HOSTILE
from test_report_html import Page

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, Expectation, JsonObject, Message, Turn
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    RunFinished,
    RunStarted,
    UpstreamAnswered,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.verdict import Finding, Status, Verdict
from toolfuzz.report.console import plain
from toolfuzz.report.formats import announcement, report_format
from toolfuzz.report.relay.terminal import trial_view

KNOWN = "relay-schema-dropped:enum"


def a_trial(text: str = "plain", accepted: dict[str, str] | None = None) -> RunData:
    """Two doors; each case is asked plain and streamed, and the streams lose an enum at one door.

    At the other every reply has another text, ``text``.
    """
    doors = [Target(f"{front} · {text}", text, text, front, "both") for front in ("chat", "other")]
    settings = {"seed": 0, "trial": {"subject": text, "accepted": accepted or {}}}
    case = Case("drawn", "echo", (), (), (Turn((Message("user", text),), Expectation("no_call")),))
    events: list[Event] = [RunStarted(1_763_856_000.0, "0.1.0", tuple(doors), settings)]
    events.append(CaseDrawn(case))
    attempt = Attempt(0.0, 1.0, 1.0, 200, {}, ())
    for n, door in enumerate(doors):
        for stream in (False, True):
            other = Exchange(case.id, 0, door.name, 0, stream, {}, (attempt,))
            events.append(UpstreamAnswered("gemini", other))
            found: tuple[Finding, ...] = ()
            if n == 0 and stream:
                found = (relay("relay-schema-dropped", "enum", ["a"], None),)
            elif n == 1:
                found = (relay("relay-text-changed", text, text, f"{text}!"),)
            status: Status = "fail" if found else "pass"
            events.append(VerdictReached(Verdict(case.id, door.name, 0, stream, status, found)))
    return collect([*events, RunFinished(1_763_856_009.0)])


def relay(slug: str, kind: str, given: Any, arrived: Any) -> Finding:
    return Finding(slug, "error", "relay", f"there: {kind}", shape=kind, expected=given,
                   actual=arrived)  # fmt: skip


def summary_of(run: RunData) -> JsonObject:
    return {**summarize(run), "folder": "reports/x"}


def made(name: str, run: RunData) -> str:
    summary = summary_of(run)
    form = report_format(name)
    text = form.render(run, summary)
    return (text.decode() if isinstance(text, bytes) else "".join(text)) + announcement(
        form, run, summary
    )


def test_the_figures_are_of_paths_and_causes() -> None:
    trial = summarize(a_trial(accepted={KNOWN: "https://x.example/1"}))["trial"]
    assert [(p["front"], p["upstream"], p["stream"], p["passed"]) for p in trial["paths"]] == [
        ("chat", "gemini", False, 1),
        ("chat", "gemini", True, 0),
        ("other", "gemini", False, 0),
        ("other", "gemini", True, 0),
    ]
    shown = {cause["cause"]: (cause["shown"], cause["accepted"]) for cause in trial["causes"]}
    assert shown == {
        "relay-text-changed:plain": ([0, 0, 1, 1], None),
        KNOWN: ([0, 1, 0, 0], "https://x.example/1"),
    }


def test_junit_has_a_test_case_for_each_path_and_cause() -> None:
    root = Xml.fromstring(made("junit", a_trial(accepted={KNOWN: ""})))
    told = {
        (suite.get("name", "").rpartition(": ")[2], case.get("name")): [e.tag for e in case]
        for suite in root
        for case in suite
        if case.get("name") != "answers"
    }
    assert told == {
        ("chat · plain → gemini, plain", KNOWN): [],
        ("chat · plain → gemini, plain", "relay-text-changed:plain"): [],
        ("chat · plain → gemini, streamed", KNOWN): ["skipped"],
        ("chat · plain → gemini, streamed", "relay-text-changed:plain"): [],
        ("other · plain → gemini, plain", KNOWN): [],
        ("other · plain → gemini, plain", "relay-text-changed:plain"): ["failure"],
        ("other · plain → gemini, streamed", KNOWN): [],
        ("other · plain → gemini, streamed", "relay-text-changed:plain"): ["failure"],
    }
    assert (root.get("failures"), root.get("skipped")) == ("2", "1")


def test_all_of_them_say_what_is_new() -> None:
    run = a_trial(accepted={KNOWN: "https://x.example/1"})
    shown = plain(lambda width: trial_view(summary_of(run)))
    assert "2 causes of failure, 1 of them new" in shown
    assert re.search(r"chat · plain → gemini +1 of 1 +0 of 1 +1", shown)
    for text in (shown, made("html", run), made("markdown", run)):
        assert "2 causes of failure, 1 of them new" in text
        assert "https://x.example/1" in text
    lines = made("github", run).splitlines()
    assert sum(line.startswith("::error") for line in lines) == 1
    assert sum(line.startswith("::notice") for line in lines) == 1


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    run = a_trial(text)
    page = Page(made("html", run))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(tag in ("img", "a") and "x.example" in str(attrs) for tag, attrs in page.tags)
    Xml.fromstring(made("junit", run))
    for shown in (plain(lambda width: trial_view(summary_of(run))), made("markdown", run)):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)
    assert not re.search(r"^(# heading|::error::)", made("markdown", run), re.M)
