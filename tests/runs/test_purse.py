"""What a run may spend is counted before each question."""

import asyncio
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from made_sources import MadeSource, attempts_in, case, each, right, target

from toolfuzz.cli import cli
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, RunStarted
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.formats import Request
from toolfuzz.generate import draw_cases
from toolfuzz.pools.pool import Job
from toolfuzz.runs.campaign import Campaign, run_campaign
from toolfuzz.runs.costs import Costs
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.purse import Purse, permits_within, purse_of, spending
from toolfuzz.runs.reading import load_run, read_journal
from toolfuzz.runs.record import Record
from toolfuzz.runs.run import run
from toolfuzz.runs.targets import plan_targets
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.registry import endpoints

TARGET = Target("m", "sim", "m", "openai-chat")
SOURCE = HttpSource(TARGET, endpoints()["sim"], None)


BUSY = Attempt(1.0, 2.0, 3.0, 503, {}, ())


def answer(tokens: tuple[int, int] | None) -> Attempt:
    reply: dict[str, Any] = {"choices": [{"message": {"content": "Saved."}}]}
    if tokens:
        reply["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return Attempt(1.0, 2.0, 3.0, 200, {}, ((2.0, json.dumps(reply).encode()),))


def a_case(turns: int = 1) -> Case:
    tool = Tool("save", "x" * 300, {"type": "object"})
    turn = Turn((Message("user", "Save."),), Expectation("calls", (ExpectedCall("save", {}),)))
    return Case("generated", "echo", (), (tool,), (turn,) * turns)


def a_job(turns: int = 1, modes: tuple[bool, ...] = (False,)) -> Job:
    return Job(SOURCE, a_case(turns), 0, modes)


def came(job: Job, *attempts: int, tokens: tuple[int, int] | None = (10, 5)) -> list[Event]:
    """A question's events: so many attempts in each turn, the last of which was answered."""
    exchanges = [
        ExchangeRecorded(
            Exchange(job.case.id, n, "m", 0, False, {}, (BUSY,) * (times - 1) + (answer(tokens),))
        )
        for n, times in enumerate(attempts)
    ]
    return [CaseDrawn(job.case), *exchanges]


async def reserve(purse: Purse, job: Job, *, wait: bool = True) -> bool:
    return await purse.reserve(job.source.target, job.case, len(job.modes), wait=wait)


def settle(purse: Purse, job: Job, events: list[Event]) -> None:
    purse.settle(job.source.target, job.case, events)


def a_purse(*limits: float) -> Purse:
    prices = {"m": lambda given, made: (given + made) / 1000}
    return Purse(Limits(*limits), prices if len(limits) > 3 else {}, asyncio.Event())


async def test_calls_are_reserved_and_what_was_not_used_comes_back() -> None:
    purse = a_purse(5)
    both = a_job(2, (False, True))
    assert await reserve(purse, both), "four calls"
    waiting = asyncio.create_task(reserve(purse, a_job(2)))
    await asyncio.sleep(0)
    assert not waiting.done(), "two more may be too many; it is seen when those are over"
    settle(purse, both, came(both, 1))
    assert await asyncio.wait_for(waiting, 1), "its first question took one call of its two"
    settle(purse, both, came(both, 1, 1))
    settle(purse, a_job(2), came(a_job(2), 1))
    assert await reserve(purse, a_job(1)) and not purse.full.is_set()
    settle(purse, a_job(1), came(a_job(1), 1))
    assert not await reserve(purse, a_job(1))
    assert purse.full.is_set() and purse.spent_out == "--max-calls 5: 5 were made"


async def test_what_is_asked_once_more_than_was_reserved_counts_as_well() -> None:
    """Of a lost worker's job what couldn't be judged is asked again."""
    purse = a_purse(10)
    job = a_job(modes=(False, True))
    assert await reserve(purse, job)
    for _ in range(3):
        settle(purse, job, came(job, 1))
    assert purse.spent.calls == 3


async def test_a_repeated_request_is_counted_before_it_is_sent() -> None:
    purse = a_purse(3)
    job = a_job()
    assert await reserve(purse, job)
    assert purse.again("m") and purse.again("m") and not purse.again("m")
    settle(purse, job, came(job, 3))
    assert not await reserve(purse, job) and purse.spent_out.endswith("3 were made")


@pytest.mark.parametrize(("calls", "asked"), [(5, 2), (6, 6)])
async def test_what_is_asked_again_in_doubt_is_counted_before_it_is_asked(
    calls: int, asked: int, tmp_path: Path
) -> None:
    def answer(request: Request) -> list[Attempt]:
        stream = request.body["stream"]
        return [right(99 if stream else 1, stream=stream)]

    source, purse = MadeSource(target(stream="both"), answer), a_purse(calls)
    opening = RunStarted(1.0, "0", (source.target,), {"cases": 1})
    with Record(tmp_path / "run", opening) as record:
        permits = permits_within(purse)
        campaign = Campaign([source], each([case(1)]), record, permits=permits, purse=purse)
        await run_campaign(campaign)
    assert attempts_in(list(read_journal(tmp_path / "run"))) == asked
    if left := calls - asked:
        assert await reserve(purse, a_job(left), wait=False), "nothing else is held back"
    else:
        assert not await reserve(purse, a_job()) and purse.spent_out.endswith("6 were made")


async def test_tokens_of_what_was_asked_again_count() -> None:
    purse, job = a_purse(math.inf, math.inf, 2700), a_job()
    assert await reserve(purse, job) and purse.again("m", 4) and not purse.again("m")
    drawn, exchange = came(job, 1, tokens=(300, 150))
    assert isinstance(exchange, ExchangeRecorded)
    again = [
        ExchangeRecorded(replace(exchange.exchange, repeat=repeat, stream=stream))
        for repeat in (-1, -2)
        for stream in (False, True)
    ]
    settle(purse, job, [drawn, *again, exchange])
    assert not await reserve(purse, job) and "about 2250 were used" in purse.spent_out


async def test_tokens_and_money_are_those_that_the_server_counted() -> None:
    purse = a_purse(math.inf, math.inf, 2000)
    for _ in range(90):
        assert await reserve(purse, a_job())
        settle(purse, a_job(), came(a_job(), 1))
    assert not purse.spent_out, "1,350 used, though each might have taken 500"
    rich = a_purse(math.inf, math.inf, math.inf, 0.9)
    assert await reserve(rich, a_job())
    settle(rich, a_job(), came(a_job(), 1, tokens=None))
    assert not await reserve(rich, a_job()), "where nobody counts, it cost what it may have cost"
    assert rich.spent_out.startswith("--max-cost 0.9: about $0.5")


def test_a_long_streamed_reply_costs_what_the_server_counted() -> None:
    """Its stream spells each token in two hundred bytes: its size doesn't tell."""
    lines = [{"choices": [{"delta": {"content": " word"}, "index": 0}]}] * 6000
    usage = {"prompt_tokens": 100, "completion_tokens": 6000}
    said = [*map(json.dumps, [*lines, {"choices": [], "usage": usage}]), "[DONE]"]
    body = "".join(f"data: {line}\n\n" for line in said).encode()
    attempt = Attempt(1.0, 2.0, 3.0, 200, {"content-type": "text/event-stream"}, ((2.0, body),))
    job = a_job()
    exchange = Exchange(job.case.id, 0, "m", 0, True, {}, (attempt,))
    costs = Costs(job.source.target)
    came_to = costs.came_to([ExchangeRecorded(exchange)], costs.of_request(job.case))
    assert len(body) > 300_000 and came_to.tokens == 6100


async def test_no_question_is_begun_when_the_time_is_over() -> None:
    now = 0.0
    purse = Purse(Limits(seconds=60), {}, asyncio.Event(), clock=lambda: now)
    assert await reserve(purse, a_job())
    now = 60.0
    assert not purse.again("m")
    settle(purse, a_job(), came(a_job(), 1))
    assert not await reserve(purse, a_job())
    assert purse.spent_out == "--max-time 60: the time is over"


async def test_a_pause_ends_with_the_time() -> None:
    async with spending(Limits(seconds=0.05), [TARGET]) as (purse, permits):
        assert purse is not None and await purse.reserve(TARGET, a_case())
        permit = permits.of(SOURCE)
        await asyncio.wait_for(permit.pause(60), 10)
        assert not await permit.again("m") and purse.spent_out.startswith("--max-time")


def test_an_unknown_price_is_refused_and_may_be_given() -> None:
    async def made(**given: object) -> Purse | None:
        access = {"models": ("nobodys",), "base_url": "http://127.0.0.1:1/v1", **given}
        options = RunOptions.read(access)
        targets = plan_targets(options.models, options.access)
        return purse_of(options.limits, targets, asyncio.Event())

    assert asyncio.run(made(cases=3)) is None
    assert asyncio.run(made(max_calls=3)) is not None
    with pytest.raises(UsageError, match="no price is known for nobodys"):
        asyncio.run(made(max_cost=1.0))
    purse = asyncio.run(made(max_cost=1.0, price=(1.0, 2.0)))
    assert purse is not None and purse.prices["nobodys"](1_000_000, 1_000_000) == 3.0


async def test_a_run_ends_cleanly_and_goes_on(tmp_path: Path) -> None:
    options = RunOptions(models=("sim/clean",), cases=12, max_calls=9, out=tmp_path / "run")
    summary = await run(options)
    assert summary["finish_reason"] == "budget" and "--max-calls 9" in summary["budget"]
    (target,) = summary["targets"]
    turns = sum(len(case.turns) for case in draw_cases(12))
    assert target["unjudged"] == 0 and 5 <= target["calls"] <= 9 < turns
    further = options.but(out=None, max_calls=None)
    summary = await run(further, resume=tmp_path / "run")
    assert (summary["finish_reason"], summary["targets"][0]["judged"]) == ("done", 12)
    assert summary["targets"][0]["calls"] == turns
    assert isinstance(load_run(tmp_path / "run").started, RunStarted)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--max-calls", "0"], "--max-calls 0: more than 0"),
        (["--max-time", "-1"], "--max-time -1: more than 0"),
        (["--max-cost", "nan"], "--max-cost nan: more than 0"),
        (["--rpm", "nan"], "--rpm nan: requests a minute above 0"),
        (["--timeout", "nan"], "--timeout nan: seconds above 0"),
        (["--price", "cheap"], "write IN,OUT"),
        (["--price", "-1,1"], "write IN,OUT"),
        (["--price", "nan,1"], "write IN,OUT"),
        (["--max-tokens", "10"], "nothing could be judged within --max-tokens 10"),
    ],
)
def test_what_makes_no_sense_is_refused(flags: list[str], said: str, tmp_path: Path) -> None:
    given = ["run", "-m", "sim/clean", "--cases", "2", "--quiet", "--out", str(tmp_path / "r")]
    done = CliRunner().invoke(cli, [*given, *flags])
    assert done.exit_code == 2 and said in done.output, done.output
