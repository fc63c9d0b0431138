"""``python -m toolfuzz.pools.worker DESCRIPTOR``: work for the process at the other end.

The descriptor is that of a socket; see ``distant`` for what is said there. It ends when the other
process closes the socket, or dies.
"""

import asyncio
import pickle
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from typing import Any

from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.pools.doing import Doer
from toolfuzz.pools.permits import RemotePermit
from toolfuzz.pools.pool import Batch, Job
from toolfuzz.pools.wire import Wire
from toolfuzz.sources.source import Pace, Permit, SourceSpec
from toolfuzz.system.garbage import look_rarely

__all__ = ["PermitOf", "serve"]

PermitOf = Callable[[SourceSpec, RemotePermit], Permit]
"""Returns what a target's sessions are given, made of the permit at the wire's other end."""


async def serve(wire: Wire, permit: PermitOf = lambda source, remote: remote) -> None:
    """Do jobs until the other end has gone; while a call lasts that isn't async, all wait.

    ``permit`` may put another permit in the place of a target's, which is at the other end.
    """
    permits = _Permits(wire, permit)
    under_way: dict[int, asyncio.Task[None]] = {}

    def begin(number: int, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = under_way[number] = asyncio.create_task(work)
        task.add_done_callback(lambda _: under_way.pop(number))
        return task

    async def do(number: int, job: Job) -> None:
        told = 0

        def keep(batch: Batch) -> None:
            nonlocal told
            _drawn, *events = batch
            told += len(events)
            wire.send(("kept", number, events))

        def give(batch: Batch) -> None:
            nonlocal told
            _drawn, *events = batch
            wire.send(("came", number, events[told:]))
            told = 0

        await doer.do(job, give, keep)

    def end(number: int, task: asyncio.Task[None]) -> None:
        failed = None if task.cancelled() else task.exception()
        wire.send(("done", number, failed and _sendable(failed)))

    async def call(number: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        wire.send(("called", number, *await _called(function, arguments)))

    async with Doer(permits.of) as doer:
        wire.send(("ready",))
        try:
            while True:
                match await wire.receive():
                    case ("do", number, job):
                        doing = begin(number, do(number, job))
                        doing.add_done_callback(partial(end, number))
                    case ("call", number, function, arguments):
                        begin(number, call(number, function, arguments))
                    case ("stop", number) if number in under_way:
                        under_way[number].cancel()
                    case ("answer", ticket, answer):
                        permits.answered(ticket, answer)
        except EOFError:
            left = list(under_way.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


async def _called(
    function: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[Any, BaseException | None]:
    try:
        result = function(*arguments)
        return (await result if isawaitable(result) else result), None
    except Exception as error:
        return None, _sendable(error)


def _sendable(error: BaseException) -> BaseException:
    """Return the error, with its traceback as a note where it is a mistake of ours."""
    if not isinstance(error, ToolfuzzError):
        error.add_note("in a worker:\n" + "".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


class _Permits:
    """The permits of all targets, whose desks are at the other end."""

    def __init__(self, wire: Wire, permit: PermitOf) -> None:
        self._wire = wire
        self._permit = permit
        self._permits: dict[tuple[str, Pace], Permit] = {}
        self._tickets = 0
        self._open: dict[int, asyncio.Future[Any]] = {}

    def of(self, source: SourceSpec) -> Permit:
        # A later run may have been told another pace for the same target.
        name, _ = key = source.target.name, source.pace
        if key not in self._permits:
            self._permits[key] = self._permit(source, RemotePermit(_Line(self, name)))
        return self._permits[key]

    def ask(self, target: str, *asked: Any) -> Awaitable[Any]:
        self._tickets += 1
        answer = self._open[self._tickets] = asyncio.get_running_loop().create_future()
        self._wire.send(("ask", target, self._tickets, *asked))
        return answer

    def tell(self, target: str, *told: Any) -> None:
        self._wire.send(("tell", target, *told))

    def answered(self, ticket: int, answer: Any) -> None:
        waiting = self._open.pop(ticket)
        if not waiting.done():
            waiting.set_result(answer)


@dataclass(frozen=True, slots=True)
class _Line:
    """The way to the desk of one target's permit."""

    permits: _Permits
    target: str

    def ask(self, what: str, *arguments: Any) -> Awaitable[Any]:
        return self.permits.ask(self.target, what, *arguments)

    def tell(self, what: str, *arguments: Any) -> None:
        self.permits.tell(self.target, what, *arguments)


async def _main(descriptor: int) -> None:
    await serve(await Wire.over(socket.socket(fileno=descriptor)))


if __name__ == "__main__":
    look_rarely()
    asyncio.run(_main(int(sys.argv[1])))
