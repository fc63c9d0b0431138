"""How each wire format says which tools may be called, and that a tool says little of itself."""

from typing import Any

import pytest

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Message, Tool
from toolfuzz.formats import CannotAskError, wire_format

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
TOOLS = (Tool("f", "does f", SCHEMA), Tool("g", None, SCHEMA), Tool("h", "", SCHEMA))


def body_of(format: str, **asked: Any) -> dict[str, Any]:
    ask = Ask("m", asked.pop("tools", TOOLS), (Message("user", "hi"),), **asked)
    return dict(wire_format(format).request(ask).body)


CHAT = {
    "type": "allowed_tools",
    "allowed_tools": {
        "mode": "auto",
        "tools": [
            {"type": "function", "function": {"name": "f"}},
            {"type": "function", "function": {"name": "g"}},
        ],
    },
}
RESPONSES = {
    "type": "allowed_tools",
    "mode": "required",
    "tools": [{"type": "function", "name": "f"}],
}
GEMINI = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f", "g"]}}


@pytest.mark.parametrize(
    ("format", "choice", "allowed", "key", "sent"),
    [
        ("openai-chat", "auto", ("f", "g"), "tool_choice", CHAT),
        ("openai-chat", "none", ("f", "g"), "tool_choice", "none"),
        ("openai-responses", "required", ("f",), "tool_choice", RESPONSES),
        ("gemini", "required", ("f", "g"), "toolConfig", GEMINI),
    ],
)
def test_some_of_the_tools_are_allowed(
    format: str, choice: str, allowed: tuple[str, ...], key: str, sent: object
) -> None:
    assert body_of(format, tool_choice=choice, allowed=allowed)[key] == sent


@pytest.mark.parametrize("format", ["anthropic-messages", "bedrock-converse", "gemini"])
def test_formats_without_a_word_for_it_say_so(format: str) -> None:
    with pytest.raises(CannotAskError, match="some of the tools"):
        body_of(format, allowed=("f", "g"))


def test_a_list_with_tools_of_other_kinds_says_nothing_of_functions() -> None:
    """The official tools may be called as well, and are named nowhere else."""
    choice = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}]}
    body = {"model": "m", "input": "hi", "tools": [], "tool_choice": choice}
    assert wire_format("openai-responses").read_request(body).allowed == ()


@pytest.mark.parametrize(
    ("format", "described"),
    [
        ("openai-chat", ["does f", None, ""]),
        ("openai-responses", ["does f", None, ""]),
        ("anthropic-messages", ["does f", None, ""]),
        ("gemini", ["does f", None, ""]),
        ("bedrock-converse", ["does f", None, None]),  # where an empty text is refused
    ],
)
def test_a_missing_description_is_left_out(format: str, described: list[str | None]) -> None:
    body = body_of(format)
    read = wire_format(format).read_request(body)
    assert [tool.description for tool in read.tools] == described
    assert str(body).count("'description'") == sum(text is not None for text in described)


UNDECLARED = (Tool("f", "does f", {}, declared=False),)


@pytest.mark.parametrize(
    ("format", "tool"),
    [
        (
            "openai-chat",
            {"type": "function", "function": {"name": "f", "description": "does f"}},
        ),
        (
            "openai-responses",
            {
                "type": "function",
                "name": "f",
                "description": "does f",
                "parameters": None,
                "strict": False,
            },
        ),
        ("gemini", {"functionDeclarations": [{"name": "f", "description": "does f"}]}),
    ],
)
def test_a_tool_without_a_schema(format: str, tool: dict[str, Any]) -> None:
    body = body_of(format, tools=UNDECLARED)
    assert body["tools"] == [tool]
    assert wire_format(format).read_request(body).tools == UNDECLARED


@pytest.mark.parametrize("format", ["anthropic-messages", "bedrock-converse"])
def test_formats_that_need_a_schema_say_so(format: str) -> None:
    with pytest.raises(CannotAskError, match="a tool without input"):
        body_of(format, tools=UNDECLARED)


@pytest.mark.parametrize(
    ("format", "choice", "reason"),
    [
        ("openai-chat", {"type": "allowed_tools", "allowed_tools": {"mode": "any"}}, "mode"),
        (
            "openai-chat",
            {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"name": "f"}]}},
            "names no tool",
        ),
        ("openai-responses", {"type": "allowed_tools", "mode": "auto", "tools": []}, "no tool"),
        ("openai-chat", "any", "not 'any'"),
        ("openai-responses", "any", "not 'any'"),
        ("anthropic-messages", "auto", "an object is required"),
    ],
)
def test_the_simulator_refuses_what_the_reference_does(
    format: str, choice: dict[str, Any] | str, reason: str
) -> None:
    form = wire_format(format)
    request = form.request(Ask("m", TOOLS, (Message("user", "hi"),), max_tokens=9))
    assert form.serving.refuses(request) is None
    request.body["tool_choice"] = choice
    assert reason in (form.serving.refuses(request) or "")


@pytest.mark.parametrize(
    ("format", "tool"),
    [
        ("openai-chat", {"type": "custom", "custom": {"name": "patch"}}),
        ("openai-responses", {"type": "web_search"}),
        ("anthropic-messages", {"type": "web_search_20250305", "name": "web_search"}),
    ],
)
def test_the_simulator_accepts_every_kind_of_tool(format: str, tool: dict[str, Any]) -> None:
    form = wire_format(format)
    request = form.request(Ask("m", TOOLS, (Message("user", "hi"),)))
    request.body["tools"].append(tool)
    assert form.serving.refuses(request) is None


@pytest.mark.parametrize("field", ["parallel_tool_calls", "stream_options"])
def test_messages_take_no_fields_of_another_format(field: str) -> None:
    form = wire_format("anthropic-messages")
    request = form.request(Ask("m", TOOLS, (Message("user", "hi"),), max_tokens=9))
    request.body[field] = False
    assert form.serving.refuses(request) == f"{field}: Extra inputs are not permitted"
