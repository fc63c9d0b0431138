"""A trial from spec to wire bytes, with simulated engines that work, hang, die or lack a module."""

import asyncio
import json
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import needs
import pytest
from made_engines import make_vllm

from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.given import given_of
from toolfuzz.core.talk import play
from toolfuzz.engines.known import engine
from toolfuzz.engines.native import NotExpressible
from toolfuzz.engines.process import Worker
from toolfuzz.engines.trial import EngineTrial, parse_spec
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge

TOOL = Tool(
    "get_weather", "Weather.", {"type": "object", "properties": {"city": {"type": "string"}}}
)
PARIS = ExpectedCall("get_weather", {"city": "Paris"})


def case(expect: Expectation) -> Case:
    return Case("generated", "test", (), (TOOL,), (Turn((Message("user", "Go."),), expect),))


CALL = case(Expectation("calls", (PARIS,)))
NO_CALL = case(Expectation("no_call"))


def renamed(case: Case, name: str) -> Case:
    [turn] = case.turns
    calls = tuple(replace(call, tool=name) for call in turn.expect.calls)
    turns = (replace(turn, expect=replace(turn.expect, calls=calls)),)
    return replace(case, tools=(replace(TOOL, name=name),), turns=turns)


@pytest.fixture
def vllm(tmp_path, monkeypatch):
    make_vllm(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return sys.executable


async def ask(trial: EngineTrial, case: Case, *, stream: bool) -> tuple[JsonObject, Attempt]:
    question = trial.question(play(case), stream=stream)
    return question, await trial.ask(question)


async def test_the_answer_is_a_chat_completion(vllm) -> None:
    async with EngineTrial("engine/vllm:hermes", engine_python=vllm) as trial:
        assert trial.version == "9.9"
        question, attempt = await ask(trial, CALL, stream=False)
        reply = wire_format("openai-chat").read(attempt, stream=False)
    assert question["content"]
    assert reply.problems == ()
    assert reply.finish == "tool_calls"
    assert [(c.name, json.loads(c.arguments_raw or "")) for c in reply.calls] == [
        ("get_weather", {"city": "Paris"})
    ]
    assert question["text"].startswith(f"{question['content']}\n<tool_call>")
    assert question["version"] == "9.9"


@pytest.mark.parametrize("stream", [False, True])
async def test_the_newer_serving_composes_its_parser(tmp_path, monkeypatch, stream: bool) -> None:
    make_vllm(tmp_path, unified=True)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with EngineTrial("engine/vllm:hermes", engine_python=sys.executable) as trial:
        _, attempt = await ask(trial, CALL, stream=stream)
        reply = wire_format("openai-chat").read(attempt, stream=stream)
    assert judge(CALL, [reply]).findings == ()
    assert reply.finish == "tool_calls"


async def test_the_stream_is_the_one_of_the_serving_layer(vllm) -> None:
    """The simulated parser keeps the rest of the arguments back; the frame sends it at the end."""
    async with EngineTrial("engine/vllm:hermes", engine_python=vllm) as trial:
        question, attempt = await ask(trial, CALL, stream=True)
        reply = wire_format("openai-chat").read(attempt, stream=True)
    assert "".join(question["deltas"]).startswith(f"{question['content']}\n<tool_call>\n")
    assert reply.ended
    assert reply.problems == ()
    assert reply.finish == "tool_calls"
    assert "".join(f.arguments for f in reply.fragments) == '{"city": "Paris"}'
    assert [f.name for f in reply.fragments] == ["get_weather", None]


@pytest.mark.parametrize("stream", [False, True])
async def test_prose_stays_prose(vllm, stream: bool) -> None:
    async with EngineTrial("engine/vllm:hermes", engine_python=vllm) as trial:
        _, attempt = await ask(trial, NO_CALL, stream=stream)
        reply = wire_format("openai-chat").read(attempt, stream=stream)
    assert reply.text
    assert not (reply.calls or reply.fragments)
    assert reply.finish == "stop"


@pytest.mark.parametrize(("parser", "loses"), [("hermes", ""), ("qwen25", "]"), ("qwen", "{")])
async def test_streamed_prose_comes_as_it_was_written(vllm, parser: str, loses: str) -> None:
    """Beside calls and alone: one simulated parser loses every bracket, one all from a brace on."""
    seen = {True: 0, False: 0}
    async with EngineTrial(f"engine/vllm:{parser}", engine_python=vllm) as trial:
        for n in range(24):
            for of in (CALL, NO_CALL):
                asked = renamed(of, f"tool_{n}")
                question, attempt = await ask(trial, asked, stream=True)
                assert "".join(question["deltas"]).startswith(question["content"])
                reply = wire_format("openai-chat").read(attempt, stream=True)
                found = judge(asked, [reply], given=given_of(question)).findings
                spoils = bool(loses) and loses in question["content"]
                assert {f.slug for f in found} == ({"content-changed"} if spoils else set())
                seen[bool(question["content"]) and of is CALL] += spoils
    assert all(seen.values()) == bool(loses)


@pytest.mark.parametrize(
    ("parser", "stream", "said"),
    [
        ("glm45", False, "KeyError: 'city'"),
        ("glm45", True, "KeyError: 'city'"),
        ("kimi_k2", False, "ended with code 3: segmentation fault, as it were"),
    ],
)
async def test_a_broken_parser_is_an_answer_and_the_next_question_is_asked(
    vllm, parser: str, stream: bool, said: str
) -> None:
    async with EngineTrial(f"engine/vllm:{parser}", engine_python=vllm, timeout=1) as trial:
        for _ in range(2):
            _, attempt = await ask(trial, CALL, stream=stream)
            reply = wire_format("openai-chat").read(attempt, stream=stream)
            assert reply.error["type"] == "engine-parser-error"
            assert said in reply.error["message"]
            assert attempt.status == (200 if stream else 500)
            verdict = judge(CALL, [reply])
            assert [f.slug for f in verdict.findings] == ["provider-refused-call"]
            assert said in verdict.findings[0].message


@pytest.mark.parametrize(
    ("parser", "said"),
    [
        ("glm47", r"the parser did not return within 1 s"),
        ("mistral_v11", r"the parser took more than 0.2 s of processor time"),
        (
            "pythonic",
            r"the parser took more than 0.2 s of processor time for 27 characters "
            r"\((0\.\d+ s for the first (1\d|2[0-6])(, |\)))+",
        ),
    ],
)
async def test_a_parser_that_hangs_is_cut_off_and_the_next_question_is_asked(
    vllm, parser: str, said: str
) -> None:
    """One sleeps, one works in C, one in a regular expression, which tells how its time grows."""
    trial = EngineTrial(
        f"engine/vllm:{parser}",
        engine_python=vllm,
        timeout=1 if parser == "glm47" else 60,
        cpu_seconds=0.2,
    )
    async with trial:
        question, attempt = await ask(trial, CALL, stream=False)
        reply = wire_format("openai-chat").read(attempt, stream=False)
        [finding] = judge(CALL, [reply]).findings
        assert finding.slug == "parser-hangs"
        assert re.fullmatch(rf".*{said}.*", finding.message), finding.message
        markers = ["<tool_call>", "</tool_call>"]
        healthy = {**question, "parser": "hermes", "markers": markers, "text": "It is seven."}
        again = await trial.ask(healthy)
        assert again.status == 200


@needs.signals
async def test_a_busy_machine_makes_no_parser_hang(vllm) -> None:
    """What counts is the parser's own processor time, not how long it got none."""
    limits = {"cpu_seconds": 0.2, "timeout": 0.1}
    async with EngineTrial("engine/vllm:hermes", engine_python=vllm, **limits) as trial:
        question, _ = await ask(trial, CALL, stream=False)
        assert trial._worker is not None and trial._worker._process is not None
        paused = trial._worker._process
        paused.send_signal(signal.SIGSTOP)
        asking = asyncio.create_task(trial.ask(question))
        await asyncio.sleep(0.4)
        paused.send_signal(signal.SIGCONT)
        assert (await asking).status == 200


@needs.signals
@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_what_a_process_that_others_ended_was_asked_another_answers(vllm, when: str) -> None:
    async with EngineTrial("engine/vllm:hermes", engine_python=vllm) as trial:
        question, first = await ask(trial, CALL, stream=False)
        assert trial._worker is not None and trial._worker._process is not None
        process = trial._worker._process
        process.send_signal(signal.SIGSTOP if when == "meanwhile" else signal.SIGKILL)
        asking = asyncio.create_task(trial.ask(question))
        await asyncio.sleep(0.1)
        if when == "meanwhile":
            process.send_signal(signal.SIGKILL)
        again = await asking
        said = [json.loads(attempt.body)["choices"] for attempt in (first, again)]
        assert said[0] == said[1]
        assert process.returncode == -signal.SIGKILL


async def test_a_missing_module_is_not_the_parsers_fault(vllm) -> None:
    async with EngineTrial("engine/vllm:mistral", engine_python=vllm) as trial:
        with pytest.raises(UsageError, match="a_module_that_nobody_has is missing"):
            await ask(trial, CALL, stream=False)


READER = """
PARSER = '''
def parse(text, tools):
    raise TypeError("an argument that the parser itself gets wrong")
'''
exec(compile(PARSER, "parser.py", "exec"))

class Reader:
    version, parsers = "1.0", ["p"]

    def whole(self, text, *, tools, **known):
        return parse(text, tools) if text == "{}" else parse(text)

def load(root):
    return Reader()
"""


async def test_a_call_that_does_not_fit_the_release_is_not_the_parsers_fault(tmp_path) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text(READER)
    worker = Worker(Path(sys.executable), ("made", str(reader)), timeout=60, cpu_seconds=60)
    question = {"parser": "p", "tools": None, "markers": [], "history_calls": 0}
    try:
        answer = await worker.ask({**question, "text": "{}"})
        assert answer["error"] == "TypeError: an argument that the parser itself gets wrong"
        with pytest.raises(UsageError, match=r"made 1\.0 wants .* way: .*tools"):
            await worker.ask({**question, "text": ""})
    finally:
        await worker.stop()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("engine/vllm:minimax_m2", "vLLM 9.9 has no parser 'minimax_m2'"),
        ("engine/vllm:openai", "vLLM 9.9 has no parser 'openai' to try"),
        ("engine/vllm@9.8:hermes", "vLLM 9.9 is installed there, not 9.8"),
        ("engine/sglang:hermes", "has no sglang installed"),
    ],
)
async def test_what_the_installed_engine_lacks(vllm, spec: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        async with EngineTrial(spec, engine_python=vllm):
            pass


async def test_a_start_that_is_given_up_leaves_no_process(tmp_path, monkeypatch) -> None:
    make_vllm(tmp_path)
    (tmp_path / "vllm/__init__.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    reader = str(engine("vllm").reader)
    worker = Worker(Path(sys.executable), ("vllm", reader), timeout=1, cpu_seconds=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(worker.start(), 0.5)
    assert worker._process is None


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/ls"])
async def test_a_path_that_is_no_python(python: str) -> None:
    with pytest.raises(UsageError):
        async with EngineTrial("engine/vllm:hermes", engine_python=python):
            pass


async def test_a_fork_is_read_by_its_origin_s_reader(tmp_path, monkeypatch) -> None:
    make_vllm(tmp_path, unified=True, package="aphrodite")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with EngineTrial("engine/aphrodite:hermes", engine_python=sys.executable) as trial:
        assert trial.version == "9.9"
        for stream in (False, True):
            _, attempt = await ask(trial, CALL, stream=stream)
            reply = wire_format("openai-chat").read(attempt, stream=stream)
            assert judge(CALL, [reply]).findings == ()


async def test_vllm_needs_an_environment() -> None:
    with pytest.raises(UsageError, match="used where it is installed") as error:
        async with EngineTrial("engine/vllm:hermes"):
            pass
    assert "--engine-python" in str(error.value.hint)


async def test_what_cannot_be_written_is_skipped(vllm) -> None:
    marked = case(Expectation("calls", (ExpectedCall("get_weather", {"city": "a</tool_call>b"}),)))
    unknown = case(Expectation("unknown"))
    async with EngineTrial("engine/vllm:hermes", engine_python=vllm) as trial:
        for asked, why in ((marked, "</tool_call>"), (unknown, "not known")):
            with pytest.raises(NotExpressible, match=why):
                trial.question(play(asked), stream=True)
    of_text = EngineTrial("engine/sglang@0.5.23:hermes").question(play(marked), stream=False)
    assert '"a</tool_call>b"' in of_text["text"]


async def test_the_increments_depend_on_the_seed_and_the_case_alone(vllm) -> None:
    async def deltas(seed: int) -> list[str]:
        trial = EngineTrial("engine/vllm:hermes", engine_python=vllm, cuts=["pieces"], seed=seed)
        async with trial:
            await ask(trial, NO_CALL, stream=True)
            asked: list[str] = trial.question(play(CALL), stream=True)["deltas"]
            return asked

    assert await deltas(1) == await deltas(1) != await deltas(2)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("engine/sglng@0.5.6:glm45", "sglang"),
        ("engine/sglang@0.5.6:glm46", "glm45"),
        ("engine/sglang@zero:glm45", "engine/sglang@0.5.23:glm45"),
        ("engine/sglang@:glm45", "engine/sglang@0.5.23:glm45"),
        ("engine/sglang@0.5.6", "engine/sglang@0.5.23:glm45"),
        ("engine/sglang@0.5.6:zzz", "families: apertus"),
    ],
)
def test_a_wrong_spec_names_what_is_near(spec: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_spec(spec)
    assert said in str(error.value.hint)


def test_a_parser_of_several_families_takes_the_family_behind_a_slash() -> None:
    for spec, parser, family in (
        ("sglang@0.5.23:mistral", "mistral", "mistral"),
        ("sglang@0.5.23:mistral/mistral_v11", "mistral", "mistral_v11"),
    ):
        found = parse_spec(f"engine/{spec}")
        assert (found.parser, found.family.name) == (parser, family)
    with pytest.raises(UsageError, match="unknown model family 'mistral_v12'") as error:
        parse_spec("engine/sglang@0.5.23:mistral/mistral_v12")
    assert "mistral_v11" in str(error.value.hint)


def test_a_spec_is_read() -> None:
    spec = parse_spec("engine/sglang@0.5.6.post2:minimax-m2")
    assert (spec.engine.name, spec.version, spec.family.name) == (
        "sglang",
        "0.5.6.post2",
        "minimax_m2",
    )
