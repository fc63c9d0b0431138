"""What a server says when it refuses a history, in every shape in which errors come."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from refusal_wordings import WORDINGS, Wording

from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import format_names, wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.errors import codes, messages, params
from toolfuzz.judge.judge import judge

HISTORY = {
    slug for slug, e in defects().items() if e.refused and e.refused.about in ("history", "pairing")
}
TOOL = Tool("get_weather", "", {"type": "object"})


def openai(said: str) -> Any:
    return {
        "error": {"message": said, "type": "invalid_request_error", "param": None, "code": None}
    }


def through_litellm(said: str) -> Any:
    inner = json.dumps({"type": "error", "error": {"type": "x", "message": said}})
    told = f"litellm.BadRequestError: AnthropicException - {inner}. Received Model Group=m"
    return {"error": {"message": told, "type": None, "param": None, "code": "400"}}


def through_openrouter(said: str) -> Any:
    metadata = {"raw": json.dumps(openai(said)), "provider_name": "Someone"}
    return {"error": {"message": "Provider returned error", "code": 400, "metadata": metadata}}


def through_databricks(said: str) -> Any:
    inner = json.dumps({"external_model_provider": "x", "external_model_error": openai(said)})
    return {"error_code": "BAD_REQUEST", "message": inner}


def through_two(said: str) -> Any:
    """A gateway behind a gateway, which shows the inner one's error as Python does."""
    told = f"Error code: 400 - {through_litellm(said)!r}"
    return {"detail": told}


SHAPES: list[Callable[[str], Any]] = [
    openai,
    lambda said: {"type": "error", "error": {"type": "invalid_request_error", "message": said}},
    lambda said: [{"error": {"code": 400, "message": said, "status": "INVALID_ARGUMENT"}}],
    lambda said: {"message": said},
    lambda said: {"object": "error", "message": said, "type": "BadRequestError", "code": 400},
    lambda said: {"error": said},
    lambda said: {"detail": said},
    lambda said: {"detail": [{"type": "value_error", "loc": ["body"], "msg": said, "input": {}}]},
    lambda said: {"error": {"message": json.dumps(openai(said), indent=1), "code": 400}},
    through_databricks,
    through_litellm,
    through_openrouter,
    through_two,
]


@cache
def found(body: str, slug: str = "", format: str = "openai-chat", status: int = 400) -> set[str]:
    """What is said of a second turn that is refused with this body; () where it is unjudged."""
    attempt = Attempt(0.0, 0.0, 0.0, status, {}, ((0.0, body.encode()),))
    reply = wire_format(format).read(attempt, stream=False)
    earlier = Reply(format, False, 200, calls=(ToolCall("call_1", TOOL.name, "{}"),))
    turn = Turn((Message("user", "Go on."),), Expectation("unknown"), results=("done",))
    before = [earlier] * (2 if slug == "id-reused-across-turns" else 1)
    case = Case("generated", "example", (), (TOOL,), (turn,) * (len(before) + 1))
    judgement = judge(case, [*before, reply])
    assert (judgement.status == "unjudged") == (not judgement.findings)
    return {f.slug for f in judgement.findings}


@pytest.mark.parametrize("row", WORDINGS, ids=lambda row: f"{row.source}-{row.slug}")
def test_a_refused_history_is_named_in_every_shape(row: Wording) -> None:
    for shape in SHAPES:
        assert found(json.dumps(shape(row.said)), row.slug) == {row.slug}, shape(row.said)
        assert found(json.dumps(shape(row.unlike)), row.slug) & HISTORY == set()


@pytest.mark.parametrize("row", WORDINGS, ids=lambda row: f"{row.source}-{row.slug}")
def test_what_an_error_quotes_names_nothing(row: Wording) -> None:
    """The words stand in what was sent, not in what the server says of it."""
    for quoting in (
        {"error": {"message": "Bad Request", "request": {"messages": [{"content": row.said}]}}},
        {"error": {"message": "Bad Request", "failed_prompt": row.said}, "input": row.said},
        {"detail": [{"loc": ["body", "n"], "msg": "Input should be 1", "input": row.said}]},
    ):
        assert found(json.dumps(quoting)) & HISTORY == set()


def test_the_same_in_every_wire_format() -> None:
    for format in format_names():
        for row in WORDINGS:
            assert found(json.dumps(openai(row.said)), row.slug, format) == {row.slug}


