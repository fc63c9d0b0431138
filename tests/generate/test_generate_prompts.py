"""Prompts: what a renderer says, its reader takes apart again."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.case import ExpectedCall, Message, Tool
from toolfuzz.generate.names import LOOK_ALIKES
from toolfuzz.generate.prompts import ABSTAIN_TEXTS, can_choose, read, render

JSON_STRING = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON_VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | JSON_STRING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(JSON_STRING, inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = st.dictionaries(JSON_STRING, JSON_VALUE, max_size=4)
NAME = st.from_regex(r"[a-zA-Z0-9_.-]{1,64}", fullmatch=True)


def tool(name: str, description: str = "") -> Tool:
    return Tool(name, description, {"type": "object"})


def exact(calls: list[ExpectedCall] | None) -> str:
    """Tell 1 from 1.0 and True, which == does not."""
    assert calls is not None
    return json.dumps([[c.tool, c.arguments] for c in calls])


@pytest.mark.parametrize("probe", ["echo", "describe"])
@given(name=NAME, arguments=ARGUMENTS)
def test_one_call_is_read_back(probe: str, name: str, arguments: dict) -> None:
    call = ExpectedCall(name, arguments)
    tools = [tool(name)]
    assert exact(read(render(probe, tools, [call]), tools)) == exact([call])


@given(st.lists(st.tuples(NAME, ARGUMENTS), min_size=1, max_size=4))
def test_a_batch_is_read_back(pairs: list[tuple[str, dict]]) -> None:
    calls = [ExpectedCall(name, arguments) for name, arguments in pairs]
    assert exact(read(render("batch", [], calls), [])) == exact(calls)


@pytest.mark.parametrize("family", LOOK_ALIKES, ids=lambda f: f[0].name)
@given(arguments=ARGUMENTS)
def test_a_choice_is_read_back_without_its_name(family: tuple, arguments: dict) -> None:
    tools = [tool(t.name, t.description) for t in family]
    for chosen in tools:
        assert can_choose(chosen.name, tools)
        call = ExpectedCall(chosen.name, arguments)
        messages = render("choose", tools, [call])
        assert chosen.name not in messages[0].content.split("arguments:")[0]
        assert exact(read(messages, tools)) == exact([call])


@given(
    st.lists(st.tuples(NAME, st.text(max_size=80)), min_size=2, max_size=4, unique_by=lambda x: x),
    ARGUMENTS,
)
def test_a_users_tools_are_chosen_by_description(
    pairs: list[tuple[str, str]], arguments: dict
) -> None:
    tools = [tool(name, description) for name, description in dict(pairs).items()]
    for t in tools:
        if can_choose(t.name, tools):
            call = ExpectedCall(t.name, arguments)
            assert exact(read(render("choose", tools, [call]), tools)) == exact([call])


@pytest.mark.parametrize(
    ("name", "descriptions"),
    [
        ("a_tool", ["", ""]),
        ("a_tool", ["same", "same"]),
        ("a_tool", ["only one"]),
        ("a_tool", ["Use a_tool for this.", "other"]),
    ],
    ids=["no description", "the same twice", "alone", "names itself"],
)
def test_what_cannot_be_chosen(name: str, descriptions: list[str]) -> None:
    tools = [tool(n, d) for n, d in zip([name, "b_tool"], descriptions, strict=False)]
    assert not can_choose(name, tools)


@pytest.mark.parametrize("variant", range(len(ABSTAIN_TEXTS)))
def test_no_call_is_read_back(variant: int) -> None:
    assert read(render("abstain", [], [], variant=variant), []) == []


def test_the_last_user_message_counts() -> None:
    call = ExpectedCall("t", {"a": 1})
    earlier = Message("user", "hello")
    assert read([earlier, *render("echo", [], [call])], []) == [call]
    assert read([*render("echo", [], [call]), earlier], []) is None


def test_a_mangled_prompt_never_raises() -> None:
    chance = random.Random(0)
    call = ExpectedCall("t", {"a": [1, {"b": None}], "c": "x\ny", "d": {}})
    for probe in ("echo", "describe", "batch"):
        text = render(probe, [], [call])[0].content
        for _ in range(300):
            at = chance.randrange(len(text))
            cut = text[:at] + chance.choice(["", "{", '"', "\n", "9" * 5000]) + text[at + 3 :]
            read([Message("user", cut)], [])


@given(st.text())
def test_other_text_is_not_ours(text: str) -> None:
    assert read([Message("user", text)], []) is None
    assert read([], []) is None
