"""What stands around the calls: a right engine is never blamed, each fault of a made-up one is."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache

import made_parser
import pytest
from made_parser import Fault, Parser

from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.given import given_of
from toolfuzz.core.talk import play
from toolfuzz.core.verdict import Finding
from toolfuzz.engines.around import _ended, write
from toolfuzz.engines.native import NotExpressible, families, family
from toolfuzz.engines.trial import EngineTrial
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge

KINDS = ("content", "after", "reasoning", "name", "arguments", "end")


def drawn() -> Iterator[Case]:
    """Yield cases whose tools have other names each, with calls and without."""
    types = {"a": {"type": "string"}, "b": {"type": "integer"}}
    for n in range(300):
        tool = Tool(f"to_{n}", "", {"type": "object", "properties": types})
        call = ExpectedCall(tool.name, {"a": "Paris, Texas", "b": int("7" * 60)})
        calls = (ExpectedCall(tool.name, {}), call) if n % 2 else (call,)
        expect = Expectation("no_call") if n % 3 == 2 else Expectation("calls", calls)
        yield Case("generated", "test", (), (tool,), (Turn((Message("user", "Go."),), expect),))


@cache
def cases() -> list[Case]:
    """Return some in which every kind of text stands in two at least."""
    found, had = [], Counter[object]()
    for case in drawn():
        [turn] = case.turns
        written = write(family("qwen25"), turn.expect, case.tools, thinks=True, may_end=True)
        given = written.given
        content, reasoning = (
            text.replace(case.tools[0].name, "") for text in (given.content, given.reasoning)
        )
        called = len(turn.expect.calls)
        shown = {given.cut, ("after", given.after), (called, content), (bool(called), reasoning)}
        if any(had[one] < 2 for one in shown):
            found.append(case)
            had.update(shown)
    assert len(found) < 50
    return found


def trial(name: str, fault: Fault = lambda found: found) -> EngineTrial:
    """Return a trial whose worker is made up."""
    made = EngineTrial(f"engine/vllm:{name}")
    made._worker = Parser(family(name), fault)  # type: ignore[assignment]
    made.reasoner, made.limits = "made" if family(name).thinking else "", True
    return made


async def judged(
    asked: EngineTrial, case: Case, *, stream: bool
) -> tuple[JsonObject, list[Finding]]:
    question = asked.question(play(case), stream=stream)
    attempt = await asked.ask(question)
    reply = wire_format("openai-chat").read(attempt, stream=stream)
    found = judge(case, [reply], given=given_of(question)).findings
    return question, [one for one in found if one.severity != "info"]


def kinds(question: JsonObject) -> set[str]:
    return {kind for kind in KINDS if question.get(kind)} | {str(question.get("cut", ""))} - {""}


@pytest.mark.parametrize("name", sorted(families()))
async def test_a_right_engine_is_not_blamed(name: str) -> None:
    asked, seen = trial(name), Counter[str]()
    for n, case in enumerate(cases()):
        try:
            question, found = await judged(asked, case, stream=bool(n % 3 == 0))
        except NotExpressible:
            continue
        assert found == [], question
        seen.update(kinds(question))
    expected = {"content", "name", "arguments", "end"}
    expected |= {"after"} if family(name).after is not None else set()
    expected |= {"reasoning"} if family(name).thinking else set()
    assert set(seen) == expected


FAULTS = {
    made_parser.loses_reasoning: {"reasoning-changed"},
    made_parser.answers_with_reasoning: {"reasoning-changed"},
    made_parser.hides_the_answer: {"reasoning-changed"},
    made_parser.calls_from_reasoning: {"calls-extra", "duplicate-call", "fabricated-call"},
    made_parser.calls_from_json: {"fabricated-call"},
    made_parser.loses_json: {"content-changed"},
    made_parser.closes_what_is_open: {"cut-call-completed"},
    made_parser.calls_half_a_name: {"cut-call-completed"},
    made_parser.hides_the_limit: {"finish-length-masked"},
    made_parser.breaks_at_the_limit: {"provider-refused-call"},
    made_parser.ends_with_prose: {"call-dropped", "no-call"},
    made_parser.halves_the_end: {"content-changed"},
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_each_fault_is_found(fault: Fault) -> None:
    """Nothing is found where it doesn't show, and nothing else where it does."""
    blamed = Counter[str]()
    for n, case in enumerate(cases()):
        _, found = await judged(trial("qwen25", fault), case, stream=bool(n % 2))
        blamed.update(f.slug for f in found if f.severity == "error")
    assert set(blamed) == FAULTS[fault]


@pytest.mark.parametrize("name", sorted(families()))
def test_a_cut_text_is_the_beginning_of_the_whole_one(name: str) -> None:
    """It ends inside of no marker, and what a reader needs of the last call isn't there."""
    places = Counter[str]()
    for case in cases():
        [turn] = case.turns
        try:
            whole = write(family(name), turn.expect, case.tools)
            early = write(family(name), turn.expect, case.tools, may_end=True)
        except NotExpressible:
            continue
        if early.given.cut is None:
            assert early == whole
            continue
        places[early.given.cut] += 1
        assert whole.text.startswith(early.text) and early.text != whole.text
        rest = whole.text.removeprefix(early.text)
        if early.given.cut == "arguments":
            assert "7" in rest
        if early.given.cut == "name":
            assert not early.text.endswith(case.tools[0].name) and "Paris" in rest
        for marker in family(name).markers:
            for split in range(1, len(marker)):
                inside = early.text.endswith(marker[:split]) and rest.startswith(marker[split:])
                assert not inside, (early.text, rest)
    assert set(places) == {"name", "arguments", "end"}


@pytest.mark.parametrize("name", sorted(families()))
def test_a_name_is_cut_though_its_arguments_say_it_again(name: str) -> None:
    """No more of the call is there than the beginning of its name."""
    for tool_name in ("to_say", "tool_call", "arguments"):
        tool = Tool(tool_name, "", {"type": "object"})
        call = ExpectedCall(tool_name, {tool_name: f"x{tool_name}x"})
        text = family(name).render([call], [tool])
        early, where = _ended(family(name), text, (0, tool_name), None, 0)
        assert where == "name" and text.startswith(early)
        assert f"x{tool_name}x" not in early and early.count(tool_name) <= 1


def test_what_follows_the_calls_leaves_them_readable() -> None:
    followed = [one for one in families().values() if one.after is not None]
    for one in followed:
        for case in cases():
            [turn] = case.turns
            if turn.expect.kind == "calls":
                text = write(one, turn.expect, case.tools).text
                assert one.read(text, case.tools) == [*turn.expect.calls]
    assert len(followed) > 4


async def test_every_cut_of_a_stream_is_one_that_the_text_allows() -> None:
    """A text that ends early has no plain reply to be held against, so it is asked once."""
    asked = trial("qwen25")
    asked.cuts = ("token", "chars:1")
    questions = [asked.question(play(case), stream=True) for case in cases()]
    assert {"cuts" in question for question in questions if "cut" in question} == {False}
    assert {"cuts" in question for question in questions if "cut" not in question} == {True}


def test_which_it_is_goes_by_the_tool_and_the_features() -> None:
    case = next(drawn())
    written = {
        json.dumps(write(family("qwen25"), case.turns[0].expect, case.tools, features=f).text)
        for f in (("a",), ("b",), ("c",), ("d",), ("e",), ("f",), ("g",), ("h",))
        for _ in range(2)
    }
    assert 1 < len(written) < 8
