"""Lines that are only glanced at say what the events say, and nothing passes that they refuse."""

import json
from dataclasses import replace

import pytest
from broken_files import mutant

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunStarted,
    UpstreamAnswered,
    VerdictReached,
    event_from_json,
    event_to_line,
)
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.glance import CaseGlance, glance_at, known
from toolfuzz.core.verdict import Finding, Metrics, Scenario, Verdict
from toolfuzz.generate import draw_cases

CASES = list(draw_cases(6, seed=5))
WORLD = replace(CASES[0], world={"pair": 7, "user": {"patience": 3}})
EXCHANGE = Exchange(
    CASES[0].id, 2, "a/b", 1, True, {"model": "x"},
    (
        Attempt(1.0, 2.0, 3.0, 500, {}, ()),
        Attempt(4.0, None, 3.0, 200, {"server": "é"}, ((1.5, b"\xff"),)),
    ),
)  # fmt: skip
FOUND = Finding("no-call", "error", "structure", "none came", 0, "/a", "/b", "object", [1], {}, 2)
SCENARIO = Scenario("plan", 7, "p", False, "fail", checks=3)
VERDICT = Verdict(
    "c", "t", -3, True, "fail", (FOUND,), "why\u2028", "s",
    Metrics(1.5, None, 2, 0, 10**30), SCENARIO,
)  # fmt: skip
EVENTS: list[Event] = [
    *map(CaseDrawn, [*CASES, WORLD]),
    ExchangeRecorded(EXCHANGE),
    UpstreamAnswered("anthropic-messages", EXCHANGE),
    VerdictReached(VERDICT),
    VerdictReached(Verdict("c", "t", 0, False, "pass")),
]


@pytest.mark.parametrize("number", range(len(EVENTS)))
def test_a_line_says_what_its_event_says(number: int) -> None:
    event = EVENTS[number]
    line = event_to_line(event)
    assert (glance_at(line) or known(event_from_json(json.loads(line)))) == known(event)
    assert isinstance(event, ExchangeRecorded | UpstreamAnswered) or glance_at(line) is not None


def test_an_event_of_which_all_is_needed_is_no_glance() -> None:
    started = RunStarted(1.0, "0", ())
    assert glance_at(event_to_line(started)) is None
    assert known(started) is started


@pytest.mark.parametrize("kind", ["journal", "judged journal"])
def test_what_the_events_refuse_is_not_glanced_at(kind: str) -> None:
    seen = 0
    for number in range(80):
        for line in mutant(kind, number).splitlines(keepends=True):
            found = glance_at(line)
            if found is None:
                continue
            seen += 1
            try:
                whole = known(event_from_json(json.loads(line.decode())))
            except (ValueError, UsageError, RecursionError) as error:
                pytest.fail(f"{kind} {number}: {error}: {line[:200]!r}")
            if isinstance(whole, CaseGlance):
                whole.size = found.size  # type: ignore[union-attr]
            assert found == whole
    assert seen > 100