@pytest.mark.parametrize(
    ("param", "slugs"),
    [("`text` is not set", {"pairing-rejected"}), ("`text` is too long", set()), ("text", set())],
)
def test_the_place_may_say_what_the_message_does_not(param: str, slugs: set[str]) -> None:
    error = {"message": "Param Incorrect", "code": "400", "param": param}
    assert found(json.dumps({"error": error})) == slugs


def test_there_are_enough_reports() -> None:
    assert len({row.source for row in WORDINGS}) >= 40
    assert {row.slug for row in WORDINGS} == HISTORY


def test_nothing_was_refused_before_something_was_said() -> None:
    """In the first turn there is no history to refuse."""
    turn = Turn((Message("user", "Go on."),), Expectation("unknown"))
    for row in WORDINGS:
        reply = Reply("openai-chat", False, 400, error={"message": row.said})
        case = Case("generated", "example", (), (TOOL,), (turn,))
        assert {f.slug for f in judge(case, [reply]).findings} & HISTORY == set()


VLLM = (
    "[{'type': 'missing', 'loc': ('body', 'input', 'list[union[Param,Other]]', 2, 'Param', "
    "'content'), 'msg': 'Field required', 'input': {'text': 'tool_use without tool_result'}}]"
)
CUT, READ = "input_value=…, input_type=str", "Failed to parse tool call"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("plain", ("plain",)),
        ({"message": "a", "type": "b", "param": "c"}, ("a",)),
        ({"message": "a", "error": {"message": "b"}}, ("a", "b")),
        (["x", {"error": {"detail": "y"}}], ("x", "y")),
        ('{"error": {"message": "inside"}}', ("inside",)),
        ({"message": 'behind: {"error":{"message":"inside"}}'}, ("behind: ", "inside")),
        ({"message": "behind: {'message': 'inside', 'code': 1}"}, ("behind: ", "inside")),
        ({"message": r"behind: {\"message\":\"in\",\"type\":\"x\"}"}, ("behind: ", "in")),
        ({"message": 'no argument: {"message": "inside"}'}, ("no argument: …",)),
        ({"message": 'bad value: {"city": "Rome"} given'}, ("bad value: … given",)),
        ({"message": "input_value='call_id not found', input_type=str"}, (CUT,)),
        ({"message": "Failed to parse tool call: {'a': 'not found'}"}, (f"{READ}: …",)),
        ({"message": "the text 'which is quoted at length here' is bad"}, ("the … is bad",)),
        ({"metadata": {"raw": "what the model wrote"}}, ()),
        ({"metadata": {"raw": '{"message": "inside"}'}}, ("inside",)),
        ({"failed_generation": "x", "message": ""}, ()),
        (None, ()),
        (17, ()),
        ({"message": VLLM}, ("body.input.2.Param.content: Field required",)),
        ({"message": {"detail": [{"loc": ["body", 1], "msg": "m"}]}}, ("body.1: m",)),
    ],
)
def test_messages_of_an_error(error: Any, said: tuple[str, ...]) -> None:
    assert messages(error) == said


def test_a_place_in_what_was_sent_back_is_told_from_one_in_the_question() -> None:
    """The first turn has one message; what stands behind it came from the endpoint."""
    for place, slugs in (("messages.[1].content", {"pairing-rejected"}), ("messages[0]", set())):
        error = {"message": "Invalid value: expected a string, got null.", "param": place}
        assert found(json.dumps({"error": error})) == slugs
        assert found(json.dumps({"error": {"message": f"bad value at {place}"}})) == slugs
    image = {"message": "messages.1.content.0: the image can't be read"}
    assert found(json.dumps({"error": image})) == set()


def test_what_an_error_calls_itself_and_points_at() -> None:
    error = {
        "error": {"code": "tool_use_failed", "type": "a b", "status": 400},
        "param": "tools[0]",
    }
    assert codes(error) == ("tool_use_failed",)
    assert params(error) == ("tools[0]",)
    assert codes("tool_use_failed") == params(None) == ()


def test_hostile_errors_are_read_in_bounded_time() -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = {"error": deep}
    assert messages(deep) == ()
    for piece in (
        '{"message":"',
        "{'message': '",
        '\\"message\\":\\"',
        '{"',
        "content '",
        "input_value=",
    ):
        messages({"message": piece * 20_000})
