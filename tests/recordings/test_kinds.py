"""Files of recordings, known by their content: whole, from a pipe, torn."""

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}}
REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": "weather?"}],
    "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}],
}
WRONG, RIGHT = '{"days":"3"}', '{"days":3}'


def reply(arguments: str) -> dict[str, Any]:
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": arguments},
    }
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return {"id": "x", "object": "chat.completion", "model": "m", "choices": [choice]}


def exchange(arguments: str) -> dict[str, Any]:
    return {"request": REQUEST, "response": {"body": reply(arguments)}}


def har_entry(arguments: str, **content: Any) -> dict[str, Any]:
    text = json.dumps(reply(arguments))
    request = {
        "method": "POST",
        "url": "https://host.invalid/v1/chat/completions?x=1",
        "postData": {"mimeType": "application/json", "text": json.dumps(REQUEST)},
    }
    return {"request": request, "response": {"status": 200, "content": {"text": text, **content}}}


def har(*entries: dict[str, Any]) -> dict[str, Any]:
    page = {
        "request": {"method": "GET", "url": "https://host.invalid/"},
        "response": {"status": 200, "content": {}},
    }
    return {"log": {"version": "1.2", "creator": {}, "entries": [page, *entries]}}


def span(arguments: str) -> dict[str, Any]:
    call = {"type": "tool_call", "name": "get_weather", "arguments": arguments}
    told = {
        "gen_ai.input.messages": [{"role": "user", "content": "weather?"}],
        "gen_ai.output.messages": [{"role": "assistant", "parts": [call]}],
        "gen_ai.tool.definitions": [{"name": "get_weather", "parameters": SCHEMA}],
    }
    texts = {key: {"stringValue": json.dumps(value)} for key, value in told.items()}
    return {"attributes": [{"key": key, "value": value} for key, value in texts.items()]}


def otlp(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"scope": {}, "spans": spans}]}]}


BOTH = (WRONG, RIGHT)
FILES = {
    "lines": "\n\n".join(json.dumps(exchange(one)) for one in BOTH),
    "a list": json.dumps([exchange(one) for one in BOTH]),
    "a list over lines": json.dumps([exchange(one) for one in BOTH], indent=1),
    "objects over lines": "\n".join(json.dumps(exchange(one), indent=2) for one in BOTH),
    "har": json.dumps(har(*map(har_entry, BOTH))),
    "otlp": "\n".join(json.dumps(otlp(span(one))) for one in BOTH),
    "otlp over lines": json.dumps(otlp(*map(span, BOTH)), indent=1),
    "har over lines": "\ufeff" + json.dumps(har(*map(har_entry, BOTH)), indent=2),
}


def statuses(path: Path) -> list[str]:
    found = judge_file(path, Policy())
    return [one.reason if isinstance(one, BadEntry) else one.judgement.status for one in found]


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_is_known_by_its_content(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_text(FILES[kind])
    assert statuses(path) == ["fail", "pass"]


@pytest.mark.parametrize("kind", FILES)
def test_from_a_pipe_that_is_written_bit_by_bit(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(io.RawIOBase):
        left = FILES[kind].encode()

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            piece, self.left = self.left[:7], self.left[7:]
            buffer[: len(piece)] = piece
            return len(piece)

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Slow(), 7)))
    assert statuses(Path("-")) == ["fail", "pass"]


@pytest.mark.parametrize("kind", FILES)
def test_of_half_a_file_the_first_half_is_judged(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_text(FILES[kind])
    os.truncate(path, path.stat().st_size - 60)
    first, torn = statuses(path)
    assert first == "fail"
    assert "not JSON" in torn or "broken after entry" in torn


def test_an_entry_that_was_not_recorded_whole_spoils_itself(tmp_path: Path) -> None:
    entry = har_entry(RIGHT)
    del entry["response"]["content"]["text"]
    path = tmp_path / "given"
    path.write_text(json.dumps(har(entry, har_entry(RIGHT, encoding="base64"), har_entry(RIGHT))))
    lost, garbled, right = judge_file(path, Policy())
    assert lost == BadEntry(2, "the response's body is empty or was not recorded")
    assert garbled == BadEntry(3, "the response's body is not base64")
    assert isinstance(right, Judged) and right.recorded.id == "4"
