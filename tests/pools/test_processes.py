"""Jobs done by other processes: real ones, and what becomes of a run when they die."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path

import needs
import pytest
import pytest_asyncio
from made_sources import (
    MadeSource,
    PacedSource,
    attempts_in,
    case,
    each,
    hang_at_second_turns,
    hang_with_second_turns,
    honest,
    lethal,
    lethal_call,
    retried,
    target,
)
from made_xinference import build_environment, held, make_xinference
from test_pools import CASES, Shut, done, jobs, without_clock

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseSkipped, Event, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request
from toolfuzz.generate import draw_cases
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Batch, Pool
from toolfuzz.pools.processes import process_pool
from toolfuzz.pools.shared import SharedPool
from toolfuzz.runs.access import Access
from toolfuzz.runs.campaign import Campaign, run_campaign
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.record import Record
from toolfuzz.runs.targets import open_sources
from toolfuzz.sources.pacing import Pacer, Pacers
from toolfuzz.sources.source import SourceSpec


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[SharedPool]:
    async with process_pool(2) as pool:
        yield pool


Answer = Callable[[Request], list[Attempt]]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("answer", [honest, retried], ids=["honest", "retried"])
async def test_the_same_journal_as_from_one_process(pool: SharedPool, answer: Answer) -> None:
    source = MadeSource(target(stream="both"), answer, refused=frozenset({3}))
    local, other = await done(LocalPool(), source), await done(pool, source)
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
    assert sum(isinstance(e, VerdictReached) for e in other) == 2 * (len(CASES) - 1)
    assert {e.tool for e in other if isinstance(e, CaseSkipped)} == {CASES[3].id}


async def test_the_same_journal_from_a_real_server(pool: SharedPool) -> None:
    """The simulator with its faults, over HTTP: the specs find it from wherever they are opened."""
    cases = list(draw_cases(8, seed=3))

    async def asked(by: Pool) -> list[Event]:
        # Its faults depend on how often a request has come, so each pool has a simulator.
        async with open_sources(["sim/glm-4.7"], Access(stream="both"), seed=5) as (source,):
            return await done(by, source, cases=cases)

    local, other = await asked(LocalPool()), await asked(pool)
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
    assert any(e.verdict.status == "fail" for e in local if isinstance(e, VerdictReached))


async def test_a_conversation_is_led_in_its_worker(pool: SharedPool) -> None:
    source = MadeSource(target(stream="both"))
    talks = [case(n, turns=3) for n in range(4)]
    local, other = (
        await done(LocalPool(), source, cases=talks),
        await done(pool, source, cases=talks),
    )
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
    assert attempts_in(other) == 4 * 3 * 2


async def test_a_target_that_cannot_be_opened_is_one_error(pool: SharedPool) -> None:
    with pytest.raises(UsageError, match="no such engine"):
        await done(pool, Shut(target()))


def stumbles(request: Request) -> list[Attempt]:
    if request.body["n"] == 5:
        raise ZeroDivisionError
    return honest(request)


async def test_a_mistake_of_ours_is_raised_with_its_place(pool: SharedPool) -> None:
    with pytest.raises(ExceptionGroup) as failed:
        await done(pool, MadeSource(target(), stumbles))
    (error,) = failed.value.exceptions
    assert isinstance(error, ZeroDivisionError) and "in stumbles" in error.__notes__[0]


@needs.signals
async def test_a_killed_workers_jobs_are_done_by_others(pool: SharedPool, tmp_path: Path) -> None:
    """It dies when the plain half of a job has come: that is neither given nor asked twice."""
    (tmp_path / "life").touch()
    source = MadeSource(target(stream="both"), partial(lethal, str(tmp_path / "life")))
    other = await done(pool, source)
    assert not (tmp_path / "life").exists(), "one was killed"
    local = await done(LocalPool(), MadeSource(target(stream="both")))
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))


@needs.signals
async def test_a_lost_workers_conversation_is_gone_on_with_where_it_was(
    pool: SharedPool, tmp_path: Path
) -> None:
    (tmp_path / "hang").touch()
    hang = partial(hang_with_second_turns, str(tmp_path))
    source = MadeSource(target(), before=hang, concurrency=1)
    talk, kept = case(0, turns=3), list[Event]()
    batches: list[Batch] = []

    async def do() -> None:
        run = pool.run(jobs(source, [talk], modes=(False,)), Pacers(), kept.extend)
        batches.extend([batch async for batch in run])

    def asked(turn: int) -> list[str]:
        return [name for name in os.listdir(tmp_path) if name.startswith(f"{turn}-")]  # noqa: PTH208

    doing = asyncio.create_task(do())
    while not asked(1):  # noqa: ASYNC110 - another process's
        await asyncio.sleep(0.01)
    assert [e.exchange.turn for e in kept if isinstance(e, ExchangeRecorded)] == [0]
    os.kill(int(asked(1)[0].split("-")[2]), signal.SIGKILL)
    while len(asked(1)) < 2:  # noqa: ASYNC110 - another process's
        await asyncio.sleep(0.01)
    (tmp_path / "hang").unlink()
    await doing
    assert [len(asked(turn)) for turn in range(3)] == [1, 2, 1]
    local = await done(LocalPool(), MadeSource(target()), cases=[talk], modes=(False,))
    (batch,) = batches
    assert sorted(map(without_clock, batch)) == sorted(map(without_clock, local))
    paid = [event for event in batch if isinstance(event, ExchangeRecorded)]
    assert [e for e in kept if isinstance(e, ExchangeRecorded)] == paid[:2], "and each once"


@needs.signals
async def test_a_workers_engine_that_is_killed_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it parses; the parser of the second release kills itself at every question."""
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    build_environment()
    hanging = tmp_path / "hanging"
    hanging.mkdir()
    make_xinference(tmp_path, "1.2.0", does=held(hanging))
    make_xinference(tmp_path, "1.3.0", does="__import__('os').kill(__import__('os').getpid(), 9)")
    cases = list(draw_cases(3, seed=3))
    engines = [f"engine/xinference@{version}:qwen" for version in ("1.2.0", "1.3.0")]
    async with (
        open_sources(engines, Access(concurrency=1)) as (sound, lethal),
        process_pool(1) as pool,
    ):
        local = await done(LocalPool(), sound, modes=(False,), cases=cases)
        for path in hanging.iterdir():
            path.unlink()
        (hanging / "hang").touch()
        doing = asyncio.create_task(done(pool, sound, modes=(False,), cases=cases))
        while not (parsers := {path.name for path in hanging.iterdir()} - {"hang"}):  # noqa: ASYNC110 - another's
            await asyncio.sleep(0.01)
        os.kill(int(parsers.pop()), signal.SIGKILL)
        (hanging / "hang").unlink()
        assert sorted(map(without_clock, await doing)) == sorted(map(without_clock, local))
        assert "pass" in {e.verdict.status for e in local if isinstance(e, VerdictReached)}
        ended = await done(pool, lethal, modes=(False,), cases=cases)
    told = [e.verdict.findings for e in ended if isinstance(e, VerdictReached)]
    assert [[finding.slug for finding in found] for found in told] == [
        ["provider-refused-call"]
    ] * 3
    assert all("ended by SIGKILL" in found[0].message for found in told)


