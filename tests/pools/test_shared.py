"""What a pool does when its workers get lost; the workers here are in memory."""

import asyncio
from dataclasses import dataclass

import pytest
from made_sources import PAID, MadeSource, attempts_in, case, target
from test_pools import BOTH, CASES, done, jobs, without_clock

from toolfuzz.core.events import CaseDrawn, Event, VerdictReached
from toolfuzz.formats import Request
from toolfuzz.pools.doing import Doer
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Batch, Give, Job, Keep
from toolfuzz.pools.shared import MOST_LOST, SharedPool, WorkerLostError
from toolfuzz.sources.pacing import Pacers
from toolfuzz.sources.source import Pace, Permit

SOURCE = MadeSource(target(stream="both"))


class Mortal:
    """Does jobs; where a case is fatal to it, it is lost with all but the first it has to give."""

    def __init__(self, fatal: dict[str, int], gives: int) -> None:
        self._fatal = fatal
        self._gives = gives
        self._gone = asyncio.Event()
        self.done = 0
        self.closed = False

    async def do(self, job: Job, permit: Permit, give: Give, keep: Keep) -> None:
        batches: list[Batch] = []
        async with Doer(lambda source: permit) as doer:
            await doer.do(job, batches.append)
        if self._fatal.get(job.case.id, 0) > 0:
            self._fatal[job.case.id] -= 1
            self._gone.set()
        if self._gone.is_set():
            for batch in batches[: self._gives]:
                give(batch)
            raise WorkerLostError("signal 9")
        self.done += 1
        for batch in batches:
            give(batch)

    async def close(self) -> None:
        self.closed = True


class Hires:
    """Starts workers, and knows them all."""

    def __init__(self, *, gives: int = 0, **fatal: int) -> None:
        self.gives = gives
        self.fatal = fatal
        self.all: list[Mortal] = []

    async def start(self) -> Mortal:
        await asyncio.sleep(0)
        self.all.append(Mortal(self.fatal, self.gives))
        return self.all[-1]


async def test_jobs_are_spread_and_workers_serve_many_runs() -> None:
    hires = Hires()
    async with SharedPool(hires.start, 3) as pool:
        for _ in range(2):
            local, other = await done(LocalPool(), SOURCE), await done(pool, SOURCE)
            assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
        assert len(hires.all) == 3 and all(worker.done >= 4 for worker in hires.all)
    assert all(worker.closed for worker in hires.all)


async def test_where_one_job_is_done_at_once_one_worker_is_started() -> None:
    hires = Hires()
    async with SharedPool(hires.start, 3) as pool:
        await done(pool, MadeSource(target(), concurrency=1))
    assert len(hires.all) == 1


@dataclass(frozen=True)
class OfEachWorker(MadeSource):
    """What every worker has for itself, as an engine's parser."""

    @property
    def pace(self) -> Pace:
        return Pace(self.target.name, 2, each_worker=True)


@pytest.mark.parametrize(("source", "most"), [(MadeSource, 2), (OfEachWorker, 6)])
async def test_what_each_worker_has_for_itself_is_asked_by_all(
    source: type[MadeSource], most: int
) -> None:
    """Nobody answers before so many are asked at once."""
    together, under_way = asyncio.Event(), 0

    async def wait_for_others(request: Request) -> None:
        nonlocal under_way
        under_way += 1
        if under_way == most:
            together.set()
        await together.wait()
        assert under_way <= most
        await asyncio.sleep(0)
        under_way -= 1

    async with SharedPool(Hires().start, 3) as pool, asyncio.timeout(10):
        asked = source(target(), before=wait_for_others, concurrency=2)
        assert attempts_in(await done(pool, asked)) == 2 * len(CASES)


async def test_a_lost_worker_is_replaced_and_nothing_is_given_twice() -> None:
    hires = Hires(**{CASES[2].id: 1, CASES[9].id: MOST_LOST - 1})
    counted: list[int] = []

    def again(target: str, requests: int) -> bool:
        counted.append(requests)
        return True

    async with SharedPool(hires.start, 2) as pool:
        batches = [batch async for batch in pool.run(jobs(SOURCE), Pacers(again))]
    other = [event for batch in batches for event in batch]
    local = await done(LocalPool(), SOURCE)
    assert sorted(map(without_clock, local)) == sorted(map(without_clock, other))
    assert len(hires.all) > MOST_LOST and all(worker.closed for worker in hires.all)
    assert len(counted) >= MOST_LOST and set(counted) == {2}, "what was asked is counted"


async def test_of_a_lost_workers_job_only_what_is_left_is_asked_again() -> None:
    """Its plain question was given: the stream is held to that, and is asked alone."""
    hires = Hires(gives=1)
    counted: list[int] = []

    def again(target: str, requests: int) -> bool:
        counted.append(requests)
        return True

    PAID.clear()
    talk = case(0, turns=2)
    hires.fatal[talk.id] = 2
    async with SharedPool(hires.start, 1) as pool:
        given = [
            e for b in [b async for b in pool.run(jobs(SOURCE, [talk]), Pacers(again))] for e in b
        ]
    assert sorted(map(without_clock, given)) == sorted(
        map(without_clock, await done(LocalPool(), SOURCE, cases=[talk]))
    )
    plain, streams = 2, 2 * MOST_LOST
    assert len(PAID) == plain + streams + 4, "the last four are those of one process"
    assert counted == [2, 2]


async def test_what_loses_every_worker_is_not_tried_for_ever() -> None:
    hires = Hires(**{CASES[5].id: 1000})
    async with SharedPool(hires.start, 1) as pool:
        given = await done(pool, MadeSource(target(stream="both"), concurrency=1))
    assert lost_in(given) == [(CASES[5].id, "unjudged", stream) for stream in BOTH]
    assert attempts_in(given) == 2 * (len(CASES) - 1)
    assert len(hires.all) == 1 + MOST_LOST


async def test_where_nothing_may_be_asked_again_it_is_left_unjudged() -> None:
    hires = Hires(**{CASES[0].id: 1})
    async with SharedPool(hires.start, 1) as pool:
        run = pool.run(jobs(SOURCE, CASES[:1]), Pacers(lambda target, requests: False))
        given = [event for batch in [b async for b in run] for event in batch]
    assert lost_in(given) == [(CASES[0].id, "unjudged", stream) for stream in BOTH]
    assert sum(isinstance(event, CaseDrawn) for event in given) == 2


def lost_in(events: list[Event]) -> list[tuple[str, str, bool]]:
    """The verdicts on what was lost."""
    reason = "the worker that asked it was lost: signal 9"
    verdicts = [e.verdict for e in events if isinstance(e, VerdictReached)]
    return [(v.case_id, v.status, v.stream) for v in verdicts if v.reason == reason]
