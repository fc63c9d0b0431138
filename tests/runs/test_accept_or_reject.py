"""Accepting or rejecting one model: what could not be judged decides nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from made_sources import BROKEN, MadeSource, attempt, case, each, honest, target

from toolfuzz.analyze.sequential import SequentialDecision, SequentialTest
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.record import Record
from toolfuzz.runs.sequential import accept_or_reject

TEST = SequentialTest(0.95, 0.7)
CASES = [case(n) for n in range(60)]
WRONG = attempt(200, {"choices": []})


def every(n: int, instead: Attempt) -> Callable[[Request], list[Attempt]]:
    """Right answers, but for every ``n``-th case."""
    return lambda request: [instead] if request.body["n"] % n == 0 else honest(request)


async def decided(folder: Path, answer: object) -> SequentialDecision | None:
    source = MadeSource(target(), answer, concurrency=1)  # type: ignore[arg-type]
    with Record(folder, RunStarted(1.0, "0", (source.target,), {"cases": 60})) as record:
        return await accept_or_reject(
            source, each(CASES), TEST, record, Policy(), stop=asyncio.Event()
        )


async def test_it_stops_as_soon_as_it_knows(tmp_path: Path) -> None:
    decision = await decided(tmp_path / "run", honest)
    assert decision is not None
    assert (decision.outcome, decision.calls) == ("ACCEPT", TEST.straight_passes)
    assert TEST.straight_passes < len(CASES)


@pytest.mark.parametrize("n", [1, 2])
async def test_what_fails_is_rejected(tmp_path: Path, n: int) -> None:
    decision = await decided(tmp_path / "run", every(n, WRONG))
    assert decision is not None and decision.outcome == "REJECT"


async def test_a_few_unjudged_answers_cost_more_calls(tmp_path: Path) -> None:
    decision = await decided(tmp_path / "run", every(30, BROKEN))
    assert decision is not None and decision.outcome == "ACCEPT"
    asked = len(load_run(tmp_path / "run").verdicts)
    assert TEST.straight_passes + 3 < asked < len(CASES)


@pytest.mark.parametrize("n", [2, 3])
async def test_many_unjudged_answers_decide_nothing(tmp_path: Path, n: int) -> None:
    assert await decided(tmp_path / "run", every(n, BROKEN)) is None
