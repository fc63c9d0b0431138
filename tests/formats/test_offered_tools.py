"""Tools that are no plain functions: what is offered is known, right calls pass, wrong ones don't.

Shapes from the types of openai 3.57, anthropic 2.14, google-genai 3.6 and botocore 1.44.
"""

import json
from typing import Any

import pytest

from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import wire_format
from toolfuzz.runs.offline import judge_one

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PATCH = {"type": "custom", "name": "apply_patch", "description": "d"}
SHELL = {"type": "function", "name": "shell", "parameters": CITY}
CRM = {"type": "namespace", "name": "crm", "description": "d", "tools": [{**SHELL, "name": "find"}]}
FOUND_LATER = {"type": "tool_search_output", "tools": [CRM]}
TEXT = '*** Begin Patch\n+"{'

Body = dict[str, Any]


def responses(*output: Body) -> Body:
    return {"id": "r", "object": "response", "status": "completed", "output": list(output)}


def item(kind: str, **fields: Any) -> Body:
    return {"type": kind, "id": "i", "call_id": "call_1", "status": "completed", **fields}


def chat(*calls: Body) -> Body:
    message = {"role": "assistant", "content": None, "tool_calls": list(calls)}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return {"id": "c", "object": "chat.completion", "choices": [choice]}


def message(*content: Body, stop: str = "tool_use") -> Body:
    head = {"id": "m", "type": "message", "role": "assistant", "stop_reason": stop}
    return {**head, "content": list(content), "usage": {"input_tokens": 1, "output_tokens": 1}}


def use(name: str, given: Body, kind: str = "tool_use", **more: Any) -> Body:
    return {"type": kind, "id": "toolu_1", "name": name, "input": given, **more}


def candidates(*parts: Body) -> Body:
    content = {"role": "model", "parts": list(parts)}
    return {"candidates": [{"index": 0, "content": content, "finishReason": "STOP"}]}


def converse(*content: Body, stop: str = "tool_use") -> Body:
    said = {"message": {"role": "assistant", "content": list(content)}}
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    return {"output": said, "stopReason": stop, "usage": usage, "metrics": {"latencyMs": 1}}


GROUNDED = {
    "messages": [],
    "toolConfig": {
        "tools": [
            {"toolSpec": {"name": "f", "inputSchema": {"json": CITY}}},
            {"systemTool": {"name": "nova_grounding"}},
            {"cachePoint": {"type": "default"}},
        ],
        "toolChoice": {"any": {}},
    },
}
ON_THE_SERVER = {"toolUseId": "s", "name": "nova_grounding", "type": "server_tool_use", "input": {}}
GROUNDS = {"toolUseId": "s", "type": "nova_grounding_result", "content": [{"text": "r"}]}
CUSTOM_CALL = {"id": "call_1", "type": "custom", "custom": {"name": "apply_patch", "input": TEXT}}
CHAT_PATCH = {"type": "custom", "custom": {"name": "apply_patch"}}
CHAT_SHELL = {"type": "function", "function": {"name": "shell", "parameters": CITY}}
PATCHED = item("custom_tool_call", name="apply_patch", input=TEXT)
SHELLED = item("function_call", name="shell", arguments='{"city": "x"}', call_id="call_2")
SEARCHED = use("web_search", {"query": "q"}, "server_tool_use")
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
WEATHER = {"functionDeclarations": [{"name": "f", "parametersJsonSchema": CITY}]}
RAN = {"executableCode": {"language": "PYTHON", "code": "1"}}

