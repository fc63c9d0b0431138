"""mlx-lm on trial: a simulated release behind a reader that imports no MLX."""

import json
import sys

import pytest
from click.testing import CliRunner
from made_mlx import make_mlx

from toolfuzz.cli import cli
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.talk import play
from toolfuzz.engines import environment
from toolfuzz.engines.trial import EngineTrial, parse_spec
from toolfuzz.formats import wire_format

TOOL = Tool("save", "Save.", {"type": "object", "properties": {"to": {"type": "string"}}})
CALL = Expectation("calls", (ExpectedCall("save", {"to": "Köln"}),))


def case(*tools: Tool, expect: Expectation = CALL) -> Case:
    return Case("generated", "test", (), tools, (Turn((Message("user", "Go."),), expect),))


@pytest.fixture(autouse=True)
def _release(tmp_path, monkeypatch):
    make_mlx(tmp_path, "0.99.0")
    make_mlx(tmp_path, "0.31.0", by_text=False)
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)


@pytest.mark.parametrize("stream", [False, True])
async def test_the_server_of_the_release_answers(stream: bool) -> None:
    async with EngineTrial("engine/mlx-lm@0.99.0:json_tools") as trial:
        attempt = await trial.ask(trial.question(play(case(TOOL)), stream=stream))
    reply = wire_format("openai-chat").read(attempt, stream=stream)
    assert (attempt.status, reply.problems, reply.finish) == (200, (), "tool_calls")
    calls = [(call.name, call.arguments_raw) for call in reply.calls]
    pieces = [(piece.name, piece.arguments) for piece in reply.fragments]
    assert (pieces if stream else calls) == [("save", json.dumps({"to": "Köln"}))]


async def test_what_the_server_refuses_is_an_error() -> None:
    async with EngineTrial("engine/mlx-lm@0.99.0:json_tools") as trial:
        nothing = case(expect=Expectation("no_call"))
        attempt = await trial.ask(trial.question(play(nothing), stream=False))
    assert attempt.status == 500
    assert b"HTTP 400" in attempt.body and b"no tools" in attempt.body


async def test_a_release_that_finds_calls_by_tokens_is_too_old() -> None:
    with pytest.raises(UsageError, match=r"0\.32\.0 or newer is needed"):
        async with EngineTrial("engine/mlx-lm@0.31.0:json_tools"):
            pass


def test_only_parsers_are_named_whose_text_is_known() -> None:
    assert parse_spec("engine/mlx-lm@0.99.0:json_tools").family.name == "qwen25"
    with pytest.raises(UsageError, match="no model family's text is known"):
        parse_spec("engine/mlx-lm@0.99.0:pythonic")
    done = CliRunner().invoke(cli, ["engines", "fetch", "mlx-lm@0.99.0"])
    assert "parsers: json_tools\n" in done.output
    assert "engine/mlx-lm@0.99.0:json_tools" in done.output
