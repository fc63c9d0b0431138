"""Work under a terminal: progress on stderr, and what Ctrl-C does."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click

from toolfuzz.analyze.price import PriceOf, price_of
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import Event
from toolfuzz.report.progress import Progress, progress

__all__ = ["live", "ticking", "with_note"]

T = TypeVar("T")
Work = Callable[[Callable[[Event], None], asyncio.Event], Awaitable[JsonObject]]


def live(work: Work, *, quiet: bool, prices: PriceOf = price_of) -> tuple[JsonObject, bool]:
    """Do the work, given where to tell events and when to stop; return its result.

    The second value says whether it was interrupted.
    """
    return asyncio.run(_live(work, progress(quiet=quiet, price=prices)))


async def _live(work: Work, show: Progress) -> tuple[JsonObject, bool]:
    stop = asyncio.Event()
    task = asyncio.current_task()

    begun = False

    def tell(event: Event) -> None:
        nonlocal begun
        begun = True
        show.tell(event)

    def interrupt() -> None:
        # The first Ctrl-C lets questions under way finish, the second gives up on them. While a
        # server is still looked for there are none, and it may want a minute before each try.
        if task is not None and (stop.is_set() or not begun):
            task.cancel()
            return
        stop.set()
        show.note("finishing the questions under way; press Ctrl-C again to stop at once")

    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, interrupt)
        loop.add_signal_handler(signal.SIGTERM, interrupt)
    with show:
        async with ticking(show):
            try:
                return await work(tell, stop), stop.is_set()
            except asyncio.CancelledError:
                raise KeyboardInterrupt from None


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
    """Run it; when interrupted, say that nothing is lost."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        click.echo("\nall answers are kept; give the same command again to go on", err=True)
        raise
