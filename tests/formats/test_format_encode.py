"""Request bodies: golden ones, and the same question put through the official SDKs."""

import json

import anthropic
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai._base_client import httpx2  # what the SDKs sit on themselves

from toolfuzz.core.ask import ask_of
from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import format_names, wire_format

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("get_weather", "Tell the weather.", SCHEMA)
STRICT = Tool("set_alarm", "Set an alarm.", {"type": "object", "properties": {}}, strict=True)
SYSTEM = Message("system", "Be exact.")
USER = Message("user", "Weather in Köln?")
ANY = Expectation("unknown")
THREE = ["openai-chat", "openai-responses", "anthropic-messages"]


def one_turn(**turn):
    return Case("generated", "echo", (), (WEATHER, STRICT), (Turn((SYSTEM, USER), ANY, **turn),))


def body_of(name, case, turn=0, *, stream=False, params=None, history=()):
    ask = ask_of(case, turn, history, model="m-1", stream=stream)
    return wire_format(name).request(ask, params=params).body


def test_chat_golden():
    assert body_of("openai-chat", one_turn(tool_choice="required", parallel=False)) == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "Be exact."},
            {"role": "user", "content": "Weather in Köln?"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "get_weather",
                    "description": "Tell the weather.",
                    "parameters": SCHEMA,
                },
            },
            {
                "type": "function",
                "function": {
                    "name": "set_alarm",
                    "description": "Set an alarm.",
                    "parameters": {"type": "object", "properties": {}},
                    "strict": True,
                },
            },
        ],
        "tool_choice": "required",
        "parallel_tool_calls": False,
    }


def test_responses_golden():
    assert body_of("openai-responses", one_turn(tool_choice="tool:get_weather")) == {
        "model": "m-1",
        "input": [
            {"role": "system", "content": "Be exact."},
            {"role": "user", "content": "Weather in Köln?"},
        ],
        "tools": [
            {
                "type": "function",
                "name": "get_weather",
                "description": "Tell the weather.",
                "parameters": SCHEMA,
                "strict": False,
            },
            {
                "type": "function",
                "name": "set_alarm",
                "description": "Set an alarm.",
                "parameters": {"type": "object", "properties": {}},
                "strict": True,
            },
        ],
        "tool_choice": {"type": "function", "name": "get_weather"},
    }


def test_messages_golden():
    assert body_of("anthropic-messages", one_turn(tool_choice="required", parallel=False)) == {
        "model": "m-1",
        "max_tokens": 4096,
        "system": "Be exact.",
        "messages": [{"role": "user", "content": "Weather in Köln?"}],
        "tools": [
            {"name": "get_weather", "description": "Tell the weather.", "input_schema": SCHEMA},
            {
                "name": "set_alarm",
                "description": "Set an alarm.",
                "input_schema": {"type": "object", "properties": {}},
                "strict": True,
            },
        ],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    }


@pytest.mark.parametrize(
    ("choice", "parallel", "chat", "responses", "messages"),
    [
        ("auto", None, None, None, None),
        ("none", None, "none", "none", {"type": "none"}),
        ("none", True, "none", "none", {"type": "none"}),
        ("required", None, "required", "required", {"type": "any"}),
        ("auto", True, None, None, {"type": "auto", "disable_parallel_tool_use": False}),
        (
            "tool:x",
            None,
            {"type": "function", "function": {"name": "x"}},
            {"type": "function", "name": "x"},
            {"type": "tool", "name": "x"},
        ),
    ],
)
def test_tool_choice_in_every_spelling(choice, parallel, chat, responses, messages):
    case = one_turn(tool_choice=choice, parallel=parallel)
    spelled = {"openai-chat": chat, "openai-responses": responses, "anthropic-messages": messages}
    for name, expected in spelled.items():
        assert body_of(name, case).get("tool_choice") == expected


@pytest.mark.parametrize("name", format_names())
def test_without_tools_nothing_is_said_about_them(name):
    turn = Turn((USER,), ANY, tool_choice="required", parallel=True)
    body = body_of(name, Case("probe", "p", (), (), (turn,)))
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & set(body)


@pytest.mark.parametrize("name", THREE)
def test_params_win_and_streams_ask_for_usage(name):
    body = body_of(name, one_turn(), stream=True, params={"max_tokens": 7, "temperature": 0})
    assert (body["stream"], body["max_tokens"], body["temperature"]) == (True, 7, 0)
    assert ("stream_options" in body) == (name == "openai-chat")
    assert "stream" not in body_of(name, one_turn())


TWO_CALLS = Reply(
    "x",
    False,
    200,
    text="Let me see.",
    calls=(
        ToolCall("id_a", "get_weather", '{"city": "Köln"}'),
        ToolCall(None, "get_weather", None, {"city": 1}),
    ),
)
SECOND = Case(
    "generated",
    "multi",
    (),
    (WEATHER,),
    (Turn((USER,), ANY, results=("sunny",)), Turn((Message("user", "Thanks?"),), ANY)),
)


def history():
    return [(SECOND.turns[0], TWO_CALLS)]


def test_chat_history():
    messages = body_of("openai-chat", SECOND, 1, history=history())["messages"]
    assert messages[1:] == [
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [
                {
                    "id": "id_a",
                    "type": "function",
                    "function": {"name": "get_weather", "arguments": '{"city": "Köln"}'},
                },
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "get_weather", "arguments": '{"city":1}'},
                },
            ],
        },
        {"role": "tool", "tool_call_id": "id_a", "content": "sunny"},
        {"role": "tool", "tool_call_id": "call_1", "content": ""},
        {"role": "user", "content": "Thanks?"},
    ]


