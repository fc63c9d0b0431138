"""A family's text that a server left in the content, or in the reasoning, is known for a call."""

import pytest
from msgspec import structs

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.reply import Reply
from toolfuzz.engines.native import families
from toolfuzz.judge.judge import judge

PROPERTIES = {"city": {"type": "string"}, "n": {"type": "integer"}}
TOOL = Tool("get_weather", "", {"type": "object", "properties": PROPERTIES})
CALL = ExpectedCall("get_weather", {"city": "Paris", "n": 3})
ASKED = Turn((Message("user", "Go."),), Expectation("calls", (CALL,)))
CASE = Case("generated", "echo", (), (TOOL,), (ASKED,))


REPLY = Reply("openai-chat", stream=False, status=200, finish_reason="stop", finish="stop")


@pytest.mark.parametrize("name", sorted(families()))
def test_the_judge_knows_the_text(name: str) -> None:
    text = families()[name].render([CALL], [TOOL])
    in_content, in_reasoning = (
        structs.replace(REPLY, text=text),
        structs.replace(REPLY, reasoning=text),
    )
    for reply, slug in ((in_content, "call-in-content"), (in_reasoning, "call-in-reasoning")):
        assert [finding.slug for finding in judge(CASE, [reply]).findings] == [slug]
