"""Whose call is wrong, where a case asks for calls of several tools."""

import json
from typing import Any

import pytest

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Tool, Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.judge import judge

GET, PUT = (ExpectedCall(name, {"n": n}) for n, name in enumerate(("get", "put")))


def told(*calls: tuple[str, Any], wanted: tuple[ExpectedCall, ...] = (GET, PUT)) -> list[str]:
    """The tools that the findings on these calls tell of."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    tools = tuple(Tool(name, "", schema) for name in ("get", "put"))
    case = Case("tools:a", "batch", (), tools, (Turn((), Expectation("calls", wanted)),))
    made = tuple(
        ToolCall(f"c{n}", name, json.dumps(arguments), None)
        for n, (name, arguments) in enumerate(calls)
    )
    reply = Reply("openai-chat", False, 200, calls=made, finish="tool_calls")
    found = judge(case, [reply])
    assert found.status == "fail"
    return [finding.tool for finding in found.findings]


@pytest.mark.parametrize(
    ("calls", "whose"),
    [
        ([("get", {"n": "0"}), ("put", {"n": 1})], {"get"}),
        ([("put", {"n": "1"}), ("get", {"n": 0})], {"put"}),
        ([("put", {"n": 7}), ("get", {"n": "0"})], {"get", "put"}),
        ([("get", {"n": 0})], {"put"}),
        ([("get", {"n": 0}), ("pit", {"n": 1})], {"put"}),
        ([], {""}),
    ],
)
def test_a_finding_names_the_tool_that_was_meant(calls: Any, whose: set[str]) -> None:
    assert set(told(*calls)) == whose


def test_where_one_tool_is_asked_for_nothing_is_said() -> None:
    assert set(told(("get", {"n": "0"}), wanted=(GET,))) == {""}
