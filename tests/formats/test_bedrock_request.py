"""Questions as Converse requests: what boto3 would accept, and what is read back."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from toolfuzz.core.ask import Answered, Ask, Called, ToolResult
from toolfuzz.core.case import Message, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import wire_format
from toolfuzz.formats.protocol import CannotAskError

FORMAT = wire_format("bedrock-converse")
SCHEMA = {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}
TOOL = Tool("f", "does f", SCHEMA, strict=True)
THOUGHT = {"reasoningText": {"text": "hmm", "signature": "c2ln"}}
CALLED = Called(
    Reply(
        "",
        False,
        None,
        text="Let me see.",
        calls=(
            ToolCall("tooluse_1", "f", '{"a":1.5}'),
            ToolCall("tooluse_2", "f", '{"a":2}'),
        ),
        extra=({"reasoningContent": THOUGHT}, {"text": "Let me see."}),
    )
)
ANSWERED = Answered(
    (ToolResult("tooluse_1", "f", "one"), ToolResult("tooluse_2", "f", "")),
)
TALK = Ask(
    model="m",
    tools=(TOOL,),
    said=(
        Message("system", "Be brief."),
        Message("user", "first"),
        CALLED,
        ANSWERED,
        Message("user", "second"),
    ),
    tool_choice="tool:f",
    max_tokens=100,
)


def body_of(ask: Ask, **params: Any) -> dict[str, Any]:
    return dict(FORMAT.request(ask, params=params).body)


def test_a_conversation() -> None:
    assert FORMAT.request(TALK).path == "/model/m/converse"
    assert body_of(TALK) == {
        "messages": [
            {"role": "user", "content": [{"text": "first"}]},
            {
                "role": "assistant",
                "content": [
                    {"reasoningContent": THOUGHT},
                    {"text": "Let me see."},
                    {"toolUse": {"toolUseId": "tooluse_1", "name": "f", "input": {"a": 1.5}}},
                    {"toolUse": {"toolUseId": "tooluse_2", "name": "f", "input": {"a": 2}}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "one"}]}},
                    {"toolResult": {"toolUseId": "tooluse_2", "content": [{"text": "(nothing)"}]}},
                    {"text": "second"},
                ],
            },
        ],
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": 100},
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "f",
                        "description": "does f",
                        "inputSchema": {"json": SCHEMA},
                        "strict": True,
                    }
                }
            ],
            "toolChoice": {"tool": {"name": "f"}},
        },
    }


@pytest.mark.parametrize(
    "ask",
    [
        TALK,
        replace(TALK, stream=True, tool_choice="required"),
        replace(TALK, tool_choice="auto", max_tokens=None, model="arn:aws:bedrock:us-east-1::a/b"),
        Ask(model="m", said=(Message("user", "hi"),)),
        Ask(model="m", tools=(Tool("f", None, {}),), said=(Message("user", "hi"),)),
        Ask(model="m", said=(Message("user", "hi"), Called(Reply("", False, None)))),
    ],
)
def test_boto3_would_send_it_and_it_is_read_back(ask: Ask) -> None:
    request = FORMAT.request(ask)
    client = boto3.client("bedrock-runtime", region_name="us-east-1")
    shape = client.meta.service_model.operation_model("Converse").input_shape
    report = ParamValidator().validate({"modelId": ask.model, **request.body}, shape)
    assert not report.has_errors(), report.generate_report()
    again = FORMAT.read_request(request.body, path=request.path)
    assert FORMAT.request(again) == request
    assert replace(again, said=()) == replace(ask, said=())
    assert again.messages == ask.messages
    assert [r.calls for r in again.replies] == [r.calls for r in ask.replies]
    assert [r.extra for r in again.replies] == [r.extra for r in ask.replies]
    assert [r.text for r in again.replies] == [r.text for r in ask.replies]
    assert [a for a in again.said if isinstance(a, Answered)] == [
        a for a in ask.said if isinstance(a, Answered)
    ]


def test_calls_are_forbidden_by_offering_no_tools_as_long_as_that_is_legal() -> None:
    first = replace(TALK, said=(Message("user", "first"),), tool_choice="none")
    assert "toolConfig" not in body_of(first)
    with pytest.raises(CannotAskError, match="none after calls"):
        body_of(replace(TALK, tool_choice="none"))


def test_fields_of_the_user_go_where_the_service_has_them() -> None:
    params = {
        "temperature": 0,
        "top_k": 5,
        "inferenceConfig": {"topP": 0.9},
        "additionalModelRequestFields": {"thinking": {"type": "enabled"}},
        "serviceTier": {"type": "priority"},
    }
    plain, body = body_of(TALK), body_of(TALK, **params)
    assert body == {
        **plain,
        "inferenceConfig": {"maxTokens": 100, "temperature": 0, "topP": 0.9},
        "additionalModelRequestFields": {"top_k": 5, "thinking": {"type": "enabled"}},
        "serviceTier": {"type": "priority"},
    }
    assert body_of(TALK) == plain


def test_every_field_of_the_service_is_known() -> None:
    client = boto3.client("bedrock-runtime", region_name="us-east-1")
    shape = client.meta.service_model.operation_model("Converse").input_shape
    for name in set(shape.members) - {"modelId"}:
        assert body_of(TALK, **{name: {}})[name] is not None, name
    for name in shape.members["inferenceConfig"].members:
        assert body_of(TALK, **{name: 1})["inferenceConfig"][name] == 1


def test_what_no_object_can_say_again_is_sent_as_an_empty_one() -> None:
    calls = tuple(ToolCall(None, None, raw) for raw in ("{", "[]", '{"a": NaN}'))
    said = (Message("user", "x"), Called(Reply("", False, None, calls=calls)))
    content = body_of(Ask(model="m", tools=(TOOL,), said=said))["messages"][1]["content"]
    assert [block["toolUse"]["input"] for block in content] == [{}, {}, {}]
    assert [block["toolUse"]["toolUseId"] for block in content] == [
        "tooluse_0",
        "tooluse_1",
        "tooluse_2",
    ]


def test_requests_of_others_are_read() -> None:
    body = {
        "messages": [
            {"role": "user", "content": [{"text": "a"}, {"image": {}}, {"text": "b"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "f"}}]},
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "t", "content": [{"json": {"x": 1}}]}}],
            },
        ],
        "toolConfig": {
            "tools": [{"systemTool": {"name": "web"}}, {"cachePoint": {"type": "default"}}],
            "toolChoice": {"any": {}},
        },
    }
    ask = FORMAT.read_request(body, path="/v1/model/us.amazon.nova-pro-v1%3A0/converse-stream")
    assert (ask.model, ask.stream) == ("us.amazon.nova-pro-v1:0", True)
    assert ask.tool_choice == "auto", "the service's own tool will do"
    assert ask.tools == ()
    assert ask.messages == (Message("user", "a"), Message("user", "b"))
    assert ask.answered == (ToolResult("t", "f", '{"x":1}'),)
    assert not ask.replies[0].calls[0].has_arguments


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": 1, "toolConfig": 2, "system": 3, "inferenceConfig": 4},
        {"messages": [{"role": "user", "content": 5}, 6, {"role": "assistant"}]},
        {"toolConfig": {"tools": [{"toolSpec": 1}, {"toolSpec": {}}], "toolChoice": {"tool": 1}}},
        {"messages": [{"role": "user", "content": [{"toolResult": 1}, {"toolResult": {}}]}]},
    ],
)
def test_no_request_makes_reading_raise(body: dict[str, Any]) -> None:
    FORMAT.read_request(body, path="/nowhere")


@pytest.mark.parametrize(
    ("body", "path", "is_ours"),
    [
        ({}, "/model/m/converse", True),
        ({"messages": [{"content": [{"text": "x"}]}]}, "", True),
        ({"messages": [{"content": []}], "toolConfig": {}}, "", True),
        ({"contents": [], "toolConfig": {}}, "", False),
        ({"messages": [{"content": [{"type": "text", "text": "x"}]}]}, "", False),
        ({"messages": [{"content": "x"}]}, "", False),
        ({"messages": [{"content": [{"text": "x"}]}]}, "/v1/chat/completions", False),
    ],
)
def test_a_recorded_request_is_recognised(body: dict[str, Any], path: str, is_ours: bool) -> None:
    assert FORMAT.looks_like(body, path) is is_ours