RIGHT: list[tuple[str, Body, Body]] = [
    ("openai-responses", {"tools": [PATCH, SHELL]}, responses(PATCHED)),
    ("openai-responses", {"tools": [PATCH, SHELL]}, responses(SHELLED, PATCHED)),
    (
        "openai-responses",
        {"tools": [PATCH], "tool_choice": {"type": "custom", "name": "apply_patch"}},
        responses(PATCHED),
    ),
    (
        "openai-responses",
        {"tools": [CRM, {"type": "tool_search"}]},
        responses({**SHELLED, "name": "find", "namespace": "crm"}),
    ),
    (
        "openai-responses",
        {
            "tools": [{"type": "tool_search"}],
            "input": [{"type": "tool_search_output", "tools": [CRM]}],
        },
        responses({**SHELLED, "name": "find", "namespace": "crm"}),
    ),
    (
        "openai-responses",
        {"tools": [SHELL, {"type": "shell"}], "tool_choice": "required"},
        responses(item("shell_call", action={"commands": ["ls"]})),
    ),
    (
        "openai-responses",
        {"tools": [{"type": "mcp", "server_label": "s"}], "tool_choice": {"type": "mcp"}},
        responses(item("mcp_call", name="f", arguments="{}", server_label="s")),
    ),
    (
        "openai-responses",
        {
            "tools": [SHELL],
            "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [SHELL]},
        },
        responses(SHELLED),
    ),
    ("openai-chat", {"tools": [CHAT_PATCH, CHAT_SHELL]}, chat(CUSTOM_CALL)),
    (
        "openai-chat",
        {
            "tools": [CHAT_PATCH],
            "tool_choice": {"type": "custom", "custom": {"name": "apply_patch"}},
        },
        chat(CUSTOM_CALL),
    ),
    (
        "openai-chat",
        {
            "tools": [CHAT_SHELL],
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "required", "tools": []},
            },
        },
        chat(
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "shell", "arguments": '{"city": "x"}'},
            }
        ),
    ),
    (
        "anthropic-messages",
        {"tools": [{"type": "bash_20250124", "name": "bash"}]},
        message(use("bash", {"command": "ls"})),
    ),
    (
        "anthropic-messages",
        {"tools": [{"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}]},
        message(use("str_replace_based_edit_tool", {"command": "view", "path": "/"})),
    ),
    (
        "anthropic-messages",
        {"tools": [{"type": "computer_toolset_20260801"}]},
        message(use("left_click", {"coordinate": [1, 2]}, toolset_name="computer")),
    ),
    (
        "anthropic-messages",
        {"tools": [SEARCH], "tool_choice": {"type": "any"}},
        message(
            SEARCHED,
            {"type": "web_search_tool_result", "tool_use_id": "toolu_1", "content": []},
            {"type": "text", "text": "Found."},
            stop="end_turn",
        ),
    ),
    (
        "anthropic-messages",
        {"tools": [SEARCH, {"name": "f", "input_schema": CITY}]},
        message(SEARCHED, use("f", {"city": "x"}, caller={"type": "direct"})),
    ),
    (
        "gemini",
        {"tools": [WEATHER, {"codeExecution": {}}], "contents": []},
        candidates(RAN, {"functionCall": {"name": "f", "args": {"city": "x"}}}),
    ),
    (
        "gemini",
        {"tools": [WEATHER, {"googleSearch": {}}], "contents": []},
        candidates(
            {"toolCall": {"id": "t", "toolType": "GOOGLE_SEARCH_WEB", "args": {}}},
            {"toolResponse": {"id": "t", "toolType": "GOOGLE_SEARCH_WEB", "response": {}}},
            {"functionCall": {"name": "f", "args": {"city": "x"}}},
        ),
    ),
    (
        "gemini",
        {"tools": [{"computerUse": {"environment": "ENVIRONMENT_BROWSER"}}], "contents": []},
        candidates({"functionCall": {"name": "click_at", "args": {"x": 1, "y": 2}}}),
    ),
    (
        "bedrock-converse",
        GROUNDED,
        converse(
            {"toolUse": ON_THE_SERVER}, {"toolResult": GROUNDS}, {"text": "Yes."}, stop="end_turn"
        ),
    ),
    (
        "bedrock-converse",
        GROUNDED,
        converse({"toolUse": {"toolUseId": "tooluse_1", "name": "f", "input": {"city": "x"}}}),
    ),
]
WRONG: list[tuple[str, Body, Body, str]] = [
    (
        "openai-responses",
        {"tools": [PATCH]},
        responses(item("function_call", name="apply_patch", arguments='{"input": "x"}')),
        "envelope-nonstandard",
    ),
    (
        "openai-responses",
        {"tools": [PATCH]},
        responses(item("function_call", name="apply_patch", arguments=TEXT)),
        "envelope-nonstandard",
    ),
    (
        "openai-responses",
        {"tools": [PATCH]},
        responses(item("custom_tool_call", name="apply_patch", arguments="{}")),
        "envelope-nonstandard",
    ),
    (
        "openai-responses",
        {"tools": [PATCH]},
        responses(item("custom_tool_call", name="patch_it", input=TEXT)),
        "unknown-tool",
    ),
    (
        "openai-responses",
        {"tools": [SHELL]},
        responses(item("custom_tool_call", name="shell", input="ls")),
        "envelope-nonstandard",
    ),
    (
        "openai-responses",
        {"tools": [CRM]},
        responses({**SHELLED, "name": "find", "arguments": "{}", "namespace": "crm"}),
        "args-empty-object",
    ),
    (
        "openai-chat",
        {"tools": [CHAT_PATCH]},
        chat(
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "apply_patch", "arguments": '{"input": "x"}'},
            }
        ),
        "envelope-nonstandard",
    ),
    (
        "anthropic-messages",
        {"tools": [SEARCH, {"name": "f", "input_schema": CITY}]},
        message(use("web_search", {"query": "q"})),
        "unknown-tool",
    ),
    (
        "anthropic-messages",
        {"tools": [SEARCH, {"name": "f", "input_schema": CITY}]},
        message(SEARCHED, use("f", {})),
        "args-empty-object",
    ),
    (
        "gemini",
        {"tools": [WEATHER, {"codeExecution": {}}], "contents": []},
        candidates(RAN, {"functionCall": {"name": "click_at", "args": {"x": 1}}}),
        "unknown-tool",
    ),
    (
        "bedrock-converse",
        GROUNDED,
        converse({"toolUse": {"toolUseId": "tooluse_1", "name": "f", "input": {}}}),
        "args-empty-object",
    ),
]


