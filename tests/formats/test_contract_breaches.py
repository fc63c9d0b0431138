"""Streams that break their format's contract, named by the finest word; look-alikes that don't."""

import json
from typing import Any

import pytest

from toolfuzz.runs.offline import judge_one

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ASKED: dict[str, dict[str, Any]] = {
    "openai-chat": {
        "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}]
    },
    "openai-responses": {"tools": [{"type": "function", "name": "f", "parameters": SCHEMA}]},
}
ARGUMENTS = '{"city":"Paris"}'
HEAD = {"id": "c", "object": "chat.completion.chunk"}
CALL = {"index": 0, "id": "call_1", "type": "function"}
WHOLE = {**CALL, "function": {"name": "f", "arguments": ARGUMENTS}}


def chunk(finish: str | None = None, *calls: dict[str, Any]) -> dict[str, Any]:
    delta = {"tool_calls": list(calls)} if calls else {}
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


CHAT: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([chunk(None, WHOLE), chunk("tool_calls")], []),
    ([chunk("tool_calls", WHOLE)], []),
    ([chunk(None, WHOLE), chunk("tool_calls"), chunk("tool_calls")], []),
    ([chunk("stop", WHOLE), chunk("tool_calls")], ["wire-malformed"]),
    ([chunk("tool_calls", WHOLE), chunk("stop")], ["wire-malformed"]),
    (
        [
            chunk(None, {**CALL, "function": {"name": "f", "arguments": ARGUMENTS[:5]}}),
            chunk(None, {"index": 0, "function": {"arguments": ARGUMENTS[5:]}}),
            chunk("tool_calls"),
        ],
        [],
    ),
    (
        [
            chunk(None, WHOLE),
            chunk(None, {"index": 0, "type": "function", "function": {}}),
            chunk("tool_calls"),
        ],
        ["envelope-nonstandard"],
    ),
    (
        [chunk(None, WHOLE), chunk(None, {**WHOLE, "index": 1}), chunk("tool_calls")],
        ["id-duplicate"],
    ),
]


@pytest.mark.parametrize(("chunks", "slugs"), CHAT)
def test_chat(chunks: list[dict[str, Any]], slugs: list[str]) -> None:
    stream = "".join(f"data: {json.dumps(data)}\n\n" for data in chunks) + "data: [DONE]\n\n"
    assert errors("openai-chat", stream) == slugs


def responses(**changed: Any) -> str:
    """A stream of one call; ``changed`` says other things of it in one event each."""
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f"}
    whole = {**item, "arguments": ARGUMENTS}
    message = {"type": "message", "id": "m", "role": "assistant", "content": []}
    at = {"output_index": 0, "item_id": "fc_1"}
    done = {**whole, **changed.get("done", {})}
    final = message if changed.get("final") == "message" else {**whole, **changed.get("final", {})}
    delta = {**at, "delta": ARGUMENTS, **changed.get("delta", {})}
    ended = {**at, "arguments": ARGUMENTS, **changed.get("ended", {})}
    response = {"id": "r", "status": "completed", "output": changed.get("output", [final])}
    events: list[tuple[str, dict[str, Any]]] = [
        ("response.created", {"response": {"id": "r", "output": []}}),
        ("response.output_item.added", {"output_index": 0, "item": {**item, "arguments": ""}}),
        ("response.function_call_arguments.delta", delta),
        ("response.function_call_arguments.done", ended),
        ("response.output_item.done", {"output_index": 0, "item": done}),
        ("response.completed", {"response": response}),
    ]
    events = [one for one in events if one[0] != changed.get("without")]
    lines = [(kind, json.dumps({"type": kind, **data})) for kind, data in events]
    return "".join(f"event: {kind}\ndata: {data}\n\n" for kind, data in lines)


RESPONSES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"final": "message"}, ["wire-malformed"]),
    ({"output": []}, ["wire-malformed"]),
    ({"done": {"call_id": "call_2"}}, ["id-unstable"]),
    ({"final": {"call_id": "call_2"}}, ["id-unstable"]),
    ({"final": {"id": "fc_2"}}, ["id-unstable"]),
    ({"done": {"name": "g"}}, ["name-fragmented", "unknown-tool"]),
    ({"final": {"arguments": "{}"}}, ["stream-whole-differs"]),
    ({"ended": {"arguments": "{}"}}, ["stream-whole-differs", "args-empty-object"]),
    ({"without": "response.completed"}, ["stream-no-finish"]),
]


@pytest.mark.parametrize(("changed", "slugs"), RESPONSES)
def test_responses(changed: dict[str, Any], slugs: list[str]) -> None:
    assert errors("openai-responses", responses(**changed)) == slugs


@pytest.mark.parametrize("event", ["delta", "ended"])
def test_an_item_id_that_rotates_is_told(event: str) -> None:
    stream = responses(**{event: {"item_id": "fc_2"}})
    judgement = judge_one(ASKED["openai-responses"], stream, format="openai-responses", stream=True)
    assert "id-unstable" in {f.slug for f in judgement.findings}


def errors(named: str, stream: str) -> list[str]:
    judgement = judge_one(ASKED[named], stream, format=named, stream=True)
    return [f.slug for f in judgement.findings if f.severity == "error"]
