"""A worker at the other end of a wire, and what is said there, as tuples.

- from here ``do`` (number, job), ``stop`` (number), ``answer`` (ticket, answer), ``call`` (number,
  function, arguments);
- from there ``ready``; ``kept`` (number, what a question that goes on was paid for), ``came``
  (number, a batch without its case and what was kept) and ``done`` (number, error); ``ask``
  (target, ticket, what, …) and ``tell`` (target, what, …), which are for the desk of the target's
  permit (see ``permits``); ``called`` (number, result, error);
- ``lost`` (why) from whoever carries the messages, as the last one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.events import CaseDrawn, Event
from toolfuzz.pools.permits import Desk
from toolfuzz.pools.pool import Give, Job, Keep, keep_nothing
from toolfuzz.pools.shared import WorkerLostError
from toolfuzz.pools.wire import Wire
from toolfuzz.sources.source import Permit

__all__ = ["GRACE", "Distant"]

GRACE = 5.0
"""Seconds that a worker has to say what a job that is given up was paid for."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    job: Job
    give: Give
    keep: Keep
    done: asyncio.Future[BaseException | None]
    kept: list[Event]


class Distant:
    """A Worker (see there) that is served by ``worker.serve`` at the wire's other end.

    ``why`` says what became of it once the wire has ended, where nobody said it there.
    """

    def __init__(self, wire: Wire, why: Callable[[], Awaitable[str]] | None = None) -> None:
        self._wire = wire
        self._why = why
        self._told = "the connection was closed"
        self._lost: WorkerLostError | None = None
        self._number = 0
        self._under_way: dict[int, _UnderWay] = {}
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._desks: dict[str, Desk] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hearing = asyncio.create_task(self._hear())

    async def ready(self) -> None:
        """Wait until it takes jobs; raises WorkerLostError when it never will."""
        await self._ready

    async def do(self, job: Job, permit: Permit, give: Give, keep: Keep = keep_nothing) -> None:
        """Have it done there."""
        if self._lost is not None:
            raise self._lost
        name = job.source.target.name
        if name not in self._desks or self._desks[name].permit is not permit:
            self._desks[name] = Desk(permit)
        self._number += 1
        number = self._number
        done = asyncio.get_running_loop().create_future()
        self._under_way[number] = _UnderWay(job, give, keep, done, [])
        self._wire.send(("do", number, job))
        try:
            error = await asyncio.shield(done)
        except asyncio.CancelledError:
            self._wire.send(("stop", number))
            with suppress(TimeoutError, WorkerLostError):
                await asyncio.wait_for(done, GRACE)
            raise
        finally:
            del self._under_way[number]
        if error is not None:
            raise error

    async def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Have it called there; cancelled, it is stopped, and nobody waits for it."""
        if self._lost is not None:
            raise self._lost
        self._number += 1
        number = self._number
        called = self._calls[number] = asyncio.get_running_loop().create_future()
        self._wire.send(("call", number, function, arguments))
        try:
            return await called
        except asyncio.CancelledError:
            self._wire.send(("stop", number))
            raise
        finally:
            del self._calls[number]

    async def close(self) -> None:
        """Close the wire, at which the other end ends."""
        self._wire.close()
        await asyncio.wait([self._hearing])

    async def _hear(self) -> None:
        """Take what it says until it has gone."""
        try:
            while True:
                self._take(await self._wire.receive())
        except EOFError:
            why = await self._why() if self._why else self._told
        except Exception as error:
            self._wire.close()
            why = f"what it says can't be read: {error!r}"
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        for desk in self._desks.values():
            await desk.close()
        self._lost = WorkerLostError(why)
        waiting: list[asyncio.Future[Any]] = [self._ready]
        waiting += [one.done for one in self._under_way.values()]
        waiting += self._calls.values()
        for one in waiting:
            if not one.done():
                one.set_exception(self._lost)

    def _take(self, message: Any) -> None:
        match message:
            case ("ready",):
                self._ready.set_result(None)
            # Of one that was given up on nobody waits to hear.
            case ("kept", number, events) if number in self._under_way:
                one = self._under_way[number]
                one.kept.extend(events)
                one.keep((CaseDrawn(one.job.case), *events))
            case ("came", number, events) if number in self._under_way:
                one = self._under_way[number]
                kept = one.kept.copy()
                one.kept.clear()
                one.give((CaseDrawn(one.job.case), *kept, *events))
            case ("done", number, error) if number in self._under_way:
                if not (done := self._under_way[number].done).done():
                    done.set_result(error)
            case ("called", number, result, error) if number in self._calls:
                if not (called := self._calls[number]).done():
                    called.set_result(result) if error is None else called.set_exception(error)
            case ("ask", target, ticket, *asked):
                self._answer(self._asked(self._desks[target], ticket, *asked))
            case ("tell", target, *told):
                self._answer(self._desks[target].tell(*told))
            case ("lost", why):
                self._told = why

    def _answer(self, answering: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answering)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _asked(self, desk: Desk, ticket: int, what: str, *arguments: Any) -> None:
        self._wire.send(("answer", ticket, await desk.ask(what, *arguments)))
