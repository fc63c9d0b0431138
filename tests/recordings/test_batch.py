"""Results of batches: as Llama Stack 0.7.3 wrote them, and as the services document theirs."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.core.errors import UsageError
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

FILES = Path(__file__).parents[1] / "data/recordings"
RESULTS, REQUESTS = FILES / "batch.jsonl", FILES / "batch-requests.jsonl"
SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
ASKED = [{"role": "user", "content": "weather?"}]
WRONG = {"days": "3"}


def judged(path: Path, requests: Path | None = None) -> list[Judged | BadEntry]:
    return list(judge_file(path, Policy(), requests=requests))


def slugs(one: Judged | BadEntry) -> list[str]:
    assert isinstance(one, Judged)
    return [f.slug for f in one.judgement.findings if f.severity == "error"]


def written(tmp_path: Path, name: str, *lines: Any) -> Path:
    path = tmp_path / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_what_llama_stack_wrote() -> None:
    first, second, failed = judged(RESULTS, REQUESTS)
    for one in (first, second):
        assert isinstance(one, Judged)
        assert one.recorded.case.tools[0].parameters["required"]
        assert (one.judgement.status, one.recorded.note, one.recorded.rebuilt_from) == (
            "pass", "", "",
        )  # fmt: skip
    assert isinstance(failed, BadEntry)
    assert failed.reason.startswith("wall-3: no reply: 1 validation error")


def test_without_the_requests_it_is_said_once() -> None:
    done = CliRunner().invoke(cli, ["judge", str(RESULTS)])
    assert done.exit_code == 0
    first, *_ = done.stderr.splitlines()
    assert first.startswith(f"{RESULTS}:1: the request isn't known, nor the tools on offer")
    assert done.stderr.count("the request isn't known") == 2
    assert "2 of these: the request isn't known" in done.stderr


def chat(arguments: str) -> dict[str, Any]:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choices = [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    return {"id": "x", "object": "chat.completion", "model": "m", "choices": choices}


FUNCTION = {"name": "f", "parameters": SCHEMA}
CHAT = {"messages": ASKED, "tools": [{"type": "function", "function": FUNCTION}]}
ITEM = {
    "type": "function_call",
    "id": "i",
    "call_id": "c",
    "name": "f",
    "arguments": '{"days":"3"}',
}
RESPONSE = {"object": "response", "id": "r", "status": "completed", "output": [ITEM]}
USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": WRONG}
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [USE],
    "stop_reason": "tool_use", "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}  # fmt: skip
PART = {"functionCall": {"name": "f", "args": WRONG}}
CANDIDATES = [{"content": {"parts": [PART], "role": "model"}, "finishReason": "STOP"}]
PAIRS = {
    "chat": (
        {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": CHAT},
        {"id": "b", "custom_id": "1", "error": None,
         "response": {"status_code": 200, "request_id": "r", "body": chat('{"days":"3"}')}},
    ),
    "responses": (
        {"custom_id": "1", "method": "POST", "url": "/v1/responses",
         "body": {"input": ASKED, "tools": [{"type": "function", **FUNCTION}]}},
        {"id": "b", "custom_id": "1", "error": None,
         "response": {"status_code": 200, "request_id": "r", "body": RESPONSE}},
    ),
    "anthropic": (
        {"custom_id": "1", "params": {"model": "m", "max_tokens": 9, "messages": ASKED,
                                      "tools": [{"name": "f", "input_schema": SCHEMA}]}},
        {"custom_id": "1", "result": {"type": "succeeded", "message": MESSAGE}},
    ),
    "gemini": (
        {"key": "1", "request": {"contents": [{"role": "user", "parts": [{"text": "weather?"}]}],
                                 "tools": [{"functionDeclarations": [FUNCTION]}]}},
        {"key": "1", "response": {"candidates": CANDIDATES}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PAIRS)
def test_each_services_results(kind: str, tmp_path: Path) -> None:
    """With the requests the schema decides; without them nobody is blamed."""
    request, result = PAIRS[kind]
    results = written(tmp_path, "results", result)
    (found,) = judged(results, written(tmp_path, "requests", request))
    assert slugs(found) == ["number-as-string"]
    (alone,) = judged(results)
    assert slugs(alone) == []


def test_without_the_requests_broken_arguments_are_still_found(tmp_path: Path) -> None:
    _, result = PAIRS["chat"]
    result = {**result, "response": {"status_code": 200, "body": chat('{"days": 3')}}
    (found,) = judged(written(tmp_path, "results", result))
    assert slugs(found) == ["args-truncated"]


def test_a_batch_that_was_created_with_one_body(tmp_path: Path) -> None:
    request, result = PAIRS["anthropic"]
    whole = tmp_path / "body.json"
    whole.write_text(json.dumps({"requests": [request]}, indent=2))
    (found,) = judged(written(tmp_path, "results", result), whole)
    assert slugs(found) == ["number-as-string"]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"custom_id": "1", "result": {"type": "expired"}}, "1: expired"),
        (
            {"custom_id": "1", "result": {"type": "errored", "error": {
                "type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}}},
            "1: errored: Overloaded",
        ),
        (
            {"id": "b", "custom_id": "1", "response": None,
             "error": {"code": "batch_expired", "message": "it expired"}},
            "1: no reply: it expired",
        ),
        ({"custom_id": "1", "response": {"status_code": 400, "body": None}, "error": "too long"},
         "1: no reply: too long"),
        ({"key": "1", "error": {"code": 5, "message": "gone"}}, "1: no reply: gone"),
        ({"custom_id": "2", "response": {"status_code": 200, "body": {}}}, "2: no such request in"),
    ],
)  # fmt: skip
def test_what_got_no_reply_is_named(result: dict[str, Any], told: str, tmp_path: Path) -> None:
    (bad,) = judged(written(tmp_path, "results", result), written(tmp_path, "in", PAIRS["chat"][0]))
    assert isinstance(bad, BadEntry) and bad.reason.startswith(told)


def test_other_endpoints_pass(tmp_path: Path) -> None:
    request = {"custom_id": "1", "url": "/v1/embeddings", "body": {"input": "a"}}
    body = {"object": "list", "data": []}
    result = {"custom_id": "1", "response": {"status_code": 200, "body": body}}
    results = written(tmp_path, "results", result)
    assert judged(results) == judged(results, written(tmp_path, "in", request)) == []


def test_files_that_are_taken_for_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="these are the requests of a batch") as caught:
        judged(REQUESTS)
    assert "--requests" in str(caught.value.hint)
    with pytest.raises(UsageError, match="request 1 is not the request of a batch"):
        judged(RESULTS, RESULTS)
    with pytest.raises(UsageError, match="its requests aren't in another file"):
        judged(FILES / "mitmproxy.har", REQUESTS)
    with pytest.raises(UsageError, match="can't read"):
        judged(RESULTS, tmp_path / "none")
