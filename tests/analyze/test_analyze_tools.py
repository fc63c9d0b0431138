"""Which of the user's tools fails."""

from dataclasses import replace
from typing import Any

from made_up import TARGETS, exchange, verdict

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.rates import rate
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunStarted,
    VerdictReached,
)
from toolfuzz.core.verdict import Finding, Verdict

DEFECT = Finding("null-as-string", "error", "values", "", call=0, pointer="/a")


def asking(number: int, *names: str, source: str = "tools:shop.json") -> Case:
    tools = tuple(Tool(name, "", {"type": "object"}) for name in ("get", "put", "help"))
    calls = tuple(ExpectedCall(name, {"n": number}) for name in names)
    turn = Turn((Message("user", "call"),), Expectation("calls", calls))
    return Case(source, "echo", (), tools, (turn,))


def told(
    *answers: tuple[Case, Verdict], sources: Any = ({"shop.json": ["get", "put", "rest"]},)
) -> list[Event]:
    named = [
        {"source": f"tools:{place}", "place": place, "tools": tools, "not_chosen": 1}
        for one in sources
        for place, tools in one.items()
    ]
    lines: list[Event] = [RunStarted(0.0, "0", TARGETS, {"sources": named} if named else {})]
    for case, given in answers:
        lines += [CaseDrawn(case), ExchangeRecorded(exchange(given)), VerdictReached(given)]
    return lines


def tools_of(events: list[Event]) -> dict[str, Any]:
    tools: dict[str, Any] = summarize(collect(events))["targets"][0]["tools"]
    return tools


def answered(case: Case, *findings: Finding, status: str = "") -> tuple[Case, Verdict]:
    return case, verdict(case, status or ("fail" if findings else "pass"), *findings)


def test_the_weakest_tool_comes_first_with_its_interval_and_what_failed() -> None:
    events = told(
        *(answered(asking(n, "get")) for n in range(5)),
        *(answered(asking(n, "put"), DEFECT) for n in range(3)),
        answered(asking(9, "put")),
        answered(asking(10, "put"), status="unjudged"),
    )
    tools = tools_of(events)
    assert list(tools) == ["put", "get", "rest"]
    put = tools["put"]
    assert (put["judged"], put["failed"], put["unjudged"]) == (4, 3, 1)
    assert put["defects"] == {"null-as-string": 3} and put["source"] == "tools:shop.json"
    expected = rate((n, n == 3) for n in range(4))
    assert (put["rate"], put["low"], put["high"]) == (0.25, expected.low, expected.high)
    assert (tools["rest"]["rate"], tools["rest"]["judged"]) == (None, 0)


def test_a_reply_fails_for_the_tool_whose_call_is_wrong() -> None:
    both = asking(1, "get", "put")
    tools = tools_of(told(answered(both, replace(DEFECT, tool="put")), answered(asking(2, "get"))))
    assert (tools["put"]["judged"], tools["put"]["failed"]) == (1, 1)
    assert (tools["get"]["judged"], tools["get"]["failed"]) == (1, 0)
    # Nobody knows whose it is.
    tools = tools_of(told(answered(both, DEFECT)))
    assert [tools[name]["failed"] for name in ("get", "put")] == [1, 1]
    tools = tools_of(told(answered(both)))
    assert [tools[name]["passed"] for name in ("get", "put")] == [1, 1]


def test_tools_of_a_conversation_s_own_are_nobody_s() -> None:
    assert "help" not in tools_of(told(answered(asking(1, "get", "help"))))


def test_a_name_that_two_sources_have_is_told_apart() -> None:
    tools = tools_of(
        told(
            answered(asking(1, "get")),
            answered(asking(2, "get", source="tools:b.json"), DEFECT),
            sources=({"shop.json": ["get"], "b.json": ["get", "say"]},),
        )
    )
    assert list(tools) == ["get (tools:b.json)", "get (tools:shop.json)", "say"]
    assert [tool["failed"] for tool in tools.values()] == [1, 0, 0]


def test_journals_of_before_and_of_strangers_are_read() -> None:
    answers = answered(asking(1, "get"), DEFECT), answered(asking(2, "put"))
    assert list(tools_of(told(*answers, sources=()))) == ["get", "put"]
    for odd in (3, [3], [{"source": 1}], [{"source": "a", "place": "b", "tools": [1]}]):
        opening, *rest = told(*answers)
        assert isinstance(opening, RunStarted)
        strange = replace(opening, settings={"sources": odd})
        assert list(tools_of([strange, *rest])) == ["get", "put"]


def test_generated_tools_are_nobody_s() -> None:
    case = asking(1, "get", source="generated")
    assert tools_of(told(answered(case, DEFECT), sources=())) == {}
