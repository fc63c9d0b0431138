"""What a worker and the process that it works for say to each other, both ends in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from made_sources import MadeSession, MadeSource, PacedSource, attempts_in, right, target
from test_pools import CASES, Shut

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request
from toolfuzz.pools.distant import Distant
from toolfuzz.pools.permits import RemotePermit
from toolfuzz.pools.pool import Batch, Job
from toolfuzz.pools.shared import WorkerLostError
from toolfuzz.pools.wire import Wire
from toolfuzz.pools.worker import PermitOf, serve
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.source import Permit, SourceSpec


@asynccontextmanager
async def served(*permit: PermitOf) -> AsyncIterator[tuple[Distant, asyncio.Task[None], Wire]]:
    """A worker's two halves, and the wire at its end."""
    ours, theirs = socket.socketpair()
    wire = await Wire.over(theirs)
    serving = asyncio.create_task(serve(wire, *permit))
    distant = Distant(await Wire.over(ours))
    await distant.ready()
    try:
        yield distant, serving, wire
    finally:
        await distant.close()
        await serving
        wire.close()


def job(source: SourceSpec) -> Job:
    return Job(source, CASES[0])


async def test_it_ends_with_the_process_that_it_works_for() -> None:
    async with served() as (distant, serving, _):
        with pytest.raises(UsageError, match="no such engine"):
            await distant.do(job(Shut(target())), Pacer(1), lambda batch: None)
        assert not serving.done()
        await distant.close()
        await asyncio.wait_for(serving, 10)


class HoldingSession(MadeSession):
    """Takes its place, and never gives an answer."""

    def __init__(self, source: MadeSource, permit: Permit) -> None:
        super().__init__(source)
        self._permit = permit

    async def ask(self, request: Request) -> AsyncIterator[Attempt]:
        async with self._permit.place(0):
            await self._permit.pause(3600)
        yield right(0)


@dataclass(frozen=True)
class Holding(MadeSource):
    @asynccontextmanager
    async def open(self, permit: Permit | None = None) -> AsyncIterator[HoldingSession]:
        assert permit is not None
        yield HoldingSession(self, permit)


class Watched(Pacer):
    """Says when somebody has begun to pause, who then holds a place."""

    def __init__(self) -> None:
        super().__init__(1)
        self.paused = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        self.paused.set()
        await super().pause(seconds)


async def test_what_a_lost_worker_holds_is_given_back() -> None:
    pacer = Watched()
    async with served() as (distant, _, wire):
        working = asyncio.create_task(distant.do(job(Holding(target())), pacer, refused))
        await asyncio.wait_for(pacer.paused.wait(), 10)
        wire.close()
        with pytest.raises(WorkerLostError, match="the connection was closed"):
            await asyncio.wait_for(working, 10)
        async with asyncio.timeout(10), pacer.place(0):
            pass
        with pytest.raises(WorkerLostError):
            await distant.do(job(MadeSource(target())), pacer, refused)


async def test_pauses_end_when_the_run_is_stopped() -> None:
    pacer, given = Watched(), []
    async with served() as (distant, _, _):
        working = asyncio.create_task(distant.do(job(Holding(target())), pacer, given.append))
        await asyncio.wait_for(pacer.paused.wait(), 10)
        pacer.close()
        await asyncio.wait_for(working, 10)
    assert len(given) == 1


async def test_a_job_that_is_given_up_gives_its_place_back() -> None:
    pacer = Watched()
    async with served() as (distant, _, _):
        for step in range(3):
            working = asyncio.create_task(distant.do(job(Holding(target())), pacer, refused))
            waiting = asyncio.create_task(distant.do(job(Holding(target())), pacer, refused))
            # Cancelled before it is sent, on its way, and while it waits for its place.
            await asyncio.sleep(0.02 * step)
            for task in (working, waiting):
                task.cancel()
            await asyncio.wait_for(asyncio.wait([working, waiting]), 4)
            assert working.cancelled() and waiting.cancelled()
            async with asyncio.timeout(10), pacer.place(0):
                pass


def refused(batch: Batch) -> None:
    raise AssertionError("nothing came of it")


async def test_a_worker_may_have_permits_of_its_own() -> None:
    """As on a cluster, where one actor per key keeps the places of all machines."""
    seen: list[str] = []
    own = Pacer(1)

    def permit(source: SourceSpec, remote: RemotePermit) -> Permit:
        seen.append(source.target.name)
        return own

    given: list[Event] = []
    async with served(permit) as (distant, _, _):
        for _ in range(2):
            await distant.do(job(PacedSource(target())), Watched(), given.extend)
    assert seen == ["m"] and attempts_in(given) == 2


class UnsendableError(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def raises(request: Request) -> list[Attempt]:
    raise UnsendableError("what can't be ", "pickled")


def unsendable(request: Request) -> list[Attempt]:
    return [replace(right(0), headers={"content-type": "application/json", "x": Local()})]  # type: ignore[dict-item]


class Local:
    def __reduce__(self) -> str:
        raise RecursionError("too deep")


@pytest.mark.parametrize(
    ("answer", "said"),
    [(raises, "what can't be pickled"), (unsendable, "too deep")],
    ids=["error", "answer"],
)
async def test_what_cannot_be_sent_is_said(
    answer: Callable[[Request], list[Attempt]], said: str
) -> None:
    async with served() as (distant, _, _):
        with pytest.raises(Exception, match=said):
            await distant.do(job(MadeSource(target(), answer)), Pacer(1), refused)
        given: list[Event] = []
        await distant.do(job(MadeSource(target())), Pacer(1), given.extend)
        assert attempts_in(given) == 1, "and it goes on"


async def test_a_target_whose_pace_is_another_than_before_gets_another_permit() -> None:
    paces = []

    def permit(source: SourceSpec, remote: RemotePermit) -> Permit:
        paces.append(source.pace.most)
        return remote

    async with served(permit) as (distant, _, _):
        for most in (3, 3, 5):
            source = MadeSource(target(), concurrency=most)
            await distant.do(job(source), Pacer(1), lambda batch: None)
    assert paces == [3, 5]
