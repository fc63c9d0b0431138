"""A case's turns, asked for and changed."""

from dataclasses import replace

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn

FIRST, SECOND = ExpectedCall("f", {"a": 1}), ExpectedCall("f", {"a": 2})
CASE = Case(
    "generated",
    "echo",
    (),
    (Tool("f", "", {"type": "object"}),),
    tuple(
        Turn((Message("user", "Go."),), Expectation("calls", (call,))) for call in (FIRST, SECOND)
    ),
)


def test_turns_are_counted_from_both_ends() -> None:
    assert CASE.at(0).expect.calls == (FIRST,)
    assert CASE.at(-1) is CASE.at(1)
    assert CASE.calls == (FIRST, SECOND)


def test_every_turn_is_changed_and_the_id_follows() -> None:
    forced = CASE.map_turns(lambda turn: replace(turn, tool_choice="required"))
    assert [turn.tool_choice for turn in forced.turns] == ["required", "required"]
    assert CASE.at(0).tool_choice == "auto"
    assert forced.id != CASE.id
    assert CASE.map_turns(lambda turn: turn).id == CASE.id
