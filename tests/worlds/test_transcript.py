"""A scenario line by line: findings stand at the step that went wrong, each once."""

import pytest

from toolfuzz.core.case import Expectation, Message, Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.verdict import Finding
from toolfuzz.generate.dimensions import all_dimensions, draw_pair
from toolfuzz.worlds.agents import brain, ignorant, played
from toolfuzz.worlds.transcript import transcript

ASKED = Turn((Message("system", "rules"), Message("user", "do it")), Expectation("unknown"))
CALL = ToolCall("1", "set", '{"a": 1}')


def reply(text: str, *calls: ToolCall) -> Reply:
    return Reply("", False, 200, text=text, calls=calls)


def turn(*results: str, said: str = "") -> Turn:
    messages = (Message("user", said),) if said else ()
    return Turn(messages, Expectation("unknown"), results=results)


def finding(slug: str, turn: int, call: int | None) -> Finding:
    return Finding(slug, "error", "world", "so", call=call, turn=turn)


def test_lines_stand_in_the_order_in_which_they_were_said() -> None:
    first = Turn(ASKED.messages, ASKED.expect, results=('{"ok": 1}', '{"error": "no"}'))
    history = [(first, reply("look", CALL, CALL)), (turn(said="and?"), reply("Done."))]
    lines = list(transcript(history, []))
    assert [(line.who, line.text) for line in lines] == [
        ("system", "rules"), ("user", "do it"), ("model", "look"),
        ("call", '{"a": 1}'), ("call", '{"a": 1}'), ("user", "and?"), ("model", "Done."),
    ]  # fmt: skip
    assert [line.failed for line in lines if line.who == "call"] == [False, True]


def test_what_is_wrong_stands_at_its_step() -> None:
    history = [
        (turn("{}", "{}"), reply("", CALL, CALL)),
        (turn("not JSON"), reply("", CALL)),
        (turn(), reply("")),
    ]
    found = [finding("b", 0, 1), finding("c", 1, 0), finding("whole", 0, None)]
    lines = list(transcript(history, found))
    wrong = [[f.slug for f in line.wrong] for line in lines]
    assert wrong == [[], ["b"], ["c"], ["whole"]]


def test_of_a_talk_that_ended_with_a_call_the_last_call_says_what_is_wrong_with_all() -> None:
    lines = list(transcript([(turn("{}"), reply("", CALL))], [finding("whole", 0, None)]))
    assert [f.slug for f in lines[-1].wrong] == ["whole"]


def test_a_call_without_readable_arguments_is_shown() -> None:
    odd = ToolCall("1", None, None, arguments=[1])
    (line,) = transcript([(turn(), reply("", odd))], [])
    assert (line.tool, line.text, line.result, line.failed) == ("", "[1]", "", False)


@pytest.mark.parametrize("name", sorted(all_dimensions()))
def test_every_finding_is_shown_once(name: str) -> None:
    family = all_dimensions()[name]
    case, _ = draw_pair(family, 2, 0)
    for agent in (ignorant(family), brain(family)):
        talk = played(case, agent)
        findings = talk.outcome.findings
        shown = [f for line in transcript(talk.history, findings) for f in line.wrong]
        assert sorted(map(repr, shown)) == sorted(map(repr, findings))
