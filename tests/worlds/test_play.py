"""A world is played by the same loop as a script: calls are executed, the user goes on, it ends."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from toolfuzz.core.ask import Answered
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.verdict import Finding, Status
from toolfuzz.worlds.play import WorldTalk, ending_of, gone_on, play
from toolfuzz.worlds.spec import Check, Deed, User, World, to_json, world_of

TOOL = Tool(
    "rename",
    "Give a file another name.",
    {
        "type": "object",
        "properties": {"file": {"type": "string"}, "name": {"type": "string"}},
        "required": ["file", "name"],
    },
)
OPENING = Turn((Message("user", "Call f1 new.txt."),), Expectation("unknown"))
WORLD = World(
    dimension="plan",
    level=1,
    pair="pair",
    twin=False,
    wording=0,
    seed="by hand",
    task={},
    deeds={"rename": Deed("set", {"kind": "file", "by": "file", "fields": {"name": "name"}})},
    records={"file": {"f1": {"name": "old.txt"}, "f2": {"name": "other.txt"}}},
    goal=(
        Check("file", "f1", "name", "new.txt", "goal-not-reached",
              fix=ExpectedCall("rename", {"file": "f1", "name": "new.txt"})),
    ),
    gold=((ExpectedCall("rename", {"file": "f1", "name": "new.txt"}),),),
)  # fmt: skip
RIGHT = ("f1", "new.txt")
WRONG = ("f1", "old2.txt")


@dataclass(frozen=True)
class Came:
    """A reply with its judgement."""

    reply: Reply
    status: Status = "pass"
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


def reply(*renames: tuple[str, str]) -> Reply:
    calls = [
        ToolCall(f"c{n}", "rename", json.dumps({"file": file, "name": name}))
        for n, (file, name) in enumerate(renames)
    ]
    return Reply("openai-chat", False, 200, text="" if calls else "Done.", calls=tuple(calls))


def case(**changed: Any) -> Case:
    world = replace(WORLD, **changed)
    return Case("generated", "plan", (), (TOOL,), (OPENING,), to_json(world))


def talked(asked: Case, *replies: Reply) -> WorldTalk:
    talk = play(asked)
    assert isinstance(talk, WorldTalk)
    for one in replies:
        talk.answer(Came(one))
    return talk


def test_calls_are_executed_and_their_results_go_back() -> None:
    talk = talked(case(), reply(("f9", "x"), RIGHT))
    ask = talk.ask(model="m")
    results = ask.said[-1]
    assert isinstance(results, Answered)
    refused, done = (json.loads(result.content) for result in results.results)
    assert "error" in refused
    assert done["status"] == "done"
    assert [result.call_id for result in results.results] == ["c0", "c1"]
    assert talk.machine.records["file"]["f1"] == {"name": "new.txt"}


def test_it_ends_well_when_the_goal_is_reached() -> None:
    talk = talked(case(), reply(RIGHT), reply())
    assert talk.turn is None
    ending = talk.outcome
    assert ending.status == "pass"
    assert ending.scenario is not None
    assert (ending.scenario.rounds, ending.scenario.calls) == (2, 1)
    assert (ending.scenario.checks, ending.scenario.checks_failed) == (1, 0)


def test_what_is_wrong_in_the_end_is_found_where_it_was_done() -> None:
    ending = talked(case(), reply(("f2", "x")), reply(WRONG), reply()).outcome
    assert ending.status == "fail"
    [finding] = ending.findings
    assert (finding.slug, finding.layer, finding.turn) == ("goal-not-reached", "world", 1)
    assert (finding.expected, finding.actual) == ("new.txt", "old2.txt")


def test_a_write_that_nobody_allowed_is_found() -> None:
    asked = case(may_write=("file/f1",))
    ending = talked(asked, reply(RIGHT, ("f2", "x")), reply()).outcome
    assert [finding.slug for finding in ending.findings] == ["write-out-of-scope"]
    assert ending.findings[0].call == 1
    assert talked(asked, reply(RIGHT), reply()).outcome.status == "pass"


def test_writing_what_is_there_already_is_no_write() -> None:
    asked = case(may_write=("file/f1",))
    assert talked(asked, reply(RIGHT, ("f2", "other.txt")), reply()).outcome.status == "pass"


def test_a_reply_that_arrived_broken_ends_it_unjudged() -> None:
    talk = talked(case())
    broken = Finding("object-as-json-string", "error", "schema", "a string")
    talk.answer(Came(reply(RIGHT), "fail", (broken,)))
    assert talk.turn is None
    ending = talk.outcome
    assert (ending.status, ending.findings) == ("fail", (broken,))
    assert ending.scenario is not None
    assert ending.scenario.status == "unjudged"
    assert talk.machine.trace == []


def test_no_answer_is_nobodys_failure() -> None:
    talk = talked(case())
    talk.answer(Came(reply(), "unjudged", (), "timeout"))
    ending = talk.outcome
    assert (ending.status, ending.reason) == ("unjudged", "timeout")
    assert ending.scenario is not None
    assert ending.scenario.status == "unjudged"


def test_a_model_that_never_stops_is_stopped() -> None:
    talk = talked(case(most_rounds=3), reply(WRONG), reply(WRONG))
    assert talk.turn is not None
    talk.answer(Came(reply(WRONG)))
    assert talk.turn is None
    assert talk.outcome.status == "fail"


def test_the_user_goes_on_piece_by_piece() -> None:
    talk = talked(case(user=User(("Now f2.", "Thanks."))), reply(RIGHT), reply())
    assert [message.content for message in talk.turn.messages] == ["Now f2."]  # type: ignore[union-attr]
    talk.answer(Came(reply()))
    assert [message.content for message in talk.turn.messages] == ["Thanks."]  # type: ignore[union-attr]
    talk.answer(Came(reply()))
    assert talk.turn is None


def test_a_talk_can_be_made_again_from_its_replies() -> None:
    asked = case(user=User(("Now f2.",)))
    replies = [reply(RIGHT), reply(), reply(("f2", "x"))]
    talk = talked(asked, *replies)
    again = gone_on(asked, replies)
    assert again == talk.case
    assert again.id == asked.id
    assert gone_on(again, replies) == talk.case
    assert ending_of(asked, replies) is None
    assert ending_of(asked, [*replies, reply()]) == talked(asked, *replies, reply()).outcome


def test_a_scripted_case_is_played_as_ever() -> None:
    script = Case("generated", "echo", (), (TOOL,), (OPENING,))
    assert not isinstance(play(script), WorldTalk)
    assert gone_on(script, [reply()]) is script
    assert ending_of(script, [reply()]) is None


def test_a_world_that_is_none_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match="not a world: dimension: Field required"):
        world_of(Case("generated", "plan", (), (TOOL,), (OPENING,), {"level": 1}))
