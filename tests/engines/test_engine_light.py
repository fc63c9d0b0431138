"""Engines whose serving code runs without a model: simulated releases behind the real readers."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_lmdeploy import make_lmdeploy
from made_mlx import make_mlx
from made_transformers import make_transformers
from made_xinference import make_xinference

from toolfuzz.cli import cli
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.talk import play
from toolfuzz.engines import environment, store
from toolfuzz.engines.around import write
from toolfuzz.engines.native import family
from toolfuzz.engines.script import Asked, run_script, script
from toolfuzz.engines.trial import EngineTrial, parse_spec
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge

TOOL = Tool("save", "Save.", {"type": "object", "properties": {"to": {"type": "string"}}})
CALL = Expectation("calls", (ExpectedCall("save", {"to": "Köln"}),))


def case(*tools: Tool, expect: Expectation = CALL) -> Case:
    return Case("generated", "test", (), tools, (Turn((Message("user", "Go."),), expect),))


@pytest.fixture(autouse=True)
def _releases(tmp_path, monkeypatch):
    make_lmdeploy(tmp_path, "0.99.0")
    make_lmdeploy(tmp_path, "0.15.0", endpoint=False)
    make_mlx(tmp_path, "0.99.0")
    make_mlx(tmp_path, "0.31.0", by_text=False)
    make_transformers(tmp_path, "9.0.0")
    make_transformers(tmp_path, "5.14.0", templates=False)
    make_xinference(tmp_path, "9.9.0")
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "spec",
    [
        "engine/lmdeploy@0.99.0:qwen3",
        "engine/mlx-lm@0.99.0:json_tools",
        "engine/transformers@9.0.0:qwen2",
        "engine/xinference@9.9.0:qwen",
    ],
)
async def test_the_serving_code_of_the_release_answers(spec: str, stream: bool) -> None:
    async with EngineTrial(spec) as trial:
        question = trial.question(play(case(TOOL)), stream=stream)
        attempt = await trial.ask(question)
    reply = wire_format("openai-chat").read(attempt, stream=stream)
    assert (attempt.status, reply.problems, reply.finish) == (200, (), "tool_calls")
    assert reply.reasoning.strip() == question["reasoning"].strip()
    calls = [(call.name, call.arguments_raw) for call in reply.calls]
    pieces = [(piece.name, piece.arguments) for piece in reply.fragments]
    [(name, arguments)] = pieces if stream else calls
    assert (name, json.loads(arguments or "")) == ("save", {"to": "Köln"})


@pytest.mark.parametrize("stream", [False, True])
async def test_the_serving_code_is_told_of_a_token_limit(stream: bool) -> None:
    tool = replace(TOOL, name=next(filter(ends_early, (f"to_{n}" for n in range(99)))))
    call = Expectation("calls", (ExpectedCall(tool.name, {"to": "Köln"}),))
    async with EngineTrial("engine/mlx-lm@0.99.0:json_tools") as trial:
        question = trial.question(play(case(tool, expect=call)), stream=stream)
        attempt = await trial.ask(question)
    reply = wire_format("openai-chat").read(attempt, stream=stream)
    assert question["cut"] == "arguments"
    assert (attempt.status, reply.finish) == (200, "length"), attempt.body


def ends_early(name: str) -> bool:
    call = Expectation("calls", (ExpectedCall(name, {"to": "Köln"}),))
    given = write(family("qwen25"), call, [replace(TOOL, name=name)], may_end=True).given
    return given.cut == "arguments"


async def test_what_mlx_s_server_refuses_is_an_error() -> None:
    async with EngineTrial("engine/mlx-lm@0.99.0:json_tools") as trial:
        nothing = case(expect=Expectation("no_call"))
        attempt = await trial.ask(trial.question(play(nothing), stream=False))
    assert attempt.status == 500
    assert b"HTTP 400" in attempt.body and b"no tools" in attempt.body


@pytest.mark.parametrize(
    ("spec", "oldest"),
    [
        ("engine/mlx-lm@0.31.0:json_tools", "0.32.0"),
        ("engine/lmdeploy@0.15.0:qwen", "0.16.0"),
        ("engine/transformers@5.14.0:qwen2", "5.15.0"),
    ],
)
async def test_older_releases_say_which_is_needed(spec: str, oldest: str) -> None:
    with pytest.raises(UsageError, match=rf"{re.escape(oldest)} or newer"):
        async with EngineTrial(spec):
            pass


@pytest.mark.parametrize(
    ("spec", "slugs"),
    [
        ("engine/lmdeploy@0.99.0:qwen3", []),
        ("engine/lmdeploy@0.99.0:qwen", ["whitespace-stripped"]),
        ("engine/transformers@9.0.0:qwen2", []),
        ("engine/transformers@9.0.0:qwen3_5", ["whitespace-stripped"]),
    ],
)
async def test_a_planted_fault_is_found_and_a_right_parser_is_not_blamed(
    spec: str, slugs: list[str]
) -> None:
    asked = case(TOOL, expect=Expectation("calls", (ExpectedCall("save", {"to": " Köln\n"}),)))
    async with EngineTrial(spec) as trial:
        for stream in (False, True):
            attempt = await trial.ask(trial.question(play(asked), stream=stream))
            reply = wire_format("openai-chat").read(attempt, stream=stream)
            assert [finding.slug for finding in judge(asked, [reply]).findings] == slugs


@pytest.mark.parametrize(
    ("spec", "reasoner", "prompted"),
    [
        ("engine/lmdeploy@0.99.0:qwen3", "default", False),
        ("engine/transformers@9.0.0:qwen2", "response_template", False),
        ("engine/transformers@9.0.0:qwen3_5", "response_template", True),
    ],
)
async def test_reasoning_is_read_by_its_own_parser(
    spec: str, reasoner: str, prompted: bool
) -> None:
    opening = "" if prompted else "<think>\n"
    async with EngineTrial(spec) as trial:
        assert trial.reasoner == reasoner
        for stream in (False, True):
            question = trial.question(play(case(TOOL)), stream=stream)
            text = question.get("text") or "".join(question["deltas"])
            question |= {"reasoner": reasoner, "prompted": prompted}
            thought = f"{opening}Köln?\n</think>\n\n{text}"
            question |= {"deltas": [thought]} if stream else {"text": thought}
            attempt = await trial.ask(question)
            reply = wire_format("openai-chat").read(attempt, stream=stream)
            assert (reply.reasoning or "").strip() == "Köln?", attempt.body


@pytest.mark.parametrize(
    ("spec", "stream", "name"),
    [
        ("engine/lmdeploy@0.99.0:qwen", True, "DropsSpace.feed_tool_block"),
        ("engine/transformers@9.0.0:qwen3_5", False, "ResponseParser.feed"),
    ],
)
async def test_a_script_against_the_engine_alone_shows_the_fault(
    spec: str, stream: bool, name: str
) -> None:
    asked = case(TOOL, expect=Expectation("calls", (ExpectedCall("save", {"to": " Köln"}),)))
    async with EngineTrial(spec) as trial:
        question = trial.question(play(asked), stream=stream)
        place = (await trial.places())["stream" if stream else "whole"]
    root = store.fetch(trial.spec.engine.name, trial.version)
    assert place["name"] == name
    assert (root / place["file"]).is_file()
    pieces = question["deltas"] if stream else question["text"]
    right = {"content": "", "calls": [["save", {"to": " Köln"}]]}
    put = Asked(question["tools"], pieces, right)
    text = script(trial.spec.engine, trial.parser, put, control=None, about=[])
    assert text is not None
    ran = await run_script(text, Path(sys.executable), root)
    assert ran.fails and ran.got == {"content": "", "calls": [["save", {"to": "Köln"}]]}


@pytest.mark.parametrize(
    ("release", "parser", "family", "unknown"),
    [
        ("lmdeploy@0.99.0", "qwen", "qwen25", "llama3"),
        ("mlx-lm@0.99.0", "json_tools", "qwen25", "telegraph"),
        ("transformers@9.0.0", "qwen2", "qwen25", "a_new_one"),
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
    assert f"parsers: {parser}" in done.output
    assert unknown not in done.output
    assert f"engine/{release}:{parser}" in done.output


def test_a_name_is_spelled_with_either_line() -> None:
    for parser in ("deepseek-v3.1", "deepseek_v3.1"):
        assert parse_spec(f"engine/xinference@9.9.0:{parser}").family.name == "deepseekv31"
