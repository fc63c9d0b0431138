"""The journal's lines are written by the union that reads them, whatever a model sent."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.core.compact import ascii_only, encode_body
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    TargetGivenUp,
    VerdictReached,
    event_from_json,
    event_to_line,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.verdict import Finding, Verdict

CASE = Case(
    "generated",
    "echo",
    ("object",),
    (Tool("save", "Save it.", {"type": "object", "minimum": 1e300, "maximum": 2**70}),),
    (Turn((Message("user", "n = 9007199254740993 \u2028 é"),), Expectation("no_call")),),
)
TARGET = Target("sim/clean", "sim", "clean", "openai-chat", "both", {"temperature": 0})
ATTEMPT = Attempt(1.5, 2.0, 3.0, 200, {"server": "x"}, ((2.0, b'{"caf\xc3'), (3.0, b'\xa9": 1}')))
NOT_TEXT = Attempt(1.5, None, 3.0, None, {}, ((2.5, b"\xff"), (2.75, b"\xfe")), error="gone")


def verdict(actual: object) -> VerdictReached:
    found = Finding("value-changed", "error", "values", "differs", 0, "/n", actual=actual)
    return VerdictReached(Verdict(CASE.id, TARGET.name, 0, True, "fail", (found,)))


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


EVENTS: list[Event] = [
    RunStarted(1.0, "0.1.0", (TARGET,), {"cases": 1, "access": {"params": {"a": [1, None]}}}),
    CaseSkipped("save", "/properties/n", "no value fits"),
    CaseDrawn(CASE),
    ExchangeRecorded(
        Exchange(CASE.id, 0, TARGET.name, 0, True, {"m": "\u2028"}, (NOT_TEXT, ATTEMPT))
    ),
    verdict({"a": [1, 2.5, None, "é", 10**30]}),
    verdict("a lone surrogate: \ud800"),
    verdict(deep(400)),
    TargetGivenUp(TARGET.name, "HTTP 402", 25),
    RunFinished(9.0, "endpoint"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_a_line_reads_back_as_what_was_written(event: Event) -> None:
    line = event_to_line(event)
    assert line.isascii() and b"\n" not in line
    assert event_from_json(json.loads(line)) == event


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_a_line_is_what_pydantic_writes(event: Event) -> None:
    kind: Any = type(event)
    writer: TypeAdapter[Any] = TypeAdapter(kind)
    written = json.dumps(json.loads(event_to_line(event)))
    assert written == json.dumps(writer.dump_python(event))


def test_what_is_not_ascii_is_escaped_as_pydantic_does() -> None:
    text = "".join(map(chr, range(0x250))) + "\u2028\ud7ff\uffff\U0001f600e\u0301"
    line = event_to_line(CaseSkipped(text, "", ""))
    assert ascii_only(json.dumps(text, ensure_ascii=False).encode()) in line


@pytest.mark.parametrize("text", ["plain", "caf\u00e9 \U0001f600", "\ud83d"])
def test_what_was_sent_is_written_as_it_is(text: str) -> None:
    """The last is half a character, which a request can only escape."""
    exchange = Exchange("c", 0, "sim/clean", 0, False, {"text": text, "n": 1.5}, (ATTEMPT,))
    written, sent = (ExchangeRecorded(exchange, by) for by in (None, encode_body(exchange.request)))
    line = event_to_line(sent)
    assert line.isascii() and written == sent
    assert json.loads(line) == json.loads(event_to_line(written))
    assert event_from_json(json.loads(line)) == written


def test_a_line_is_flat_and_begins_with_what_it_is() -> None:
    lines = [json.loads(event_to_line(event)) for event in EVENTS]
    assert [next(iter(line)) for line in lines] == ["event"] * len(lines)
    assert lines[2]["id"] == CASE.id and lines[2]["turns"][0]["expect"]["kind"] == "no_call"
    assert lines[3]["case_id"] == CASE.id and lines[3]["attempts"][1]["body"] == '{"café": 1}'
    assert lines[4]["findings"][0]["slug"] == "value-changed"


def test_a_number_that_json_lacks_does_not_spoil_the_line() -> None:
    line = event_to_line(verdict(float("nan")))
    assert b"NaN" not in line and event_from_json(json.loads(line))


def test_a_journal_of_before_is_read() -> None:
    """``dialect`` was the word for the wire format; newer keys were missing."""
    target = {"name": "m", "endpoint": "e", "model": "m", "dialect": "openai-chat"}
    read = event_from_json(
        {
            "event": "run-started",
            "format_version": 1,
            "started": 1,
            "version": "0",
            "targets": [target],
        }
    )
    assert isinstance(read, RunStarted)
    assert (read.targets[0].format, read.targets[0].stream, read.settings) == (
        "openai-chat",
        "plain",
        {},
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"event": "party"}, "unknown journal event 'party'"),
        ({"event": "run-started", "format_version": 2, "targets": []}, "another version"),
        ({"event": "case-drawn", "origin": "x"}, "a broken case-drawn line: case.probe: Field"),
        ({"event": "exchange-recorded", "attempts": 3}, "a broken exchange-recorded line"),
        ({"event": "target-given-up", "target": "m"}, "reason: Field required"),
        ({}, "event"),
        ([], "not an event of a journal"),
    ],
)
def test_what_no_version_wrote_is_refused_with_the_field(line: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        event_from_json(line)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["respelled", "twin"])
def test_a_respelled_case_names_its_original_also_under_the_old_word(kind: str) -> None:
    line = json.loads(event_to_line(CaseDrawn(CASE)))
    read = event_from_json({**line, "origin": f"{kind}:inlined:{CASE.id}"})
    assert isinstance(read, CaseDrawn)
    assert read.case.respelled_from == ("inlined", CASE.id)
    assert CASE.respelled_from is None
