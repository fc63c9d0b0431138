"""Talks: what is said next depends on the case and on what came, and on nothing else."""

import json
from dataclasses import dataclass, replace

import pytest

from toolfuzz.core.ask import Answered, Called
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.talk import Talk, at_last_turn, play, rehearsed
from toolfuzz.core.verdict import Finding, Status

TOOL = Tool("f", "", {"type": "object"})
OTHER = Tool("g", "", {"type": "object"})


@dataclass(frozen=True)
class Judged:
    reply: Reply
    status: Status = "pass"
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


def wanted(*numbers: int, tool: str = "f") -> Expectation:
    return Expectation("calls", tuple(ExpectedCall(tool, {"n": n}) for n in numbers))


def case(*turns: Turn) -> Case:
    return Case("generated", "made", (), (TOOL, OTHER), turns)


def said(*numbers: int, ids: bool = True) -> Reply:
    calls = [
        ToolCall(f"id_{at}" if ids else None, "f", json.dumps({"n": n}))
        for at, n in enumerate(numbers)
    ]
    return Reply("made", False, 200, calls=tuple(calls))


def results(talk: Talk) -> list[tuple[str | None, str]]:
    ask = talk.ask(model="m")
    (answered,) = (one for one in ask.said if isinstance(one, Answered))
    return [(result.call_id, result.content) for result in answered.results]


def one(text: str, **how: object) -> Turn:
    turn = Turn((Message("user", text),), wanted(1), results=(f"result of {text}",))
    return replace(turn, **how)  # type: ignore[arg-type]


def test_turns_follow_each_other_with_what_came_between() -> None:
    asked = case(one("first"), one("second", messages=()), one("third"))
    talk = play(asked)
    assert (talk.turn, talk.number, talk.replies) == (asked.turns[0], 0, ())
    first = said(1)
    assert talk.answer(Judged(first)) == asked.turns[1]
    ask = talk.ask(model="m", stream=True)
    assert ask.said[:2] == (Message("user", "first"), Called(first))
    assert [r.content for r in ask.answered] == ["result of first"] and ask.stream
    assert talk.answer(Judged(said(1))) == asked.turns[2]
    assert talk.ask(model="m").prompt == "third"
    assert talk.answer(Judged(said(1))) is None and talk.turn is None
    assert talk.outcome.status == "pass" and len(talk.replies) == 3


def test_a_wrong_value_is_followed_to_the_end_and_fails_the_whole() -> None:
    talk = play(case(one("first"), one("second")))
    wrong = Finding("e", "error", "values", "wrong")
    assert talk.answer(Judged(said(2), "fail", (wrong,))) is not None
    talk.answer(Judged(said(1), "unjudged", (), "broke off"))
    assert (talk.outcome.status, talk.outcome.findings) == ("fail", (wrong,))


@pytest.mark.parametrize("status", ["fail", "unjudged"])
def test_what_does_not_pass_is_the_end(status: Status) -> None:
    talk = play(case(one("first"), one("second"), one("third")))
    warned = Finding("w", "warn", "wire", "warned")
    wrong = Finding("e", "error", "wire", "wrong")
    talk.answer(Judged(said(1), findings=(warned,)))
    assert talk.answer(Judged(said(2), status, (wrong,), "because")) is None
    ending = talk.outcome
    assert (ending.status, ending.findings) == (status, (warned, replace(wrong, turn=1)))
    assert ending.reason == ("because" if status == "unjudged" else None)
    with pytest.raises(AssertionError, match="over"):
        talk.answer(Judged(said(1)))


def test_a_talk_may_begin_at_its_last_turn_after_right_answers() -> None:
    asked = case(one("first"), one("second"))
    talk = at_last_turn(asked)
    assert (talk.turn, talk.number) == (asked.turns[1], 1)
    assert [content for _, content in results(talk)] == ["result of first"]
    wrong = Finding("e", "error", "wire", "wrong")
    assert talk.answer(Judged(said(1), "fail", (wrong,))) is None
    assert talk.outcome.findings == (replace(wrong, turn=1),)


THREE = Turn((Message("user", "Go."),), wanted(1, 2, 3), results=("one", "two", "three"))


@pytest.mark.parametrize(
    ("turn", "reply", "right"),
    [
        (THREE, said(1, 2, 3), ["id_0 one", "id_1 two", "id_2 three"]),
        (THREE, said(3, 1, 2), ["id_0 three", "id_1 one", "id_2 two"]),
        (THREE, said(3, 1), ["id_0 three", "id_1 one"]),
        (THREE, said(9, 2, 3), ["id_0 one", "id_1 two", "id_2 three"]),
        (THREE, said(1, 2, 3, 4, 5), ["id_0 one", "id_1 two", "id_2 three", "id_3 ", "id_4 "]),
        (replace(THREE, order=(2, 0, 1)), said(1, 3, 2), ["id_1 three", "id_0 one", "id_2 two"]),
        (
            replace(THREE, order=(2, 0, 1)),
            said(1, 3, 2, ids=False),
            ["None one", "None three", "None two"],
        ),
        (
            replace(THREE, expect=wanted(1, 1, 1), order=(1, 0, 2)),
            said(1, 1, 1),
            ["id_1 two", "id_0 one", "id_2 three"],
        ),
        (replace(THREE, expect=Expectation("unknown")), said(7, 7), ["id_0 one", "id_1 two"]),
    ],
)
def test_a_result_goes_to_the_call_that_it_answers(
    turn: Turn, reply: Reply, right: list[str]
) -> None:
    talk = play(case(turn, one("second")))
    talk.answer(Judged(reply))
    assert [f"{call_id} {content}" for call_id, content in results(talk)] == right


def test_broken_arguments_are_answered_as_well() -> None:
    talk = play(case(THREE, one("second")))
    calls = (ToolCall("a", "f", "{"), ToolCall("b", "f", None, {"n": 1}), ToolCall("c", "x", "[]"))
    talk.answer(Judged(Reply("made", False, 200, calls=calls)))
    assert sorted(content for _, content in results(talk)) == ["one", "three", "two"]


def test_the_tools_on_offer_may_change() -> None:
    later = one("second", tools=(OTHER,), expect=wanted(2, tool="g"))
    talk = play(case(one("first"), later))
    assert talk.ask(model="m").tools == (TOOL, OTHER)
    talk.answer(Judged(said(1)))
    assert talk.ask(model="m").tools == (OTHER,)


def test_a_rehearsal_asks_every_turn_with_right_answers_before_it() -> None:
    prose = Turn((Message("user", "Hello."),), Expectation("no_call"))
    asks = list(rehearsed(case(prose, THREE, one("end", messages=())), model="m"))
    assert [len(ask.said) for ask in asks] == [1, 3, 5]
    assert [r.content for r in asks[2].answered] == ["one", "two", "three"]
    ids = [call.id for reply in asks[2].replies for call in reply.calls]
    assert len(set(ids)) == len(ids) == 3


def test_new_ways_to_ask_change_the_id_and_only_they() -> None:
    plain = case(one("a"), one("b"))
    changed = [
        case(one("a", messages=(Message("user", "a", parts=True),)), one("b")),
        case(one("a", results_as="parts"), one("b")),
        case(one("a", results_as="error"), one("b")),
        case(one("a", order=(0,)), one("b")),
        case(one("a"), one("b", tools=(TOOL,))),
    ]
    assert len({plain.id, *(one.id for one in changed)}) == 6
    assert case(one("a"), one("b")).id == plain.id
