"""What every pool must keep: the same journal up to order, and nothing lost that was paid for."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from made_sources import (
    PAID,
    MadeSession,
    MadeSource,
    attempts_in,
    case,
    each,
    honest,
    retried,
    target,
)

from toolfuzz.core import json as strictjson
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.formats import Request
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Job, Pool
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.pacing import Pacers
from toolfuzz.sources.registry import resolve
from toolfuzz.sources.source import Permit

CASES = [case(n) for n in range(12)]
BOTH = (False, True)


async def jobs(source, cases=CASES, modes=BOTH, taken=None) -> AsyncIterator[Job]:
    async for one in each(cases):
        if taken is not None:
            taken.append(one.id)
        yield Job(source, one, modes=modes)


async def done(pool: Pool, source, **options) -> list[Event]:
    batches = [batch async for batch in pool.run(jobs(source, **options), Pacers())]
    return [event for batch in batches for event in batch]


def without_clock(event: Event) -> str:
    """An event as it must be from any pool: times, and the server's ids and dates, differ."""
    if isinstance(event, ExchangeRecorded):
        x = event.exchange
        return repr((x.case_id, x.turn, x.target, x.repeat, x.stream, x.request, len(x.attempts)))
    if isinstance(event, VerdictReached):
        v = event.verdict
        return repr((v.case_id, v.target, v.repeat, v.stream, v.status, v.findings, v.reason))
    return repr(event)


SIM = resolve("sim/clean")[0]


@pytest.mark.parametrize(
    "job",
    [
        Job(HttpSource(Target("m", "sim", "m", "openai-chat"), SIM, "sk-1", {"a": "b"}), CASES[0]),
        Job(MadeSource(target()), CASES[1], 3, BOTH),
    ],
    ids=["http", "made"],
)
def test_a_job_is_data(job: Job) -> None:
    assert pickle.loads(pickle.dumps(job)) == job


def test_what_comes_of_it_is_data_to_the_spelling_of_numbers() -> None:
    sent = strictjson.parse('[1.50, 1e2, {"a": 1, "a": 2}]').value
    found = Finding("x", "error", "values", "m", actual=sent)
    event = VerdictReached(Verdict("c", "m", 0, False, "fail", (found,)))
    back = pickle.loads(pickle.dumps(event))
    assert back == event
    assert strictjson.dumps(back.verdict.findings[0].actual) == strictjson.dumps(sent)


async def test_a_batch_is_one_question_in_order() -> None:
    async for batch in LocalPool().run(jobs(MadeSource(target())), Pacers()):
        drawn, exchange, verdict = batch
        assert isinstance(drawn, CaseDrawn) and isinstance(exchange, ExchangeRecorded)
        assert isinstance(verdict, VerdictReached)
        assert drawn.case.id == exchange.exchange.case_id == verdict.verdict.case_id
        assert exchange.exchange.stream == verdict.verdict.stream


async def test_what_a_conversation_was_paid_for_is_kept_before_it_goes_on() -> None:
    kept: list[Event] = []
    given: list[Event] = []
    talks = [case(0, turns=3), case(1)]
    source = MadeSource(target(stream="both"))
    async for batch in LocalPool().run(jobs(source, talks), Pacers(), kept.extend):
        given += batch
    exchanges = [event for event in given if isinstance(event, ExchangeRecorded)]
    assert len(exchanges) == 8
    turns = {
        (e.exchange.turn, e.exchange.stream): e
        for e in exchanges
        if e.exchange.case_id == talks[0].id
    }
    drawn = CaseDrawn(talks[0])
    goes_on = [(0, False), (1, False), (0, True), (1, True)]
    assert kept == [event for turn in goes_on for event in (drawn, turns[turn])]


async def test_cancelled_anywhere_what_was_paid_is_given() -> None:
    """The run is cancelled after every number of steps that it takes, until it takes no more."""
    source = MadeSource(target(stream="both"), retried, concurrency=2)
    cut_off = 0
    for steps in range(1000):
        PAID.clear()
        given: list[Event] = []

        async def consume(given: list[Event] = given) -> None:
            async for batch in LocalPool().run(jobs(source, CASES[:3]), Pacers()):
                given.extend(batch)

        consuming = asyncio.create_task(consume())
        for _ in range(steps):
            await asyncio.sleep(0)
        finished = consuming.done()
        consuming.cancel()
        if finished:
            break
        with pytest.raises(asyncio.CancelledError):
            await consuming
        assert attempts_in(given) == len(PAID), f"cancelled after {steps} steps"
        verdicts = sum(isinstance(e, VerdictReached) for e in given)
        cut_off += attempts_in(given) > 2 * verdicts
    assert steps > 20 and cut_off > 0
    assert attempts_in(given) == len(PAID) == 12


async def test_a_job_is_taken_only_when_somebody_is_free() -> None:
    gate, taken = asyncio.Event(), []
    source = MadeSource(target(), before=lambda request: gate.wait(), concurrency=4)
    doing = asyncio.create_task(done(LocalPool(), source, taken=taken))
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(taken) == 4
    gate.set()
    await doing
    assert taken == [one.id for one in CASES]


async def test_a_slow_consumer_holds_the_workers_up() -> None:
    taken: list[str] = []
    source = MadeSource(target(), concurrency=2)
    many = [case(n) for n in range(700)]
    batches = LocalPool().run(jobs(source, many, (False,), taken), Pacers())
    await anext(batches)
    for _ in range(20_000):
        await asyncio.sleep(0)
    assert len(taken) < 300
    async for _ in batches:
        pass
    assert len(taken) == 700


async def test_an_abandoned_run_leaves_nobody_at_work() -> None:
    PAID.clear()
    batches = LocalPool().run(jobs(MadeSource(target())), Pacers())
    await anext(batches)
    await batches.aclose()
    paid = len(PAID)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(PAID) == paid < len(CASES)


@dataclass(frozen=True)
class Shut(MadeSource):
    """A target that can't be opened, as an engine that doesn't load."""

    @asynccontextmanager
    async def open(self, permit: Permit | None = None) -> AsyncIterator[MadeSession]:
        await asyncio.sleep(0)
        raise UsageError("no such engine")
        yield


async def test_a_target_that_cannot_be_opened_is_one_error() -> None:
    with pytest.raises(UsageError, match="no such engine"):
        await done(LocalPool(), Shut(target()))


async def test_a_mistake_of_ours_is_raised_after_what_was_paid() -> None:
    def stumbles(request: Request) -> list[Attempt]:
        if request.body["n"] == 5:
            raise ZeroDivisionError
        return honest(request)

    PAID.clear()
    given: list[Event] = []
    with pytest.raises(ExceptionGroup) as failed:
        async for batch in LocalPool().run(jobs(MadeSource(target(), stumbles)), Pacers()):
            given.extend(batch)
    assert failed.group_contains(ZeroDivisionError)
    assert attempts_in(given) == len(PAID) > 0
