"""Questions of the user's own, and a system prompt of theirs."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.core.case import Case, ExpectedCall, Message, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.generate import draw_cases
from toolfuzz.generate.own import read_questions
from toolfuzz.generate.system import with_system
from toolfuzz.generate.tools import ToolSet

PLACE = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = ToolSet("tools:a.json", (Tool("weather", "", PLACE),))
OTHERS = ToolSet("tools:b.json", tuple(Tool(f"tool_{n}", "", PLACE) for n in range(30)))


def written(folder: Path, *lines: Any) -> str:
    path = folder / "asked.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return str(path)


def read(folder: Path, *lines: Any, offered: Any = 24, sets: Any = (WEATHER, OTHERS)) -> list[Case]:
    return read_questions([written(folder, *lines)], sets, offered)


RIGHT = {"prompt": "Rain in Bonn?", "tool": "weather", "arguments": {"city": "Bonn"}}


def test_a_question_has_its_right_answer_and_all_tools(tmp_path: Path) -> None:
    exact, loose, several, none = read(
        tmp_path,
        RIGHT,
        "",
        {"prompt": "Rain anywhere?", "tool": "weather"},
        {"prompt": "Both.", "calls": [
            {"name": "tool_29", "arguments": {"city": "Ulm"}},
            {"name": "weather", "arguments": {"city": "Bonn"}}]},
        {"prompt": "Hello", "no_call": True},
        RIGHT,
        offered="all",
    )  # fmt: skip
    (turn,) = exact.turns
    assert turn.messages == (Message("user", "Rain in Bonn?"),)
    assert turn.expect.calls == (ExpectedCall("weather", {"city": "Bonn"}),)
    assert (turn.expect.kind, turn.expect.compare, exact.probe) == ("calls", "exact", "prompts")
    assert loose.turns[0].expect.compare == "schema"
    assert (exact.origin, several.origin) == ("tools:a.json", "tools:b.json")
    assert none.turns[0].expect.kind == "no_call"
    assert {len(case.tools) for case in (exact, loose, several, none)} == {31}


def test_of_many_tools_those_beside_the_call_are_offered(tmp_path: Path) -> None:
    calls = [{"name": n, "arguments": {"city": "x"}} for n in ("tool_29", "weather")]
    (case,) = read(tmp_path, {"prompt": "Both.", "calls": calls}, offered=5)
    assert [tool.name for tool in case.tools] == [*(f"tool_{n}" for n in range(25, 30)), "weather"]


def test_questions_about_tools_that_are_not_chosen_are_not_asked(tmp_path: Path) -> None:
    sets = [WEATHER, ToolSet("tools:c.json", (), not_chosen=("gone",))]
    gone = {"prompt": "Go", "tool": "gone"}
    assert len(read(tmp_path, RIGHT, gone, sets=sets)) == 1
    with pytest.raises(UsageError, match="no question about the tools"):
        read(tmp_path, gone, sets=sets)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: not JSON"),
        ([1], "a question is an object"),
        ({"tool": "weather"}, "`prompt` must be a text"),
        ({"prompt": " ", "tool": "weather"}, "`prompt` must be a text"),
        ({"prompt": "\ud800", "tool": "weather"}, "surrogate"),
        ({"prompt": "a"}, "says no right answer"),
        ({"prompt": "a", "tool": "weather", "no_call": True}, "has tool and no_call"),
        ({"prompt": "a", "no_call": False}, "can only be true"),
        ({"prompt": "a", "calls": []}, "must be a list"),
        ({"prompt": "a", "calls": [3]}, "a call names its tool"),
        ({"prompt": "a", "tool": "weather", "arguments": "{}"}, "arguments are an object"),
        ({"prompt": "a", "tool": "wether"}, "no tool is named 'wether'"),
        ({"prompt": "a", "tool": "weather", "args": {}}, "unknown key 'args'"),
        ({"prompt": "a", "tool": "weather", "arguments": {"city": 3}}, "break its schema: $.city"),
        ({"prompt": "a", "calls": [{"name": "weather"}, {"name": "weather", "arguments": {}}]},
         "of all its calls, or of none"),
    ],
)  # fmt: skip
def test_a_line_that_is_wrong_is_named(tmp_path: Path, line: Any, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, line)
    assert said in error.value.message


def test_two_tools_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two sources have a tool 'weather'"):
        read(tmp_path, RIGHT, sets=[WEATHER, ToolSet("tools:z.json", WEATHER.tools)])


def test_a_system_prompt_goes_before_ours_and_changes_nothing_else() -> None:
    plain = list(draw_cases(60, seed=3))
    told = list(draw_cases(60, seed=3, system="Be brief."))
    assert any(case.turns[0].messages[0].role == "system" for case in plain)
    for case, said in zip(plain, told, strict=True):
        assert said == with_system(case, "Be brief.") and said.id != case.id
        head, *rest = said.turns[0].messages
        assert head.role == "system" and head.content.startswith("Be brief.")
        assert not any(message.role == "system" for message in rest)
        own = case.turns[0].messages
        if own[0].role == "system":
            assert head.content == f"Be brief.\n\n{own[0].content}" and tuple(rest) == own[1:]
        else:
            assert head.content == "Be brief." and tuple(rest) == own
        assert said.turns[1:] == case.turns[1:] and said.tools == case.tools
        assert said.turns[0].expect == case.turns[0].expect
