"""Cases are handed to every target without keeping them all in memory."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.runs.feed import CaseFeed

LONG = 2_000


def case(number: int) -> Case:
    turn = Turn((Message("user", f"{number} " * LONG),), Expectation("no_call"))
    return Case("generated", "echo", (), (Tool("t", None, {}),), (turn,))


async def drawn(count: int) -> AsyncIterator[Case]:
    for number in range(count):
        yield case(number)


async def asked(feed: CaseFeed) -> AsyncIterator[Case]:
    position = 0
    while (found := await feed.get(position)) is not None:
        yield found
        position += 1


async def test_a_target_far_behind_gets_the_same_cases() -> None:
    feed = CaseFeed(drawn(400), ahead=8, targets=2)
    filling = asyncio.create_task(feed.fill())
    fast = [found.id async for found in asked(feed)]
    slow = [found async for found in asked(feed)]
    await filling
    assert [found.id for found in slow] == fast == [case(n).id for n in range(400)]
    assert slow[0] == case(0)


async def test_what_was_asked_is_not_kept() -> None:
    peaks = []
    for count in (200, 800):
        for targets in (1, 2):
            feed = CaseFeed(drawn(count), ahead=8, targets=targets)
            filling = asyncio.create_task(feed.fill())
            tracemalloc.start()
            async for _ in asked(feed):
                pass
            peaks.append(tracemalloc.get_traced_memory()[0])
            tracemalloc.stop()
            await filling
    assert max(peaks) < 300 * 3 * LONG
