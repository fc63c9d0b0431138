"""What others asked, made minimal: their words and their history stay, and nothing is guessed."""

from collections.abc import Iterator

import pytest

from toolfuzz.core.ask import Answered, Ask, Called, ToolResult, turns_of
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.talk import at_last_turn
from toolfuzz.evidence.minimize import minimize
from toolfuzz.evidence.rebuild import last_alone, scripted
from toolfuzz.evidence.simplify import PlainTree
from toolfuzz.evidence.toggles import toggles
from toolfuzz.evidence.tree import CaseTree
from toolfuzz.generate.respell import respelled
from toolfuzz.worlds.play import play

CONFIG = {"config": {"env": "prod"}, "batch": 3}
TOOLS = (
    Tool(
        "import_data",
        "Import a batch.",
        {
            "type": "object",
            "properties": {"config": {"type": "object"}, "batch": {"type": "integer"}},
            "required": ["config", "batch"],
        },
    ),
    Tool("list_batches", None, {"type": "object", "properties": {}}),
)


def called(name: str, arguments: str, text: str = "") -> Called:
    return Called(Reply("", False, 200, text=text, calls=(ToolCall("c1", name, arguments),)))


def recorded(*more: Message | Called | Answered, expect: Expectation | None = None) -> Case:
    said = (
        Message("system", "You import data."),
        Message("user", "Which batches are there?"),
        called("list_batches", "{}", "Let me see."),
        Answered((ToolResult("c1", "list_batches", "[3, 4]"),)),
        Called(Reply("", False, 200, text="There are 3 and 4.")),
        *more,
    )
    ask = Ask("m", TOOLS, said)
    turns = turns_of(ask, expect or Expectation("unknown"))
    return Case("recorded", "recorded", (), TOOLS, turns)


ASKED = Message("user", "Import batch 3 into production, please.")


def test_a_conversation_is_asked_again_as_it_was() -> None:
    ask = at_last_turn(recorded(ASKED)).ask(model="m")
    assert [type(said).__name__ for said in ask.said] == [
        "Message", "Message", "Called", "Answered", "Called", "Message",
    ]  # fmt: skip
    first, second = ask.replies
    assert (first.text, first.calls[0].name) == ("Let me see.", "list_batches")
    assert second.text == "There are 3 and 4."
    assert ask.prompt == ASKED.content


def smaller(case: Case) -> Iterator[Case]:
    for tree in (CaseTree(case), PlainTree(case)):
        for node in tree.candidates(frozenset()):
            if (made := tree.build(frozenset({node}))) is not None:  # type: ignore[arg-type]
                yield made


@pytest.mark.parametrize(
    "case",
    [
        recorded(ASKED),
        # an agent that goes on from its own failing call, and one of a tool that isn't offered
        recorded(
            ASKED,
            called("import_data", '{"config": "{\\"env\\": \\"prod\\"}", "batch": 3}'),
            Answered((ToolResult("c1", "import_data", "config must be an object"),)),
        ),
        recorded(ASKED, called("gone", '{"x": "y"}'), Message("user", "Again.")),
        recorded(ASKED, called("import_data", "no json"), Message("user", "Again.")),
    ],
    ids=["asked", "going on", "not offered", "broken"],
)
def test_whatever_goes_no_word_is_put_into_anybodys_mouth(case: Case) -> None:
    assert not scripted(case)
    words = {message.content for turn in case.turns for message in turn.messages}
    made = [*smaller(case), *respelled(case).values(), *(t.case for t in toggles(case).values())]
    alone = last_alone(case)
    assert (alone is None) == (not case.turns[-1].messages)
    for other in [*made, *([alone] if alone else [])]:
        assert {m.content for turn in other.turns for m in turn.messages} <= words
        assert other.turns[0].messages, "a conversation begins with somebody's words"
        assert other.turns[-1].expect.kind == "unknown"
        assert other.is_recorded
    assert {len(other.turns) for other in made} >= {len(case.turns), len(case.turns) - 1}
    assert any(len(other.tools) == 1 for other in made)


async def test_without_the_right_answer_no_control_is_claimed() -> None:
    """A schema that lost the failing part would pass, and show nothing."""

    async def fails(case: Case) -> bool:
        return any("config" in str(tool.parameters) for tool in case.tools)

    found = await minimize(recorded(ASKED), fails, controlled=False, deterministic=True)
    assert [len(found.case.turns), len(found.case.tools)] == [1, 1]
    assert found.case.turns[0].messages == (ASKED,)
    assert found.neighbour is None
    assert not found.needs_nothing


async def test_with_the_right_answer_the_words_are_made_plain_too() -> None:
    async def fails(case: Case) -> bool:
        return any("config" in str(call.arguments) for call in case.calls)

    expect = Expectation("calls", (ExpectedCall("import_data", CONFIG),))
    found = await minimize(recorded(ASKED, expect=expect), fails, deterministic=True)
    assert found.case.calls == (ExpectedCall("f", {"config": {"b": 1}}),)
    assert '{"config": {"b": 1}}' in found.case.turns[-1].messages[-1].content
    assert play(found.case).turn == found.case.turns[0]
