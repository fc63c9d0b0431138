"""An engine's parser as a target: the spec is data, the session a process."""

import pickle
import sys

import pytest
from made_engines import make_vllm
from msgspec import structs

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.core.talk import play
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.judge.judge import judge
from toolfuzz.sources.engine import EngineSource
from toolfuzz.worlds.play import play as world_play
from toolfuzz.worlds.spec import world_of

NAME = "engine/vllm:hermes"
TARGET = Target(NAME, "engine", NAME, "openai-chat", "both", {}, "engine")
TOOL = Tool("get_weather", "", {"type": "object", "properties": {"city": {"type": "string"}}})


def case(city: str) -> Case:
    expect = Expectation("calls", (ExpectedCall("get_weather", {"city": city}),))
    return Case("generated", "test", (), (TOOL,), (Turn((Message("user", "Go."),), expect),))


@pytest.fixture
def python(tmp_path, monkeypatch):
    make_vllm(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return sys.executable


async def test_it_answers_wherever_it_is_unpickled(python) -> None:
    source = await EngineSource(TARGET, python, timeout=5).prepared()
    assert (source.parser, source.version) == ("hermes", "9.9")
    again = pickle.loads(pickle.dumps(source))
    request = again.request(play(case("Paris")), stream=False)
    assert request == source.request(play(case("Paris")), stream=False)
    assert request.body["version"] == "9.9" and "<tool_call>" in request.body["text"]
    async with again.open() as session:
        [attempt] = [attempt async for attempt in session.ask(request)]
    assert attempt.status == 200


async def test_what_its_text_cannot_hold_is_not_asked(python) -> None:
    source = await EngineSource(TARGET, python, timeout=5).prepared()
    with pytest.raises(CannotAskError) as error:
        source.request(play(case("a</tool_call>b")), stream=True)
    assert str(error.value).startswith("not expressible as hermes: ")


async def test_what_is_wrong_shows_before_the_run(tmp_path) -> None:
    with pytest.raises(UsageError, match="has no vllm installed"):
        await EngineSource(TARGET, sys.executable).prepared()


async def test_a_world_is_asked_with_what_a_perfect_model_would_do(python) -> None:
    """Its text is the next calls', and exactly these must come back."""
    source = await EngineSource(TARGET, python, timeout=5).prepared()
    burdened, _ = draw_pair(find("plan"), 0, 0, 3)
    talk = world_play(burdened)
    request = source.request(talk, stream=False)
    async with source.open() as session:
        [attempt] = [attempt async for attempt in session.ask(request)]
    reply = wire_format("openai-chat").read(attempt, stream=False)
    assert judge(talk.case, [reply]).status == "pass"
    assert talk.turn is not None
    assert talk.turn.expect.calls == world_of(burdened).gold[0]
    assert judge(talk.case, [structs.replace(reply, calls=reply.calls[1:])]).status == "fail"