@pytest.mark.parametrize(("named", "request_", "reply"), RIGHT)
def test_right_calls_pass(named: str, request_: Body, reply: Body) -> None:
    judgement = judge_one(request_, reply, format=named)
    assert [f for f in judgement.findings if f.severity != "info"] == []
    assert judgement.status == "pass"


@pytest.mark.parametrize(("named", "request_", "reply", "slug"), WRONG)
def test_wrong_calls_fail(named: str, request_: Body, reply: Body, slug: str) -> None:
    judgement = judge_one(request_, reply, format=named)
    assert slug in {f.slug for f in judgement.findings}
    assert judgement.status == "fail"


def sse(*events: Body, named: bool = False) -> str:
    lines = [f"event: {event['type']}\n" if named else "" for event in events]
    return "".join(
        f"{line}data: {json.dumps(e)}\n\n" for line, e in zip(lines, events, strict=True)
    )


def streamed_patch(whole: str = TEXT, *, kind: str = "custom_tool_call") -> str:
    key = "input" if kind == "custom_tool_call" else "arguments"
    fill = "custom_tool_call_input" if key == "input" else "function_call_arguments"
    done = {**PATCHED, "type": kind, key: whole}
    at = {"output_index": 0, "item_id": "i"}
    return sse(
        {"type": "response.created", "response": {"id": "r", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**done, key: ""}},
        {"type": f"response.{fill}.delta", **at, "delta": TEXT[:5]},
        {"type": f"response.{fill}.delta", **at, "delta": TEXT[5:]},
        {"type": f"response.{fill}.done", **at, key: whole},
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": responses(done)},
        named=True,
    )


@pytest.mark.parametrize(
    ("stream", "slugs"),
    [
        (streamed_patch(), []),
        (streamed_patch(TEXT + "more"), ["stream-whole-differs"]),
        (streamed_patch(kind="function_call"), ["envelope-nonstandard"]),
    ],
)
def test_streamed_custom_calls(stream: str, slugs: list[str]) -> None:
    judgement = judge_one({"tools": [PATCH]}, stream, format="openai-responses", stream=True)
    assert [f.slug for f in judgement.findings if f.severity == "error"] == slugs


