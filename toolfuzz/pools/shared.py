"""Jobs shared out to workers that may get lost, whatever carries the jobs to them.

What came of a question is given in one piece, as soon as it ends. A lost worker's job is done by
another; what was given of it by then is its beginning, as of a run that is gone on with, and is
neither asked nor given again.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, count
from types import TracebackType
from typing import Any, Protocol, Self

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.verdict import Verdict
from toolfuzz.pools.crew import by_crew
from toolfuzz.pools.pool import Batch, Give, Job, Keep, Permits, keep_nothing
from toolfuzz.sources.source import Permit, SourceSpec

__all__ = ["MOST_LOST", "SharedPool", "Worker", "WorkerLostError"]

MOST_LOST = 3
"""So many workers are lost at one job, and it is not tried again: it may be what ends them."""


class WorkerLostError(Exception):
    """A worker that can do nothing any more; the message says what became of it."""


class Worker(Protocol):
    """Does jobs elsewhere, several at once."""

    async def do(self, job: Job, permit: Permit, give: Give, keep: Keep) -> None:
        """Do a job and give its batches as they come.

        Every request waits for the permit. Cancelled, it gives what was paid for and then raises
        CancelledError. Raises WorkerLostError when no more will come, and ToolfuzzError where the
        job's source can't be opened.
        """
        ...

    async def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call a function there (see ``Callers``); raises WorkerLostError when it won't return."""
        ...

    async def close(self) -> None:
        """End the worker, also one that is lost."""
        ...


class SharedPool:
    """A Pool of ``count`` workers, for as many runs as it is given (an async context manager).

    A worker is started when there is work for it, and another in the place of a lost one.
    """

    def __init__(self, start: Callable[[], Awaitable[Worker]], count: int) -> None:
        self._places = [_Place(start) for _ in range(count)]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(place.close() for place in self._places))

    async def run(
        self, jobs: AsyncIterator[Job], permits: Permits, keep: Keep = keep_nothing
    ) -> AsyncGenerator[Batch]:
        """Do the jobs and give what came of them (see Pool)."""

        def limit(source: SourceSpec) -> int:
            most = permits.limit(source)
            return most * len(self._places) if source.pace.each_worker else most

        async with aclosing(by_crew(jobs, limit, partial(self._do, permits, keep))) as batches:
            async for batch in batches:
                yield batch

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function in the least busy worker; a lost one's call is another's."""
        for _ in range(MOST_LOST):
            place = min(self._places, key=lambda place: place.busy)
            try:
                return await place.call(function, arguments)
            except WorkerLostError as error:
                why = str(error)
        raise UsageError(
            f"one worker after the other was lost, {MOST_LOST} in all: {why}",
            "fewer --workers need less memory; or try it without",
        )

    async def _do(self, permits: Permits, keep: Keep, job: Job, give: Give) -> None:
        permit, name = permits.of(job.source), job.source.target.name
        came = _Came(job, give, keep)
        for lost in range(1, MOST_LOST + 1):
            place = min(self._places, key=lambda place: place.busy)
            try:
                await place.do(came.gone_on_with(), permit, came.taker(), came.keep)
            except WorkerLostError as error:
                why = str(error)
            else:
                return
            # What it asked was asked, and may have cost what it may have cost.
            requests = len(came.left) * len(job.case.turns)
            if lost < MOST_LOST and not await permit.again(name, requests):
                break
        for stream in came.left:
            came.take(_unjudged(job, stream, why))


class _Place:
    """Where a worker works; ``busy`` is how many jobs it has in hand."""

    def __init__(self, start: Callable[[], Awaitable[Worker]]) -> None:
        self._start = start
        self._starting = asyncio.Lock()
        self._worker: Worker | None = None
        self.busy = 0

    async def do(self, job: Job, permit: Permit, give: Give, keep: Keep) -> None:
        async with self._working() as worker:
            await worker.do(job, permit, give, keep)

    async def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        async with self._working() as worker:
            return await worker.call(function, arguments)

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[Worker]:
        self.busy += 1
        try:
            worker = await self._there()
            try:
                yield worker
            except WorkerLostError:
                if self._worker is worker:
                    await self.close()
                raise
        finally:
            self.busy -= 1

    async def _there(self) -> Worker:
        async with self._starting:
            if self._worker is None:
                self._worker = await self._start()
            return self._worker

    async def close(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()


class _Came:
    """What came of a job so far, from one worker after the other."""

    def __init__(self, job: Job, give: Give, keep: Keep) -> None:
        self._job = job
        self._give = give
        self._keep = keep
        self._batches: list[Batch] = []
        # Of a question that goes on; a batch holds the same of its own.
        self._kept: list[Event] = []

    @property
    def left(self) -> tuple[bool, ...]:
        """The modes of which nothing was given."""
        return self._job.modes[len(self._batches) :]

    def gone_on_with(self) -> Job:
        """Return the job with what was given of it as its beginning."""
        job = self._job
        came = chain(*self._batches, self._kept)
        asked = [event.exchange for event in came if isinstance(event, ExchangeRecorded)]
        # What was asked again, to tell a rule from chance, begins nothing.
        begun = (exchange for exchange in asked if exchange.repeat == job.repeat)
        return replace(job, begun=(*job.begun, *begun))

    def keep(self, events: Batch) -> None:
        """Take what a question that goes on was paid for."""
        _drawn, *paid = events
        self._kept += paid
        self._keep(events)

    def take(self, batch: Batch) -> None:
        """Take and give a new batch."""
        whole = self._whole(batch)
        self._batches.append(whole)
        self._give(whole)

    def taker(self) -> Give:
        """Return what takes the batches of the next worker, and gives those that are new."""
        known, numbers = len(self._batches), count()

        def take(batch: Batch) -> None:
            if next(numbers) >= known:
                self.take(batch)
            elif any(isinstance(event, ExchangeRecorded) for event in batch):
                # What couldn't be judged was asked once more.
                self._give(self._whole(batch))

        return take

    def _whole(self, batch: Batch) -> Batch:
        """Return a batch with what earlier workers were paid for its question."""
        drawn, *events = batch
        there = set(map(id, events))
        earlier = [event for event in self._kept if id(event) not in there]
        self._kept.clear()
        return (drawn, *earlier, *events)


def _unjudged(job: Job, stream: bool, why: str) -> Batch:
    target = job.source.target.name
    reason = f"the worker that asked it was lost: {why}"
    verdict = Verdict(
        job.case.id, target, job.repeat, stream, "unjudged", (), reason, job.case.cluster
    )
    return CaseDrawn(job.case), VerdictReached(verdict)
