"""The judge names what the simulator did: the matrix of benchmarks/judge_matrix.py, in small."""

import importlib
from collections import Counter
from functools import cache, partial
from random import Random
from types import ModuleType
from typing import Any

import pytest
from judge_simulated import CAP, simulated

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import wire_format
from toolfuzz.generate import draw_cases, prompts
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.faults import applies, faults

POOL = 160
TALKS = 24
# What only a run can tell has no reply that shows it.
DOCUMENTED = [slug for slug in faults() if slug in defects() and defects()[slug].shows_in != "run"]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return importlib.import_module("judge_matrix")


@cache
def cases() -> list[Case]:
    asking = importlib.import_module("judge_asking")
    return [*asking.odd_names(3, seed=0), *asking.situations(POOL, seed=5)]


@cache
def talks() -> list[Case]:
    talking: list[Case] = importlib.import_module("judge_asking").talks(TALKS, seed=5)
    return talking


@pytest.mark.parametrize("letter", sorted({defects()[slug].group for slug in DOCUMENTED}))
async def test_every_fault_gets_its_own_name(bench: ModuleType, letter: str) -> None:
    """In every wire format and stream mode, and nobody is blamed where nothing struck."""
    wanted = [slug for slug in DOCUMENTED if defects()[slug].group == letter]
    async with bench.in_process() as client:
        matrix = await bench.fill(client, cases(), 1, wanted, talks())
    assert matrix.missed() == []
    assert {slug: row.wrong for slug, row in matrix.rows.items() if row.wrong} == {}
    struck = {(fault, api, mode) for fault, api, mode, by, _ in matrix.said if by}
    for slug in wanted:
        cells = {
            (slug, api, "stream" if s else "plain")
            for api, s in bench.CELLS
            if applies(slug, api, s)
        }
        assert cells <= struck


async def test_every_fault_of_a_history_strikes_in_twelve_cases(bench: ModuleType) -> None:
    """The first twelve that a run draws hold conversations enough to show each by its name."""
    talks = [case for case in draw_cases(12) if len(case.turns) > 1]
    async with bench.in_process() as client:
        for slug in (slug for slug in DOCUMENTED if defects()[slug].group == "H"):
            ask = partial(bench.converse, client, api="openai-chat", stream=False)
            said = [one for case in talks for one in await ask(case, model=f"fault:{slug}")]
            assert any(slug in one.blamed for one in said), slug


async def test_legal_variations_blame_nobody(bench: ModuleType) -> None:
    false: Counter[Any] = Counter()
    async with bench.in_process() as client:
        async for model, api, stream, one in bench.controls(client, [*cases()[3:50], *talks()[:8]]):
            if one.blamed or one.judgement.status != "pass":
                false[model, api, stream, one.blamed, one.judgement.reason] += 1
    assert false == {}


def test_a_matrix_that_misses_its_aims_says_so(bench: ModuleType) -> None:
    matrix = bench.Matrix()
    matrix.rows["no-call"] = bench.Row("no-call", struck=10, found=9, exact=8)
    matrix.rows["id-empty"] = bench.Row("id-empty")
    matrix.false["no-call · openai-chat plain · id-empty"] += 1
    assert matrix.missed() == [
        "id-empty never struck",
        "recall 9 of 10: the aim is all",
        "exact 8 of 10: the aim is 99%",
        "1 findings where no fault struck: the aim is none",
    ]


# What a string parameter may rightly hold; nothing in it is for a parser or a judge to touch.
TEXTS = (
    '{"a": [1, 2]}',
    "[]",
    '"quoted"',
    "null",
    "true",
    "007",
    "1e5",
    "-0.0",
    "9007199254740993",
    "NaN",
    "{'single': True}",
    "<tool_call>{}</tool_call>",
    "</arg_value><parameter=x>y</parameter>",
    "<|channel|>commentary to=f",
    "[TOOL_CALLS]f{}",
    "&lt;b&gt; &amp;amp;",
    "  both ends  ",
    "\n",
    "\t\r\n trailing ",
    "",
    "C:\\new\\table \\u0041",
    "```json\n{}\n```",
    "a, b, c",
    "😀 é \u2028",
    "functions.ping:0",
)
TEXT_TOOL = Tool(
    "keep_text",
    "Keeps texts.",
    {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "texts": {"type": "array", "items": {"type": "string"}},
            "either": {"type": ["string", "integer", "null"]},
            "map": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["text"],
    },
)


@pytest.mark.parametrize("api", ["openai-chat", "openai-responses", "anthropic-messages"])
@pytest.mark.parametrize("stream", [False, True])
def test_strings_may_hold_anything(api: str, stream: bool) -> None:
    for n, text in enumerate(TEXTS):
        value = {"text": text, "texts": [text, "x"], "either": text, "map": {"k": text}}
        call = ExpectedCall("keep_text", value)
        asked = prompts.render("echo", (TEXT_TOOL,), [call])
        turn = Turn(asked, Expectation("calls", (call,)))
        case = Case("generated", "echo", (), (TEXT_TOOL,), (turn,))
        for model in ("clean", "legal-variations"):
            reply = wire_format(api).read(
                simulated(case, api, stream=stream, model=model, seed=str(n)), stream=stream
            )
            judgement = judge(case, [reply], max_tokens=CAP)
            blamed = [f.slug for f in judgement.findings if f.severity != "info"]
            assert (blamed, judgement.status) == ([], "pass"), text


def test_the_judge_never_raises(bench: ModuleType) -> None:
    hostile = importlib.import_module("judge_hostile")
    rng = Random(1)
    replies = hostile.replies(cases()[3:20], rng)
    for _ in range(600):
        hostile.judged(*next(replies))


def test_bytes_of_another_format_are_judged(bench: ModuleType) -> None:
    case = next(case for case in cases()[10:] if not case.turns[0].allowed)
    for api in ("openai-chat", "openai-responses", "anthropic-messages"):
        for stream in (False, True):
            recorded = simulated(case, api, stream=stream, model="clean")
            for other in ("openai-chat", "openai-responses", "anthropic-messages"):
                for other_stream in (False, True):
                    attempt = Attempt(0.0, None, 0.0, 200, recorded.headers, recorded.chunks)
                    reply = wire_format(other).read(attempt, stream=other_stream)
                    judgement = judge(case, [reply])
                    assert judgement.status in ("pass", "fail", "unjudged")
