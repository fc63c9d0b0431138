"""Many calls of workers, and what they return in the order of the calls."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import islice
from typing import Any

from toolfuzz.pools.pool import Callers

__all__ = ["in_order"]


async def in_order(
    workers: Callers,
    function: Callable[..., Any],
    calls: Iterator[tuple[Any, ...]],
    *,
    ahead: int,
) -> AsyncGenerator[Any]:
    """Call a function with each of these arguments; so many calls are under way at once.

    When what one returned is given, the next are under way already. Raises as ``Callers`` do.
    """
    under_way = deque[asyncio.Task[Any]]()

    def fill() -> None:
        for arguments in islice(calls, ahead - len(under_way)):
            under_way.append(asyncio.create_task(workers.call(function, *arguments)))

    fill()
    try:
        while under_way:
            returned = await under_way[0]
            under_way.popleft()
            fill()
            yield returned
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
