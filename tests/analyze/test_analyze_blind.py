"""A server whose chat template leaves the tools out is known by its count of tokens."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from made_up import verdict

from toolfuzz.analyze.blind import never_saw_tools
from toolfuzz.analyze.load import collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.generate import draw_cases
from toolfuzz.generate.size import prompt_bytes, tool_bytes
from toolfuzz.report.advice import advice

CASES = list(draw_cases(24, probes=["echo"]))
SAW = 0.3
"""Tokens of a byte."""


def _asked(counts: Callable[[Case], float | None], cases: list[Case] = CASES) -> list[Event]:
    lines: list[Event] = [RunStarted(1.0, "0", (Target("m", "x", "m", "openai-chat"),), {})]
    for case in cases:
        reached = verdict(case, target="m")
        tokens = counts(case)
        metrics = replace(reached.metrics, input_tokens=None if tokens is None else round(tokens))
        lines += [CaseDrawn(case), VerdictReached(replace(reached, metrics=metrics))]
    return lines


def _blind(lines: list[Event]) -> bool:
    run = collect(lines)
    return never_saw_tools(run, run.verdicts)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("per_byte", [0.0, 0.12, SAW])
def test_whether_tokens_grow_with_the_tools(per_byte: float, seed: int) -> None:
    """0.12: a template that writes tools in a much shorter way."""
    random = Random(seed)

    def counts(case: Case) -> float:
        bytes_ = SAW * prompt_bytes(case) + per_byte * tool_bytes(case)
        return 30 + bytes_ * random.uniform(0.85, 1.15)

    assert _blind(_asked(counts)) is (per_byte == 0)


def test_it_is_not_said_of_too_little() -> None:
    def out(case: Case) -> float:
        return SAW * prompt_bytes(case)

    assert _blind(_asked(out))
    assert not _blind(_asked(out, CASES[:4]))
    assert not _blind(_asked(out, [CASES[0]] * 20)), "tools of one size show nothing"
    assert not _blind(_asked(lambda case: None)), "the server counts nothing"
    assert not _blind(_asked(lambda case: 50.0, [replace(c, tools=()) for c in CASES]))


def test_it_is_said_in_the_report() -> None:
    summary = summarize(collect(_asked(lambda case: SAW * prompt_bytes(case))))
    assert summary["targets"][0]["limits"]["blind"] is True
    (said,) = advice(summary)
    assert said.startswith("m: its prompts have as many tokens with many tools as with few")


def test_it_is_not_said_of_a_parser_which_is_shown_no_prompt() -> None:
    lines = _asked(lambda case: SAW * prompt_bytes(case))
    parser = Target("m", "x", "m", "openai-chat", kind="engine")
    summary = summarize(collect([RunStarted(1.0, "0", (parser,), {}), *lines[1:]]))
    assert summary["targets"][0]["limits"]["blind"] is False
