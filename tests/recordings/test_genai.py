"""Spans of calls to models, in the words of each convention that instrumentations write."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.genai import exchange
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

SCHEMA = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
TOOL = {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}
RIGHT, WRONG = '{"days":3}', '{"days":"3"}'
NO_MESSAGES = "the messages of this call were not recorded"


def flat(name: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        f"{name}.{n}.{key}": value for n, one in enumerate(values) for key, value in one.items()
    }


def parts(role: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "parts": [*inner]}


def text(content: str) -> dict[str, Any]:
    return {"type": "text", "content": content}


def call(arguments: Any) -> dict[str, Any]:
    return {"type": "tool_call", "id": "c1", "name": "get_weather", "arguments": arguments}


def messages(arguments: str) -> dict[str, Any]:
    asked = [
        parts("user", text("weather?")),
        parts("assistant", call({"days": 1})),
        parts("tool", {"type": "tool_call_response", "id": "c1", "response": "rain"}),
    ]
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.system_instructions": json.dumps([text("Be exact.")]),
        "gen_ai.input.messages": json.dumps(asked),
        "gen_ai.tool.definitions": json.dumps([{"type": "function", **TOOL}]),
        "gen_ai.output.messages": json.dumps([parts("assistant", call(json.loads(arguments)))]),
    }


def events(arguments: str) -> dict[str, Any]:
    function = {"name": "get_weather", "arguments": arguments}
    said = {"tool_calls": [{"id": "c2", "type": "function", "function": function}]}
    told = [
        {"event.name": "gen_ai.user.message", "content": "weather?"},
        {"event.name": "gen_ai.assistant.message", "role": "assistant", **said},
        {"event.name": "gen_ai.tool.message", "id": "c2", "content": "rain"},
        {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", **said}},
    ]
    offered = {"name": "get_weather", "parameters_json_schema": SCHEMA}
    return {
        "gen_ai.operation.name": "chat",
        "events": json.dumps(told),
        "model_request_parameters": json.dumps({"function_tools": [offered]}),
    }


def openllmetry(arguments: str) -> dict[str, Any]:
    called = {"tool_calls.0.id": "c1", "tool_calls.0.name": "get_weather"}
    asked = [
        {"role": "user", "content": "weather?"},
        {"role": "assistant", **called, "tool_calls.0.arguments": RIGHT},
        {"role": "tool", "content": "rain", "tool_call_id": "c1"},
    ]
    said = {"role": "assistant", **called, "tool_calls.0.arguments": arguments}
    return {
        **flat("gen_ai.prompt", asked),
        **flat("llm.request.functions", [{**TOOL, "parameters": json.dumps(SCHEMA)}]),
        **flat("gen_ai.completion", [said]),
    }


def openinference(arguments: str) -> dict[str, Any]:
    called = "message.tool_calls.0.tool_call."
    said = {
        "message.role": "assistant",
        called + "id": "c1",
        called + "function.name": "get_weather",
    }
    part = "message.contents.0.message_content."
    asked = [
        {"message.role": "user", part + "type": "text", part + "text": "weather?"},
        {**said, called + "function.arguments": RIGHT},
        {"message.role": "tool", "message.tool_call_id": "c1", "message.content": "rain"},
    ]
    schema = json.dumps({"type": "function", "function": TOOL})
    return {
        "openinference.span.kind": "LLM",
        **flat("llm.input_messages", asked),
        **flat("llm.tools", [{"tool.json_schema": schema}]),
        **flat("llm.output_messages", [{**said, called + "function.arguments": arguments}]),
    }


def ai_sdk(arguments: str) -> dict[str, Any]:
    named = {"type": "tool-call", "toolCallId": "c1", "toolName": "get_weather"}
    result = {**named, "type": "tool-result", "output": {"type": "json", "value": {"rain": True}}}
    asked = [
        {"role": "user", "content": [{"type": "text", "text": "weather?"}]},
        {"role": "assistant", "content": [{**named, "input": {"days": 1}}]},
        {"role": "tool", "content": [result]},
    ]
    offered = {"type": "function", "name": "get_weather", "inputSchema": SCHEMA}
    return {
        "ai.prompt.messages": json.dumps(asked),
        "ai.prompt.tools": [json.dumps(offered)],
        "ai.response.toolCalls": json.dumps([{**named, "input": arguments}]),
    }


CONVENTIONS = [messages, events, openllmetry, openinference, ai_sdk]


def otlp(*spans: dict[str, Any]) -> dict[str, Any]:
    exported = [
        {
            "spanId": f"s{n}",
            "attributes": [{"key": k, "value": any_value(v)} for k, v in one.items()],
        }
        for n, one in enumerate(spans)
    ]
    return {"resourceSpans": [{"scopeSpans": [{"spans": exported}]}]}


def any_value(value: Any) -> dict[str, Any]:
    match value:
        case list():
            return {"arrayValue": {"values": [any_value(one) for one in value]}}
        case dict():
            held = [{"key": key, "value": any_value(one)} for key, one in value.items()]
            return {"kvlistValue": {"values": held}}
        case int():
            return {"intValue": str(value)}
    return {"stringValue": value}


def judged(path: Path, *lines: Any) -> list[Judged | BadEntry]:
    path.write_text("\n".join(json.dumps(one) for one in lines))
    return [*judge_file(path, Policy())]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_each_convention_is_read(convention: Any, tmp_path: Path) -> None:
    http = {"http.request.method": "POST"}
    exported = otlp(http, convention(WRONG), convention(RIGHT))
    wrong, right = judged(tmp_path / "spans.jsonl", exported)
    assert isinstance(wrong, Judged) and isinstance(right, Judged)
    assert [f.slug for f in wrong.judgement.findings] == ["number-as-string"]
    assert (right.judgement.status, right.judgement.findings) == ("pass", ())
    assert (right.recorded.id, right.recorded.rebuilt_from) == ("s2", "OpenTelemetry")
    [history, reply] = right.recorded.replies
    assert [c.name for c in history.calls] == [c.name for c in reply.calls] == ["get_weather"]
    assert "weather?" in [m.content for m in right.recorded.ask.messages]
    assert right.recorded.note == ""


def test_messages_that_stand_in_log_records_are_put_together(tmp_path: Path) -> None:
    def record(span: str, event: dict[str, Any]) -> dict[str, Any]:
        name = {"key": "event.name", "value": {"stringValue": event.pop("event.name")}}
        record = {"spanId": span, "body": any_value(event), "attributes": [name]}
        return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}

    one, other = (json.loads(events(arguments)["events"]) for arguments in ('"3"', RIGHT))
    pairs = enumerate(pair for told in zip(one, other, strict=True) for pair in told)
    mixed = [record("ab"[n % 2], event) for n, event in pairs]
    wrong, right = judged(tmp_path / "logs.jsonl", *mixed)
    assert isinstance(wrong, Judged) and isinstance(right, Judged)
    assert (wrong.recorded.id, wrong.judgement.status) == ("a", "fail")
    assert (right.recorded.id, right.judgement.status) == ("b", "pass")
    assert right.recorded.note == "the schemas of the tools were not recorded"


def test_spans_around_a_call_and_calls_without_an_answer_are_no_exchanges() -> None:
    around = {**messages(RIGHT), "gen_ai.operation.name": "invoke_agent"}
    unanswered = messages(RIGHT)
    del unanswered["gen_ai.output.messages"]
    assert exchange("s", around) is exchange("s", unanswered) is exchange("s", {}) is None


def test_what_is_garbled_spoils_its_own_entry(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    nameless = {**ai_sdk(RIGHT), "ai.response.toolCalls": '[{"toolCallId": "c1"}]'}
    far = {**openllmetry(RIGHT), "gen_ai.prompt." + "0." * 10_000: "x"}
    odd = {
        **openllmetry(RIGHT),
        "gen_ai.prompt.0": "x",
        "gen_ai.prompt.0.role.0": [],
        "llm.tools": 7,
    }
    found = judged(
        tmp_path / "spans.jsonl",
        otlp({"gen_ai.operation.name": "chat"}, {"a": deep}, nameless, far, odd),
        {"resourceSpans": [None, {"scopeSpans": 3}, {"scopeSpans": [{"spans": ["x", {}]}]}]},
        {"nothing": "of this"},
        otlp(messages(WRONG)),
    )
    *bad, last = found
    reasons = [one.reason for one in bad if isinstance(one, BadEntry)]
    assert reasons[0].startswith(NO_MESSAGES)
    assert reasons[1:] == [
        "an attribute is nested too deeply",
        "a recorded call has no name",
        "an attribute's name is nested too deeply",
        "an export needs `resourceSpans` or `resourceLogs`",
    ]
    assert isinstance(last, Judged) and last.judgement.status == "fail"
