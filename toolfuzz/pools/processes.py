"""Workers that are processes of this machine: ``python -m toolfuzz.pools.worker``."""

import asyncio
from collections.abc import Callable
from typing import Any

from toolfuzz.core.errors import UsageError
from toolfuzz.pools.child import Child
from toolfuzz.pools.distant import Distant
from toolfuzz.pools.pool import Give, Job, Keep, keep_nothing
from toolfuzz.pools.shared import SharedPool, WorkerLostError
from toolfuzz.sources.source import Permit

__all__ = ["WorkerProcess", "process_pool"]

_STARTS = 2
"""So often a worker is started before it is known that it can't be."""


def process_pool(count: int) -> SharedPool:
    """Return a pool of so many processes (an async context manager)."""
    return SharedPool(WorkerProcess.start, count)


class WorkerProcess:
    """A Worker (see there). It ends with this process, however that ends."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._worker = Distant(child.wire, child.how_it_ended)

    @classmethod
    async def start(cls) -> "WorkerProcess":
        """Start a process and wait until it is ready; raises UsageError when it can't be.

        One that ends meanwhile, as where memory is short for a moment, is started once more.
        """
        for _ in range(_STARTS):
            try:
                return await cls._started()
            except WorkerLostError as lost:
                why = str(lost)
        raise _cannot_start(why)

    @classmethod
    async def _started(cls) -> "WorkerProcess":
        try:
            started = cls(await Child.start("toolfuzz.pools.worker"))
        except OSError as error:
            raise _cannot_start(error.strerror or str(error)) from None
        try:
            await started._worker.ready()
        except WorkerLostError as lost:
            await started.close()
            said = started._child.last_line()
            raise WorkerLostError(f"{lost}: {said}" if said else str(lost)) from None
        except asyncio.CancelledError:
            await started.close()
            raise
        return started

    async def do(self, job: Job, permit: Permit, give: Give, keep: Keep = keep_nothing) -> None:
        """Have the process do it."""
        await self._worker.do(job, permit, give, keep)

    async def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Have the process call it."""
        return await self._worker.call(function, arguments)

    async def close(self) -> None:
        """End the process, by force when it doesn't end by itself."""
        await asyncio.gather(self._worker.close(), self._child.end())


def _cannot_start(why: str) -> UsageError:
    return UsageError(
        f"a worker process can't be started: {why}",
        "fewer --workers need less memory; or try it without",
    )
