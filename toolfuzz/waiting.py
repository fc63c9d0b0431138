"""Async work done from plain code, also where an event loop is running: in notebooks."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["wait_for"]

T = TypeVar("T")

_LOOK = 0.2
"""Seconds between two looks: on Windows nothing else interrupts a thread that waits."""


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Do the work and return its result.

    A running loop can't be waited for by what runs in it, so the work gets one in a thread of its
    own there. Interrupted (Ctrl-C, a notebook's stop button) or cancelled, the work is cancelled,
    and waited for until it has kept what it has.
    """
    try:
        around = asyncio.current_task()
    except RuntimeError:
        return asyncio.run(work)
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = Future()

    async def main() -> T:
        task = asyncio.ensure_future(work)
        begun.set_result((asyncio.get_running_loop(), task))
        return await task

    with ThreadPoolExecutor(1, thread_name_prefix="toolfuzz") as threads:
        done = threads.submit(asyncio.run, main())
        try:
            while not wait([done], _LOOK).done:
                # ``asyncio.run`` makes of the first Ctrl-C a cancellation.
                if around is not None and around.cancelling():
                    raise asyncio.CancelledError
        except BaseException:
            loop, task = begun.result()
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(task.cancel)
            wait([done])
            raise
        return done.result()