def children() -> set[int]:
    """The processes that this one started and that still run."""
    here = Path("/proc/self/task").glob("*/children")
    return {int(pid) for path in here for pid in path.read_text().split()}


async def killing(before: set[int], most: int) -> int:
    """Kill each process that is started, before it can say anything, up to so many."""
    killed = 0
    while killed < most:
        for pid in children() - before:
            os.kill(pid, signal.SIGKILL)
            before.add(pid)
            killed += 1
        await asyncio.sleep(0.002)
    return killed


@needs.proc
@needs.proc
async def test_a_worker_that_is_killed_while_it_starts_is_started_once_more() -> None:
    source = MadeSource(target())
    async with process_pool(1) as pool:
        killer = asyncio.create_task(killing(children(), 1))
        other = await done(pool, source)
        assert await killer == 1
    assert sorted(map(without_clock, other)) == sorted(
        map(without_clock, await done(LocalPool(), source))
    )


@needs.proc
@needs.proc
async def test_where_no_worker_lives_to_begin_that_is_said() -> None:
    async with process_pool(1) as pool:
        killer = asyncio.create_task(killing(children(), 2))
        with pytest.raises(UsageError, match="can't be started: signal 9") as told:
            await done(pool, MadeSource(target()))
        assert await killer == 2
    assert "fewer --workers" in told.value.hint


async def test_calls_are_made_by_processes_and_give_back_what_they_raise(pool: SharedPool) -> None:
    called = await asyncio.gather(*(pool.call(divmod, n, 3) for n in range(5)))
    assert called == [divmod(n, 3) for n in range(5)]
    ours = {os.getpid()}
    assert len({await pool.call(os.getpid), await pool.call(os.getpid)} | ours) >= 2
    with pytest.raises(ZeroDivisionError):
        await pool.call(divmod, 1, 0)


