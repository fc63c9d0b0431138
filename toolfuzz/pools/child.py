"""A module of ours in a process of its own, at the other end of a wire."""

import asyncio
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress

from toolfuzz.pools.wire import Wire
from toolfuzz.system.children import LastWords, leashed, our_module, our_paths

__all__ = ["Child"]

_GRACE = 5.0
"""Seconds that a process has to end what it holds."""


class Child:
    """Talks over ``wire``. It ends with this process, however that ends."""

    def __init__(self, process: Process, wire: Wire) -> None:
        self.wire = wire
        self._process = process
        self._words = LastWords()
        assert process.stderr is not None
        self._listening = asyncio.create_task(self._words.listen(process.stderr))

    @classmethod
    async def start(cls, module: str, *arguments: str) -> "Child":
        """Start ``python -m MODULE DESCRIPTOR ARGUMENTS``; raises OSError when it can't be."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = our_module(module, str(theirs.fileno()), *arguments)
            try:
                process = await asyncio.create_subprocess_exec(
                    *leashed(command),
                    stdin=DEVNULL,
                    stdout=DEVNULL,
                    stderr=PIPE,
                    env=our_paths(),
                    pass_fds=[theirs.fileno()],
                    # Ctrl-C is for us, who still want its last answers.
                    start_new_session=True,
                )
            except BaseException:
                # Also where nobody waits for it any more.
                ours.close()
                raise
        return cls(process, await Wire.over(ours))

    def last_line(self) -> str:
        """Return the last line of what it wrote to standard error, "" when there is none."""
        return self._words.last_line()

    async def how_it_ended(self) -> str:
        """Wait until it has ended and return its exit code or signal."""
        # Its last words might hold what a journal must not.
        code = await self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    async def end(self) -> None:
        """Wait until it has ended, which it does when the wire is closed; else by force."""
        try:
            await asyncio.wait_for(self._process.wait(), _GRACE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
        await asyncio.wait([self._listening])
