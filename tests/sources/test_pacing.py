import asyncio

import pytest

from toolfuzz.sources.pacing import BURST_SECONDS, Pacer


async def _most_at_once(pacer, requests):
    active = most = 0

    async def request():
        nonlocal active, most
        async with pacer:
            active += 1
            most = max(most, active)
            await asyncio.sleep(0.001)
            active -= 1

    await asyncio.gather(*(request() for _ in range(requests)))
    return most


async def test_no_more_than_the_limit_at_once():
    assert await _most_at_once(Pacer(5), 40) == 5
    assert await _most_at_once(Pacer(0), 3) == 1


def test_a_rate_limit_halves_it_once_a_burst():
    now = 100.0
    pacer = Pacer(16, clock=lambda: now)
    for _ in range(10):
        pacer.rate_limited()
    assert pacer.limit == 8
    now += 0.9 * BURST_SECONDS
    pacer.rate_limited()
    assert pacer.limit == 8
    for limit in (4, 2, 1, 1):
        now += BURST_SECONDS
        pacer.rate_limited()
        assert pacer.limit == limit


async def test_it_grows_back_slowly_and_not_beyond_its_start():
    pacer = Pacer(4)
    pacer.rate_limited()
    assert pacer.limit == 2
    assert await _most_at_once(pacer, 2) == 2
    assert pacer.limit == 2
    await _most_at_once(pacer, 40)
    assert pacer.limit == 4
    assert await _most_at_once(pacer, 40) == 4


async def test_a_failing_request_frees_its_place():
    pacer = Pacer(1)
    with pytest.raises(RuntimeError):
        async with pacer:
            raise RuntimeError
    assert await asyncio.wait_for(_most_at_once(pacer, 2), 1) == 1


async def test_a_cancelled_waiter_leaves_no_trace():
    pacer = Pacer(1)
    async with pacer:
        waiter = asyncio.create_task(_most_at_once(pacer, 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
    assert await asyncio.wait_for(_most_at_once(pacer, 3), 1) == 1