def chat_stream() -> str:
    pieces = [
        {"id": "c", "type": "custom", "custom": {"name": "apply_patch", "input": ""}},
        {"custom": {"input": TEXT[:4]}},
        {"custom": {"input": TEXT[4:]}},
    ]
    deltas: list[Body] = [{"tool_calls": [{"index": 0, **piece}]} for piece in pieces]
    head = {"id": "c", "object": "chat.completion.chunk"}
    chunks = [{**head, "choices": [{"index": 0, "delta": d}]} for d in deltas]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    return sse(*chunks) + "data: [DONE]\n\n"


def test_a_chat_stream_may_hold_a_custom_call() -> None:
    judgement = judge_one({"tools": [CHAT_PATCH]}, chat_stream(), format="openai-chat", stream=True)
    assert [f for f in judgement.findings if f.severity != "info"] == []
    (call,) = judgement.reply.calls
    assert (call.name, call.arguments_raw, call.free) == ("apply_patch", TEXT, True)


@pytest.mark.parametrize(
    ("named", "body", "stream"),
    [
        ("openai-responses", json.dumps(responses(PATCHED)), False),
        ("openai-responses", streamed_patch(), True),
        ("openai-chat", json.dumps(chat(CUSTOM_CALL)), False),
    ],
)
def test_the_sdk_hands_the_text_of_a_custom_call_out(named: str, body: str, stream: bool) -> None:
    ways = [one for one in wire_format(named).clients if one.stream is stream]
    read = [list(one.read(attempt(body))) for one in ways]
    assert read and all(calls == [("apply_patch", TEXT)] for calls in read)


def test_the_sdk_breaks_at_a_streamed_custom_call_of_chat() -> None:
    """The types of openai 3.57 have no such delta: its helper and the guide's loop raise."""
    for one in wire_format("openai-chat").clients:
        if one.stream:
            with pytest.raises(AttributeError):
                list(one.read(attempt(chat_stream())))


def attempt(body: str) -> Attempt:
    kind = "application/json" if body.startswith("{") else "text/event-stream"
    return Attempt(0.0, None, 0.0, 200, {"content-type": kind}, ((0.0, body.encode()),))


@pytest.mark.parametrize("kind", ["server_tool_use", "mcp_tool_use", "tool_use"])
def test_the_input_of_a_servers_call_is_streamed_too(kind: str) -> None:
    block = {"type": kind, "id": "toolu_1", "name": "web_search", "input": {}}
    ending = {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
    delta = {"type": "input_json_delta", "partial_json": '{"query": "q"}'}
    stream = sse(
        {"type": "message_start", "message": message()},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", **ending},
        {"type": "message_stop"},
        named=True,
    )
    asked = {"tools": [SEARCH, {"name": "f", "input_schema": CITY}]}
    judgement = judge_one(asked, stream, format="anthropic-messages", stream=True)
    assert (judgement.status == "fail") is (kind == "tool_use")


@pytest.mark.parametrize(
    ("named", "tool", "choice"),
    [
        ("openai-responses", PATCH, {"type": "custom", "name": "apply_patch"}),
        ("openai-chat", CHAT_PATCH, {"type": "custom", "custom": {"name": "apply_patch"}}),
    ],
)
def test_what_takes_text_is_written_as_it_was_read(named: str, tool: Body, choice: Body) -> None:
    format_ = wire_format(named)
    ask = format_.read_request({"model": "m", "tools": [tool], "tool_choice": choice})
    assert ask.tools[0].takes_text
    body = format_.request(ask).body
    assert (body["tools"][0]["type"], body["tool_choice"]) == ("custom", choice)


def test_a_name_of_two_namespaces_is_held_to_neither_schema() -> None:
    other = {**CRM, "name": "erp", "tools": [{**SHELL, "name": "find", "parameters": {}}]}
    ask = wire_format("openai-responses").read_request({"tools": [CRM, other]})
    assert [(tool.name, tool.parameters) for tool in ask.tools] == [("find", {})]
