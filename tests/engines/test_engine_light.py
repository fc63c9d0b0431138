"""Engines whose serving code runs without a model: simulated releases behind the real readers."""

import json
import sys

import pytest
from click.testing import CliRunner
from made_mlx import make_mlx
from made_xinference import make_xinference

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
def _releases(tmp_path, monkeypatch):
    make_mlx(tmp_path, "0.99.0")
    make_mlx(tmp_path, "0.31.0", by_text=False)
    make_xinference(tmp_path, "9.9.0")
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "spec", ["engine/mlx-lm@0.99.0:json_tools", "engine/xinference@9.9.0:qwen"]
)
async def test_the_serving_code_of_the_release_answers(spec: str, stream: bool) -> None:
    async with EngineTrial(spec) as trial:
        attempt = await trial.ask(trial.question(play(case(TOOL)), stream=stream))
    reply = wire_format("openai-chat").read(attempt, stream=stream)
    assert (attempt.status, reply.problems, reply.finish) == (200, (), "tool_calls")
    calls = [(call.name, call.arguments_raw) for call in reply.calls]
    pieces = [(piece.name, piece.arguments) for piece in reply.fragments]
    assert (pieces if stream else calls) == [("save", json.dumps({"to": "Köln"}))]


async def test_what_mlx_s_server_refuses_is_an_error() -> None:
    async with EngineTrial("engine/mlx-lm@0.99.0:json_tools") as trial:
        nothing = case(expect=Expectation("no_call"))
        attempt = await trial.ask(trial.question(play(nothing), stream=False))
    assert attempt.status == 500
    assert b"HTTP 400" in attempt.body and b"no tools" in attempt.body


async def test_an_mlx_that_finds_calls_by_tokens_is_too_old() -> None:
    with pytest.raises(UsageError, match=r"0\.32\.0 or newer is needed"):
        async with EngineTrial("engine/mlx-lm@0.31.0:json_tools"):
            pass


@pytest.mark.parametrize(
    ("release", "parser", "family", "unknown"),
    [
        ("mlx-lm@0.99.0", "json_tools", "qwen25", "pythonic"),
        ("xinference@9.9.0", "qwen", "qwen25", "glm4"),
    ],
)
def test_only_parsers_are_named_whose_text_is_known(
    release: str, parser: str, family: str, unknown: str
) -> None:
    assert parse_spec(f"engine/{release}:{parser}").family.name == family
    with pytest.raises(UsageError, match="no model family's text is known"):
        parse_spec(f"engine/{release}:{unknown}")
    done = CliRunner().invoke(cli, ["engines", "fetch", release])
    assert f"parsers: {parser}\n" in done.output
    assert f"engine/{release}:{parser}" in done.output


def test_a_name_is_spelled_with_either_line() -> None:
    for parser in ("deepseek-v3.1", "deepseek_v3.1"):
        assert parse_spec(f"engine/xinference@9.9.0:{parser}").family.name == "deepseekv31"
