"""A run's replies through the SDKs: a bounded sample, counted by what users get."""

import json
from collections.abc import Iterator

from made_up import TARGETS, case, verdict

from toolfuzz.analyze import recordings
from toolfuzz.analyze.load import collect
from toolfuzz.analyze.recordings import Recordings
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.report.terminal import notes


def body(name: str, arguments: str) -> bytes:
    function = {"name": name, "arguments": arguments}
    message = {
        "role": "assistant",
        "tool_calls": [{"id": "c", "type": "function", "function": function}],
    }
    return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()


def events(wanted: int, arguments: str, status: str) -> Iterator[Event]:
    """Questions about different cases that all got these arguments."""
    for number in range(1, wanted + 1):
        asked = case(number)
        data = body(f"tool_{number}", arguments.replace("RIGHT", "x" * number))
        attempt = Attempt(0.0, 1.0, 2.0, 200, {"content-type": "application/json"}, ((1.0, data),))
        yield CaseDrawn(asked)
        yield ExchangeRecorded(Exchange(asked.id, 0, "sim/clean", 0, False, {}, (attempt,)))
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


def test_passing_replies_only_stand_beside_failing_ones() -> None:
    passing = list(events(5, '{"a":"RIGHT"}', "pass"))
    assert replayed(*passing) == []
    failing = list(events(9, '{"a":"other"}', "fail"))[5 * 3 :]
    (entry,) = replayed(*passing, *failing)
    assert (entry["failing"], entry["passing"], entry["passing_same"]) == (4, 5, 5)


def test_the_sample_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(recordings, "MOST_FAILING", 5)
    (entry,) = replayed(*events(30, '{"a":"other"}', "fail"))
    assert entry["failing"] == 5
    monkeypatch.setattr(recordings, "MOST_BYTES", 10)
    assert replayed(*events(3, '{"a":"other"}', "fail")) == []


def test_time_is_bounded() -> None:
    recordings = Recordings()
    of = [RunStarted(0.0, "0", TARGETS, {}), *events(30, '{"a":"other"}', "fail")]
    for event in of:
        recordings.take(event)
    (entry,) = recordings.clients(collect(of), seconds=0.0)["sim/clean"]
    assert 1 <= entry["failing"] < 30


def test_the_terminal_says_what_is_hidden() -> None:
    entry = {"client": "openai 3.54.0", "failing": 31, "same": 10, "different": 11, "nothing": 1}
    clients = {"acme/one": [entry | {"exception": 9}]}
    lines = [str(line) for line in notes({"targets": [], "clients": clients})]
    assert lines[1:] == [
        "acme/one: openai 3.54.0 hides 12 of 31 failures (another call or none, silently), "
        "10 come out right, 9 raise"
    ]