def test_responses_history():
    items = body_of("openai-responses", SECOND, 1, history=history())["input"]
    assert [i.get("type", i.get("role")) for i in items] == [
        "user",
        "assistant",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
        "user",
    ]
    assert items[2]["call_id"] == items[4]["call_id"] == "id_a"
    assert items[3]["call_id"] == items[5]["call_id"] == "call_1"
    assert items[4]["output"] == "sunny"


def test_messages_history():
    messages = body_of("anthropic-messages", SECOND, 1, history=history())["messages"]
    assert [m["role"] for m in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"] == [
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "id_a", "name": "get_weather", "input": {"city": "Köln"}},
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": 1}},
    ]
    assert messages[2]["content"] == [
        {"type": "tool_result", "tool_use_id": "id_a", "content": "sunny"},
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": ""},
        {"type": "text", "text": "Thanks?"},
    ]


@pytest.mark.parametrize("raw", ['{"a": ', '{"a": NaN}', "[1]", "", "5"])
def test_arguments_that_are_no_object_are_not_sent_as_input(raw):
    reply = Reply("x", False, 200, calls=(ToolCall("i", "f", raw),))
    body = body_of("anthropic-messages", SECOND, 1, history=[(SECOND.turns[0], reply)])
    assert body["messages"][1]["content"][0]["input"] == {}


@pytest.mark.parametrize("name", THREE)
def test_a_reply_without_calls_is_replayed_as_text(name):
    reply = Reply("x", False, 200, text="No.")
    body = body_of(name, SECOND, 1, history=[(SECOND.turns[0], reply)])
    said = body.get("messages") or body["input"]
    assert [m["role"] for m in said] == ["user", "assistant", "user"]
    assert said[1]["content"] == "No."


# --- the same through the official SDKs


def sent_by(make):
    """Return the body, headers and path of the one request that an SDK makes."""
    seen = []

    def answer(request):
        seen.append(request)
        return httpx2.Response(500, json={})

    refused = pytest.raises((openai.APIStatusError, anthropic.APIStatusError))
    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http, refused:
        make(http)
    [request] = seen
    return json.loads(request.content), request.headers, request.url.path


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", THREE)
def test_the_official_sdk_sends_the_same(name, stream):
    first = body_of(name, one_turn(tool_choice="tool:set_alarm", parallel=False), stream=stream)
    later = body_of(name, SECOND, 1, stream=stream, history=history())
    for body in (first, later):

        def make(http, body=body):
            if name == "anthropic-messages":
                client = anthropic.Anthropic(api_key="k" * 9, http_client=http, max_retries=0)
                return client.messages.create(**body)
            client = openai.OpenAI(api_key="k" * 9, http_client=http, max_retries=0)
            if name == "openai-responses":
                return client.responses.create(**body)
            return client.chat.completions.create(**body)

        sent, headers, path = sent_by(make)
        assert {k: v for k, v in sent.items() if (k, v) != ("stream", False)} == body
        assert path == "/v1" + wire_format(name).path("m-1", stream)
        for header, value in wire_format(name).headers("k" * 9).items():
            assert headers[header] == value


# --- and back

_TEXT = st.text(max_size=12)
_SCHEMAS = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={"properties": st.dictionaries(_TEXT, st.just({"type": "string"}), max_size=2)},
)
_TOOLS = st.lists(
    st.builds(Tool, st.text(min_size=1, max_size=9), _TEXT, _SCHEMAS, st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda t: t.name,
)


@given(
    tools=_TOOLS,
    said=st.text(min_size=1, max_size=12),
    choice=st.sampled_from(["auto", "none", "required", "tool:x"]),
    parallel=st.none() | st.booleans(),
    stream=st.booleans(),
    name=st.sampled_from(THREE),
)
def test_read_request_is_the_inverse_of_encode(tools, said, choice, parallel, stream, name):
    messages = (Message("system", "S"), Message("user", said))
    turn = Turn(messages, ANY, choice, parallel)
    body = body_of(name, Case("generated", "p", (), tuple(tools), (turn,)), stream=stream)
    asked = wire_format(name).read_request(json.loads(json.dumps(body)))
    assert asked.tools == tuple(tools)
    assert asked.messages == messages
    assert (asked.tool_choice, asked.model, asked.stream) == (choice, "m-1", stream)
    if not (name == "anthropic-messages" and choice == "none"):
        assert asked.parallel == parallel


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "tools",
                    "messages",
                    "input",
                    "function",
                    "name",
                    "parameters",
                    "role",
                    "content",
                    "tool_choice",
                    "type",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    body=st.dictionaries(
        st.sampled_from(
            [
                "tools",
                "functions",
                "messages",
                "input",
                "tool_choice",
                "system",
                "instructions",
                "model",
            ]
        ),
        _JSON,
    )
)
@pytest.mark.parametrize("name", format_names())
def test_read_request_takes_any_object(name, body):
    wire_format(name).read_request(body)


def test_read_request_knows_older_spellings():
    body = {
        "functions": [{"name": "f", "parameters": SCHEMA}],
        "messages": [
            {"role": "developer", "content": [{"type": "text", "text": "a"}]},
            {"role": "assistant", "content": "x"},
            {"role": "user", "content": "b"},
        ],
        "max_completion_tokens": 5,
    }
    asked = wire_format("openai-chat").read_request(body)
    assert [t.name for t in asked.tools] == ["f"]
    assert asked.messages == (Message("system", "a"), Message("user", "b"))
    assert asked.max_tokens == 5
