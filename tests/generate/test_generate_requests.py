"""A case's right answer never contradicts its request, whatever the request demands."""

from collections.abc import Iterator
from itertools import chain

from toolfuzz.core.case import Case, Turn
from toolfuzz.core.talk import rehearsed
from toolfuzz.generate import draw_cases
from toolfuzz.generate.features.strict import closed
from toolfuzz.generate.tools import load
from toolfuzz.simulate.brain import answer


def contradictions(case: Case, number: int, turn: Turn) -> Iterator[str]:
    """Yield what the request forbids of the turn's own right answer, or leaves unclear."""
    offered = {tool.name: tool for tool in case.tools_at(number)}
    calls = turn.expect.calls
    called = {call.tool for call in calls}
    kind, _, named = turn.tool_choice.partition(":")
    if len(offered) < len(case.tools_at(number)):
        yield "two tools of one name"
    if not called <= offered.keys():
        yield "a call of what is not on offer"
    if kind == "none" and turn.expect.kind != "no_call":
        yield "calls where none is allowed"
    if kind == "required" and not calls:
        yield "a call is demanded and none is right"
    if kind == "tool" and (len(calls) != 1 or called != {named} or turn.allowed):
        yield "another than exactly the named call"
    if turn.allowed and not (calls and called <= set(turn.allowed) <= offered.keys()):
        yield "another than the allowed tools"
    if (kind == "tool" or turn.allowed) and not all(
        any(name in message.content for message in turn.messages) for name in called
    ):
        yield "the request names what the prompt keeps back"
    if turn.parallel is False and len(calls) != 1:
        yield "not exactly one call where several are switched off"
    for tool in offered.values():
        if tool.strict and closed(tool.parameters) != tool.parameters:
            yield "strict on a schema outside of the strict subset"
    for call in calls:
        if not offered[call.tool].declared and (call.arguments or offered[call.tool].parameters):
            yield "arguments for a tool that declares none"


def test_no_request_contradicts_its_right_answer() -> None:
    seen: set[str] = set()
    count = 0
    drawn = chain(
        draw_cases(1000, seed=11),
        draw_cases(600, features=["request"], seed=12),
        draw_cases(300, features=["request", "strict", "rare"], seed=13),
        draw_cases(200, tools=[load("data_import"), load("browser")], seed=14),
    )
    for case in drawn:
        for number, (turn, ask) in enumerate(
            zip(case.turns, rehearsed(case, model="m"), strict=True)
        ):
            assert list(contradictions(case, number, turn)) == [], case
            if number == 0:
                _, calls = answer(ask)
                right = [(call.tool, call.arguments) for call in turn.expect.calls]
                assert [(call.name, call.arguments) for call in calls] == right
        seen.update(case.features)
        count += 1
    assert count >= 2000
    wanted = ("choice-named", "choice-required", "choice-allowed", "parallel-off", "strict")
    assert seen.issuperset((*wanted, "parameters-none", "tools-100kb", "root-anyof"))
