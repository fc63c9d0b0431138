"""Work under a terminal: progress on stderr, and what Ctrl-C does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from toolfuzz.analyze.price import PriceOf, price_of
from toolfuzz.commands._kept import kept
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import Event
from toolfuzz.report.progress import Progress, progress
from toolfuzz.system.signals import Interrupted, signals_call

__all__ = ["cancelled_by_signals", "live", "ticking", "with_note"]

T = TypeVar("T")
Work = Callable[[Callable[[Event], None], asyncio.Event], Awaitable[JsonObject]]


def live(work: Work, *, quiet: bool, prices: PriceOf = price_of) -> tuple[JsonObject, int]:
    """Do the work, given where to tell events and when to stop; return its result.

    The second value is the exit code of what interrupted it, 0 where nothing did.
    """
    return asyncio.run(_live(work, progress(quiet=quiet, price=prices)))


async def _live(work: Work, show: Progress) -> tuple[JsonObject, int]:
    stop = asyncio.Event()
    task = asyncio.current_task()
    assert task is not None
    begun = False
    interrupted: list[Interrupted] = []

    def tell(event: Event) -> None:
        nonlocal begun
        begun = True
        show.tell(event)

    def interrupt(number: int) -> None:
        # The first Ctrl-C lets questions under way finish, the second gives up on them. While a
        # server is still looked for there are none, and it may want a minute before each try.
        interrupted.append(Interrupted(number))
        if stop.is_set() or not begun:
            task.cancel()
            return
        stop.set()
        show.note("finishing the questions under way; press Ctrl-C again to stop at once")

    with show, signals_call(interrupt):
        async with ticking(show):
            try:
                result = await work(tell, stop)
            except asyncio.CancelledError:
                raise (interrupted[-1] if interrupted else KeyboardInterrupt) from None
    return result, interrupted[0].exit_code if interrupted else 0


@asynccontextmanager
async def ticking(show: Progress) -> AsyncIterator[None]:
    """Let progress show itself by time: a server that answers nothing tells nothing either."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(1)
            show.tick()

    ticks = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticks.cancel()


def with_note(work: Coroutine[Any, Any, T]) -> T:
    """Run it; when it is interrupted or breaks, say that nothing is lost."""
    with kept(lambda: "all answers are kept; give the same command again to go on"):
        return asyncio.run(cancelled_by_signals(work))


async def cancelled_by_signals(work: Coroutine[Any, Any, T]) -> T:
    """Do the work; the first signal ends it as Ctrl-C does: it clears up behind itself."""
    task = asyncio.current_task()
    assert task is not None
    interrupted: list[Interrupted] = []

    def interrupt(number: int) -> None:
        interrupted.append(Interrupted(number))
        task.cancel()

    with signals_call(interrupt):
        try:
            return await work
        except asyncio.CancelledError:
            raise (interrupted[0] if interrupted else KeyboardInterrupt) from None
