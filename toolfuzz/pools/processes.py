"""Workers that are processes of this machine: ``python -m toolfuzz.pools.worker``."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress

from toolfuzz.core.errors import UsageError
from toolfuzz.pools.distant import Distant
from toolfuzz.pools.pool import Give, Job
from toolfuzz.pools.shared import SharedPool, WorkerLostError
from toolfuzz.pools.wire import Wire
from toolfuzz.sources.source import Permit
from toolfuzz.system.children import LastWords, leashed

__all__ = ["WorkerProcess", "process_pool"]

_GRACE = 5.0
"""Seconds that a process has to end its sessions."""


def process_pool(count: int) -> SharedPool:
    """Return a pool of so many processes (an async context manager)."""
    return SharedPool(WorkerProcess.start, count)


class WorkerProcess:
    """A Worker (see there). It ends with this process, however that ends."""

    def __init__(self, process: Process, wire: Wire) -> None:
        self._process = process
        self._words = LastWords()
        assert process.stderr is not None
        self._listening = asyncio.create_task(self._words.listen(process.stderr))
        self._worker = Distant(wire, self._how_it_ended)

    @classmethod
    async def start(cls) -> "WorkerProcess":
        """Start a process and wait until it is ready; raises UsageError when it can't be."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = (sys.executable, "-m", "toolfuzz.pools.worker", str(theirs.fileno()))
            try:
                process = await asyncio.create_subprocess_exec(
                    *leashed(command),
                    stdin=DEVNULL,
                    stdout=DEVNULL,
                    stderr=PIPE,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                    pass_fds=[theirs.fileno()],
                    # Ctrl-C is for us, who still want its last answers.
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise _cannot_start(error.strerror or str(error)) from None
        started = cls(process, await Wire.over(ours))
        try:
            await started._worker.ready()
        except WorkerLostError as lost:
            await started.close()
            raise _cannot_start(f"{lost}: {started._words.last_line()}") from None
        except asyncio.CancelledError:
            await started.close()
            raise
        return started

    async def do(self, job: Job, permit: Permit, give: Give) -> None:
        """Have the process do it."""
        await self._worker.do(job, permit, give)

    async def close(self) -> None:
        """End the process, by force when it doesn't end by itself."""
        closing = asyncio.create_task(self._worker.close())
        try:
            await asyncio.wait_for(self._process.wait(), _GRACE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
        await asyncio.wait([closing, self._listening])

    async def _how_it_ended(self) -> str:
        # Its last words might hold what a journal must not.
        code = await self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"


def _cannot_start(why: str) -> UsageError:
    return UsageError(f"a worker process can't be started: {why}", "try it without --workers")
