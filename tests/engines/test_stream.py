"""Drawn streams: what a family's reference reader makes of them, and what is said of a parser."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from toolfuzz import strategies
from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.engines.native import families, family
from toolfuzz.engines.stream import Stream

# What Hypothesis would say of an example (Phase.explain) costs a hundred more of them.
QUICK = settings(
    max_examples=30,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
TOOL = Tool("f", "Does it.", {"type": "object", "properties": {"a": {"type": "integer"}}})
SHAPE = {"name": "f", "description": "Does it.", "parameters": TOOL.parameters}
STREAM = Stream(
    "qwen25",
    [{"type": "function", "function": SHAPE}],
    [("f", {"a": 1}), ("f", {"a": 2})],
    "Well. {",
    "…",
    (["…"],),
)


def read(stream: Stream) -> tuple[list[tuple[str, dict]], str]:
    """Read a stream as its family's own reader does."""
    writer = family(stream.family)
    if not stream.calls:
        return [], stream.text
    assert stream.text.startswith(stream.content)
    text = stream.text.removeprefix(stream.content)
    if stream.content:
        text = text.removeprefix(writer.between or "")
    tools = [
        Tool(f["name"], f.get("description"), f.get("parameters", {}))
        for f in (tool["function"] for tool in stream.tools)
    ]
    return [(call.tool, call.arguments) for call in writer.read(text, tools)], stream.content


@given(st.data())
@QUICK
def test_streams_say_what_is_right(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(families())))
    anywhere = data.draw(st.booleans())
    stream = data.draw(strategies.streams(name, anywhere=anywhere))
    calls, content = read(stream)
    stream.check(calls, content)
    for increments in stream.cuts:
        assert "".join(increments) == stream.text and all(increments)
        whole = [text for text in increments if text in family(name).markers]
        assert anywhere or len(whole) == sum(text in whole for text in stream.cuts[0])
    if stream.calls:
        with pytest.raises(AssertionError, match=r"calls-missing|no-call|empty-reply"):
            stream.check(calls[1:])


def smallest(goal: Any) -> Stream:
    strategy = strategies.streams("qwen25", tools=[TOOL])
    return find(strategy, goal, settings=settings(QUICK, max_examples=2000), random=Random(0))


def test_a_stream_shrinks_to_one_call_and_one_more_cut() -> None:
    def breaks(stream: Stream) -> bool:
        return any(text.endswith('{"a') for cut in stream.cuts for text in cut)

    found = smallest(breaks)
    assert found.calls == [("f", {"a": 0})] and found.content == ""
    coarse = ["<tool_call>", '\n{"name": "f", "arguments": {"a": 0}}\n', "</tool_call>"]
    assert sorted(map(len, found.cuts)) == [3, 3, 4]
    assert found.cuts[0] == coarse


RIGHT = [("f", {"a": 1}), ("f", {"a": 2})]


@pytest.mark.parametrize(
    ("calls", "content", "said"),
    [
        (RIGHT, "Well. {", None),
        ([("f", '{"a": 1}'), ("f", '{ "a":2 }')], "Well. {\n", None),
        (RIGHT, None, None),
        (RIGHT, "Well.", "content-changed: the text differs after 5 of 7"),
        (RIGHT[:1], None, "calls-missing: 1 of 2"),
        (RIGHT[::-1], None, "calls-reordered"),
        ([("f", {"a": "1"}), RIGHT[1]], None, "number-as-string in call 0 at /a"),
        ([("f", '{"a": 1'), RIGHT[1]], None, "args-truncated in call 0"),
        ([("g", {"a": 1}), RIGHT[1]], None, "unknown-tool"),
        ([(None, {"a": 1}), RIGHT[1]], None, "name-"),
        ([("f", {"a": True}), RIGHT[1]], None, "at /a: "),
        ([("f", {"a": 1.0}), RIGHT[1]], None, "integer-as-float in call 0 at /a"),
    ],
)
def test_what_a_parser_read_is_checked_to_the_letter(
    calls: Any, content: str | None, said: str | None
) -> None:
    if said is None:
        STREAM.check(calls, content)
        return
    with pytest.raises(AssertionError) as caught:
        STREAM.check(calls, content)
    assert said in str(caught.value) and "its text: '…'" in str(caught.value)


def test_cuts_that_change_the_result_are_shown() -> None:
    stream = smallest(lambda stream: len(stream.cuts[2]) > 3)
    stream.check_cuts("".join)
    with pytest.raises(AssertionError, match="depends on the cut:\n  4\n    came of") as caught:
        stream.check_cuts(len)
    assert repr(stream.cuts[2]) in str(caught.value)


def test_an_unknown_family_is_said_at_once() -> None:
    with pytest.raises(UsageError, match="qwen52") as caught:
        strategies.streams("qwen52")
    assert "qwen25" in str(caught.value.hint)
