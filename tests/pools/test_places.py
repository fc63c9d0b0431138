"""Places that several workers of several runs share, and what becomes of them when one dies."""

import asyncio

import pytest

from toolfuzz.core.exchange import Attempt
from toolfuzz.pools.places import Places
from toolfuzz.sources.source import Pace

TWO = Pace("key", 2)
ONE = Pace("key", 1)
REFUSED = Attempt(1.0, 2.0, 3.0, 429, {}, ())


@pytest.fixture
def places() -> Places:
    places = Places()
    places.meet("a", TWO)
    places.meet("b", TWO)
    return places


async def waits(asked: asyncio.Task[bool]) -> bool:
    for _ in range(20):
        await asyncio.sleep(0)
    return not asked.done()


async def test_workers_of_one_pace_share_its_places(places: Places) -> None:
    assert await places.place("a", 0, 0) and await places.place("b", 0, 0)
    third = asyncio.create_task(places.place("a", 1, 0))
    assert await waits(third)
    await places.leave("b", 0)
    assert await third


async def test_a_stranger_is_told_so() -> None:
    assert not await Places().place("a", 0, 0)


async def test_what_a_dead_worker_held_is_free_again(places: Places) -> None:
    await places.place("a", 0, 0)
    await places.place("a", 1, 0)
    waiting = asyncio.create_task(places.place("b", 0, 0))
    assert await waits(waiting)
    await places.forget("a")
    assert await waiting
    assert places.workers == 1


async def test_the_slowest_run_sets_the_pace_until_it_has_gone(places: Places) -> None:
    places.meet("slow", ONE)
    assert await places.place("a", 0, 0)
    second = asyncio.create_task(places.place("b", 0, 0))
    assert await waits(second)
    await places.leave("a", 0)
    assert await second
    await places.forget("slow")
    assert await places.place("a", 1, 0)


async def test_a_refusal_is_told_to_all(places: Places) -> None:
    await places.place("a", 0, 0)
    await places.leave("a", 0, [(REFUSED, 0, None)])
    await places.place("b", 0, 0)
    assert await waits(asyncio.create_task(places.place("b", 1, 0)))


async def test_a_place_given_back_while_it_is_waited_for_is_free(places: Places) -> None:
    await places.place("a", 0, 0)
    await places.place("a", 1, 0)
    given_up = asyncio.create_task(places.place("b", 0, 0))
    other = asyncio.create_task(places.place("b", 1, 0))
    assert await waits(given_up)
    await places.leave("b", 0)
    await places.leave("a", 0)
    assert await other


async def test_a_place_given_back_before_it_is_asked_for_is_never_held(places: Places) -> None:
    await places.leave("a", 0)
    assert await places.place("a", 0, 0)
    assert await places.place("a", 1, 0) and await places.place("a", 2, 0)
