"""Asking from this process: asyncio workers, each with a session of its own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack

from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.core.events import CaseDrawn, Event
from toolfuzz.core.reply import Reply
from toolfuzz.pools.chance import ask_again, in_doubt, requests_again
from toolfuzz.pools.pool import Job, Permits
from toolfuzz.pools.question import put_question
from toolfuzz.sources.source import Permit, Session

__all__ = ["LocalPool"]

# Batches that may wait for the consumer before workers wait for it, too.
_AHEAD = 256

Batch = tuple[Event, ...]


class LocalPool:
    """The pool of one machine (see Pool)."""

    async def run(self, jobs: AsyncIterator[Job], permits: Permits) -> AsyncGenerator[Batch]:
        """Do the jobs and give what came of them."""
        batches: asyncio.Queue[Batch | None] = asyncio.Queue()
        room = asyncio.Semaphore(_AHEAD)
        crew = _Crew(jobs, permits, batches.put_nowait, room)
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
    """The workers of one run. There are as many as the source of the jobs allows at once.

    One more is hired when a job is taken, so that none lies waiting with a worker who mayn't ask.
    """

    def __init__(
        self,
        jobs: AsyncIterator[Job],
        permits: Permits,
        give: Callable[[Batch], None],
        room: asyncio.Semaphore,
    ) -> None:
        self._jobs = jobs
        self._permits = permits
        self._give = give
        self._room = room
        self._taking = asyncio.Lock()
        self._workers = 0

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
        self._workers += 1
        group.create_task(self._worker(group))

    async def _worker(self, group: asyncio.TaskGroup) -> None:
        sessions: dict[str, Session] = {}
        async with AsyncExitStack() as stack:
            while (job := await self._take()) is not None:
                permit = self._permits.of(job.source)
                if self._workers < permit.limit:
                    self._hire(group)
                name = job.source.target.name
                if name not in sessions:
                    opened = job.source.open(permit)
                    sessions[name] = await stack.enter_async_context(opened)
                await self._do(job, sessions[name], permit)

    async def _take(self) -> Job | None:
        async with self._taking:
            return await anext(self._jobs, None)

    async def _do(self, job: Job, session: Session, permit: Permit) -> None:
        plain: tuple[Reply, ...] = ()
        for stream in job.modes:
            events: list[Event] = [CaseDrawn(job.case)]
            try:
                outcome = await put_question(
                    session,
                    job.source,
                    job.case,
                    events.append,
                    repeat=job.repeat,
                    stream=stream,
                    policy=job.policy,
                    counterpart=plain,
                    again=(),
                    begun=[e for e in job.begun if e.stream == stream],
                )
                name, costs = job.source.target.name, requests_again(len(job.case.turns))
                if in_doubt(session, plain, outcome) and await permit.again(name, costs):
                    await ask_again(session, job, plain, events)
            finally:
                # Given before anything is awaited: a cancelled worker loses nothing.
                if len(events) > 1:
                    self._give(tuple(events))
            plain = outcome.replies
            await self._room.acquire()
            # The consumer goes first: what it has just got may be the reason to stop.
            await asyncio.sleep(0)
