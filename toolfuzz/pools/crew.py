"""As many jobs at once as their source allows, whoever does them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.pools.pool import Batch, Give, Job
from toolfuzz.sources.source import SourceSpec

__all__ = ["Do", "Limit", "by_crew"]

# Batches that may wait for the consumer before the crew waits for it, too.
_AHEAD = 256

Limit = Callable[[SourceSpec], int]
"""Says how many jobs of a source may be under way now."""

Do = Callable[[Job, Give], Awaitable[None]]
"""Does a job and gives a batch for each of its modes; when it is cancelled, what was paid for."""


async def by_crew(jobs: AsyncIterator[Job], limit: Limit, do: Do) -> AsyncGenerator[Batch]:
    """Have the jobs done and give what came of them, as ``Pool.run`` says."""
    batches: asyncio.Queue[Batch | None] = asyncio.Queue()
    room = asyncio.Semaphore(_AHEAD)
    crew = _Crew(jobs, limit, do, batches.put_nowait, room)
    work = asyncio.create_task(crew.work())
    work.add_done_callback(lambda _: batches.put_nowait(None))
    try:
        while (batch := await batches.get()) is not None:
            room.release()
            yield batch
    except asyncio.CancelledError:
        # It was paid for, so the consumer gets it before it learns that this is the end.
        await _ended(work)
        while not batches.empty():
            if (batch := batches.get_nowait()) is not None:
                yield batch
        raise
    finally:
        await _ended(work)
    if failed := work.exception():
        raise failed


async def _ended(work: asyncio.Task[None]) -> None:
    work.cancel()
    await asyncio.wait([work])


class _Crew:
    """The hands of one run. There are as many as the source of the jobs allows at once.

    One more is hired when a job is taken, so that none lies waiting with a hand that mayn't ask.
    """

    def __init__(
        self,
        jobs: AsyncIterator[Job],
        limit: Limit,
        do: Do,
        give: Give,
        room: asyncio.Semaphore,
    ) -> None:
        self._jobs = jobs
        self._limit = limit
        self._do = do
        self._give = give
        self._room = room
        self._taking = asyncio.Lock()
        self._hands = 0

    async def work(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                self._hire(group)
        except BaseExceptionGroup as failed:
            # A target that can't be started is the user's to know of, in one line.
            ours = failed.subgroup(ToolfuzzError)
            if ours is None:
                raise
            raise ours.exceptions[0] from None

    def _hire(self, group: asyncio.TaskGroup) -> None:
        self._hands += 1
        group.create_task(self._hand(group))

    async def _hand(self, group: asyncio.TaskGroup) -> None:
        while (job := await self._take()) is not None:
            if self._hands < self._limit(job.source):
                self._hire(group)
            await self._do(job, self._give)
            for _ in job.modes:
                await self._room.acquire()
            # The consumer goes first: what it has just got may be the reason to stop.
            await asyncio.sleep(0)

    async def _take(self) -> Job | None:
        async with self._taking:
            return await anext(self._jobs, None)