@needs.signals
async def test_a_killed_workers_calls_are_made_by_others(pool: SharedPool, tmp_path: Path) -> None:
    path = str(tmp_path / "deaths")
    assert await pool.call(lethal_call, path, 1) == 1


@needs.signals
async def test_a_call_that_kills_every_worker_is_one_error(
    pool: SharedPool, tmp_path: Path
) -> None:
    path = tmp_path / "deaths"
    with pytest.raises(UsageError, match="one worker after the other was lost, 3 in all: signal 9"):
        await pool.call(lethal_call, str(path), 9)
    assert path.stat().st_size == 3
    assert await pool.call(divmod, 7, 3) == (2, 1)


async def test_cancelled_what_was_paid_is_given(pool: SharedPool, tmp_path: Path) -> None:
    """The second turns of all hang; the first ones were answered."""
    hang = partial(hang_at_second_turns, str(tmp_path))
    source = MadeSource(target(), before=hang, concurrency=4)
    talks = [case(n, turns=2) for n in range(9)]
    given: list[Event] = []

    async def consume() -> None:
        async with aclosing(pool.run(jobs(source, talks), Pacers())) as batches:
            async for batch in batches:
                given.extend(batch)

    consuming = asyncio.create_task(consume())
    while len(os.listdir(tmp_path)) < 4:  # noqa: ASYNC110, PTH208 - they are other processes'
        await asyncio.sleep(0.01)
    nothing_yet = list(given)
    consuming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consuming
    assert not nothing_yet
    asked = [e.exchange.case_id for e in given if isinstance(e, ExchangeRecorded)]
    assert sorted(asked) == sorted(talk.id for talk in talks[:4])
    assert not any(isinstance(event, VerdictReached) for event in given)
    assert attempts_in(await done(pool, MadeSource(target()))) == 2 * len(CASES), (
        "the workers go on"
    )


class Narrow(Pacers):
    """More jobs in hand than requests that may be under way."""

    def __init__(self, pacer: Pacer) -> None:
        super().__init__()
        self._pacer = pacer

    def of(self, source: SourceSpec) -> Pacer:
        return self._pacer

    def limit(self, source: SourceSpec) -> int:
        return 8


def times_of(events: list[Event]) -> list[tuple[float, float]]:
    attempts = [a for e in events if isinstance(e, ExchangeRecorded) for a in e.exchange.attempts]
    return sorted((a.started, a.started + a.total_ms / 1000) for a in attempts)


async def test_one_limiter_for_all_workers(pool: SharedPool) -> None:
    pacer = Pacer(3)
    source = PacedSource(target())
    batches = [b async for b in pool.run(jobs(source, modes=(False,)), Narrow(pacer))]
    times = times_of([event for batch in batches for event in batch])
    assert len(times) == len(CASES)
    most = max(sum(a <= began < b for a, b in times) for began, _ in times)
    assert 1 < most <= 3
    assert len({case.id for case in CASES}) == len(times)


async def test_requests_of_all_workers_follow_each_other_evenly(pool: SharedPool) -> None:
    source = PacedSource(target())
    permits = Narrow(Pacer(8, rpm=60 / 0.03))
    batches = [b async for b in pool.run(jobs(source, modes=(False,)), permits)]
    times = times_of([event for batch in batches for event in batch])
    assert times[-1][0] - times[0][0] >= 0.03 * (len(CASES) - 2)


def busy(request: Request) -> list[Attempt]:
    return [Attempt(1.0, 2.0, 3.0, 429, {}, ())]


async def test_what_a_worker_was_told_reaches_the_limiter(pool: SharedPool) -> None:
    pacer = Pacer(8)
    source = PacedSource(target(), busy)
    run = pool.run(jobs(source, CASES[:1], (False,)), Narrow(pacer))
    assert len([batch async for batch in run]) == 1
    assert pacer.limit == 4


async def test_what_was_told_of_conversations_is_not_kept_when_they_have_ended(
    pool: SharedPool, tmp_path: Path
) -> None:
    source = MadeSource(target())
    with Record(tmp_path / "run", RunStarted(1.0, "0", (source.target,))) as record:
        talks = [case(n, turns=3) for n in range(4)]
        campaign = Campaign([source], each(talks), record, pool=pool)
        await run_campaign(campaign)
        assert attempts_in(list(read_journal(tmp_path / "run"))) == 4 * 3
        assert not campaign._kept
