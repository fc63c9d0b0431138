"""What somebody says was expected: whole, or a value of the call that came."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.core.case import Case, Expectation, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.reply import ToolCall
from toolfuzz.runs.expecting import by_hand

CAME = (
    ToolCall("1", "save", '{"config": "{}", "tags": ["a", "b"]}'),
    ToolCall("2", "load", '{"id": 7}'),
)


def case(text: str = "") -> Case:
    tools = (Tool("save", text, {"type": "object"}),)
    return Case("recorded", "recorded", (), tools, (Turn((), Expectation("unknown")),))


def told(*values: str, file: Path | None = None, id: str = "1") -> Any:
    hand = by_hand(file, values)
    assert hand is not None
    found = hand.of(case(), CAME, id)
    hand.check()
    if found is None:
        return None
    expect = found.at(-1).expect
    return [expect.kind, *((c.tool, c.arguments) for c in expect.calls)]


CONFIG = {"config": {"env": "prod"}, "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("values", "first", "second"),
    [
        (['/config={"env": "prod"}'], CONFIG, {"id": 7}),
        (['0/config={"env": "prod"}'], CONFIG, {"id": 7}),
        (["1/id=8"], {"config": "{}", "tags": ["a", "b"]}, {"id": 8}),
        (['1:/config={"env": "prod"}', "1/id=8"], CONFIG, {"id": 8}),
        (["/tags/1=x=y", "/config={}"], {"config": {}, "tags": ["a", "x=y"]}, {"id": 7}),
        (["/new/a=null"], {"config": "{}", "tags": ["a", "b"], "new": {"a": None}}, {"id": 7}),
        (['1={"id": "all of it"}'], {"config": "{}", "tags": ["a", "b"]}, {"id": "all of it"}),
        ([f"{case().id[:8]}:1/a~1b=1"], {"config": "{}", "tags": ["a", "b"]}, {"id": 7, "a/b": 1}),
    ],
)
def test_the_call_that_came_but_with_this_value(values: list[str], first: Any, second: Any) -> None:
    assert told(*values) == ["calls", ("save", first), ("load", second)]


@pytest.mark.parametrize(
    ("file", "values", "expected"),
    [
        ({"no_call": True}, [], ["no_call"]),
        ({"calls": [{"name": "f", "arguments": {"a": 1}}]}, [], ["calls", ("f", {"a": 1})]),
        ({"calls": [{"name": "f", "arguments": {"a": 1}}]}, ["/a=2"], ["calls", ("f", {"a": 2})]),
        ({"1": {"no_call": True}, case().id[:4]: None}, [], ["unknown"]),
    ],
)
def test_a_file_says_it_whole(file: Any, values: Any, expected: Any, tmp_path: Path) -> None:
    path = tmp_path / "expected.json"
    path.write_text(json.dumps(file))
    assert told(*values, file=path) == expected


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["config=3"], "is not POINTER=VALUE"),
        (["other:/config=3"], "no case is called 'other'"),
        (["5/config=3"], "no call 5"),
        (["/config/env=3"], "have no place /config/env"),
        (["/tags/9=3"], "have no place /tags/9"),
        (["=3"], "arguments of a call are an object"),
    ],
)
def test_what_fits_no_call_is_said(values: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        told(*values)
    assert error.value.hint


@pytest.mark.parametrize("text", ["[]", "{", '{"calls": 1}', '{"a": {"calls": [{"name": "f"}]}}'])
def test_a_file_that_says_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "expected.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"expected\.json"):
        by_hand(path, ())


def test_of_several_cases_one_must_be_named() -> None:
    hand = by_hand(None, ["/config=1"])
    assert hand is not None
    assert hand.of(case(), CAME, "1") == hand.of(case(), CAME, "2"), "asked twice"
    with pytest.raises(UsageError, match="more than one case"):
        hand.of(case("another"), CAME, "3")
    named = hand.for_case(case().id[:6])
    assert named.of(case(), CAME, "1") is not None
    assert named.of(case("another"), CAME, "3") is None
