"""A run's replies through the SDKs: a bounded sample, counted by what users get."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from made_up import TARGETS, case, verdict

from toolfuzz.analyze import recordings
from toolfuzz.analyze.ledger import Ledger
from toolfuzz.analyze.load import collect, run_of
from toolfuzz.analyze.recordings import Recordings
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.glance import known
from toolfuzz.report.notes import notes


def body(name: str, arguments: str) -> bytes:
    function = {"name": name, "arguments": arguments}
    message = {
        "role": "assistant",
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }
    return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()


def events(
    wanted: int, arguments: str, status: str, request: JsonObject | None = None
) -> Iterator[Event]:
    """Questions about different cases that all got these arguments."""
    for number in range(1, wanted + 1):
        asked = case(number)
        data = body(f"tool_{number}", arguments.replace("RIGHT", "x" * number))
        attempt = Attempt(0.0, 1.0, 2.0, 200, {"content-type": "application/json"}, ((1.0, data),))
        yield CaseDrawn(asked)
        yield ExchangeRecorded(
            Exchange(asked.id, 0, "sim/clean", 0, False, request or {}, (attempt,))
        )
        yield VerdictReached(verdict(asked, status))


def replayed(*of: Event) -> list[dict[str, object]]:
    recordings = Recordings()
    started = RunStarted(0.0, "0", TARGETS, {})
    for event in of:
        recordings.take(event)
    return recordings.clients(collect([started, *of])).get("sim/clean", [])


def test_failing_replies_are_counted_by_what_users_get() -> None:
    (entry,) = replayed(*events(4, '{"a":"other"}', "fail"))
    assert (entry["failing"], entry["different"], entry["same"]) == (4, 4, 0)
    (entry,) = replayed(*events(3, '{"a":}', "fail"))
    assert (entry["exception"], entry["exceptions"]) == (3, {"JSONDecodeError": 3})
    (entry,) = replayed(*events(2, '{"a":"RIGHT"}', "fail"))
    assert entry["same"] == 2
    assert str(entry["client"]).startswith("openai ")


def test_a_sample_is_the_same_in_whatever_order_replies_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As from several workers. Every other reply comes out right, so the samples tell."""
    monkeypatch.setattr(recordings, "MOST_FAILING", 10)
    odd, even = (list(events(20, text, "fail")) for text in ('{"a":"RIGHT"}', '{"a":"other"}'))
    asked = [(odd if number % 2 else even)[3 * number : 3 * number + 3] for number in range(20)]
    one = replayed(*(event for question in asked for event in question))
    other = replayed(*(event for question in reversed(asked) for event in question))
    assert one == other and one[0]["failing"] == 10
    assert 0 < one[0]["same"] < 10  # type: ignore[operator]


def test_passing_replies_are_read_as_well() -> None:
    (entry,) = replayed(*events(5, '{"a":"RIGHT"}', "pass"))
    assert (entry["failing"], entry["passing"], entry["passing_same"]) == (0, 5, 5)
    (entry,) = replayed(*events(5, '{"a":"other"}', "pass"))
    assert (entry["passing"], entry["passing_same"]) == (5, 0)


def test_a_text_that_ends_inside_its_call_has_no_right_one() -> None:
    request: JsonObject = {"parser": "p", "content": "", "cut": "arguments"}
    assert replayed(*events(3, '{"a":"x', "pass", request)) == []


def test_the_sample_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(recordings, "MOST_FAILING", 5)
    (entry,) = replayed(*events(30, '{"a":"other"}', "fail"))
    assert entry["failing"] == 5
    monkeypatch.setattr(recordings, "MOST_BYTES", 10)
    assert replayed(*events(3, '{"a":"other"}', "fail")) == []


def test_what_was_not_read_is_counted_too(monkeypatch) -> None:
    monkeypatch.setattr(recordings, "MOST_FAILING", 24)
    monkeypatch.setattr(recordings, "LEAST", 1)
    (entry,) = replayed(*events(30, '{"a":"other"}', "fail"))
    assert (entry["failing"], entry["failed"]) == (24, 30)
    (line,) = [str(line) for line in notes({"targets": [], "clients": {"t": [entry]}})][1:]
    assert "hides 24 of the 24 failures that were read, of 30" in line


def test_targets_share_the_number_of_replies(monkeypatch) -> None:
    monkeypatch.setattr(recordings, "MOST_FAILING", 8)
    monkeypatch.setattr(recordings, "LEAST", 1)
    of: list[Event] = []
    for number, target in enumerate(TARGETS):
        for event in list(events(10, '{"a":"other"}', "fail")):
            if isinstance(event, ExchangeRecorded):
                exchange = replace(event.exchange, target=target.name)
                event = ExchangeRecorded(exchange)
            elif isinstance(event, VerdictReached):
                event = VerdictReached(replace(event.verdict, target=target.name))
            if number == 0 or not isinstance(event, CaseDrawn):
                of.append(event)
    kept = Recordings()
    for event in of:
        kept.take(event)
    found = kept.clients(collect([RunStarted(0.0, "0", TARGETS, {}), *of]))
    assert {name: entries[0]["failing"] for name, entries in found.items()} == {
        target.name: 8 // len(TARGETS) for target in TARGETS
    }


def test_of_a_run_that_is_gone_on_with_few_replies_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recordings, "MOST_FAILING", 3)
    monkeypatch.setattr(recordings, "MOST_PASSING", 2)
    of = [RunStarted(0.0, "0", TARGETS, {}), *events(200, '{"a":"other"}', "fail")]
    told, ledger, read = Recordings(), Ledger(), list[int]()
    for place, event in enumerate(of):
        told.take(event)
        ledger.take(known(event), place)

    def reading(place: int) -> Event:
        read.append(place)
        return of[place]

    looked = Recordings()
    looked.look_back(run_of(ledger, reading, keep_exchanges=True))
    assert 3 <= len(read) < 40
    assert len({*read}) == len(read)
    run = collect(of)
    assert looked.clients(run) == told.clients(run) != {}


def test_right_replies_that_an_sdk_spoils_are_told() -> None:
    client = {"client": "openai 9", "failing": 0, "passing": 60, "passing_same": 0, "passed": 60}
    spoiled = notes({"targets": [], "clients": {"acme/one": [client]}})
    assert [str(line) for line in spoiled][1:] == [
        "acme/one: openai 9 gets other calls from 60 of 60 right replies"
    ]
    fine = client | {"passing_same": 60}
    assert notes({"targets": [], "clients": {"acme/one": [fine]}}) == []


def test_the_terminal_says_what_is_hidden() -> None:
    entry = {"client": "openai 3.54.0", "failing": 31, "same": 10, "different": 11, "nothing": 1}
    clients = {"acme/one": [entry | {"exception": 9}]}
    lines = [str(line) for line in notes({"targets": [], "clients": clients})]
    assert lines[1:] == [
        "acme/one: openai 3.54.0 hides 12 of 31 failures (another call or none, silently), "
        "10 come out right, 9 raise"
    ]
