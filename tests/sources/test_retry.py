"""When a question is put again: which answers, how often, after which pause."""

import pytest

from toolfuzz.core.exchange import Attempt
from toolfuzz.sources.retry import (
    ATTEMPTS,
    MAX_PAUSE,
    MAX_RETRY_AFTER,
    retrying,
    worth_retrying,
)


def attempt(status=200, body=b"", error=None, retry_after=None):
    chunks = ((1.0, body),) if body else ()
    return Attempt(0.0, None, 1.0, status, {}, chunks, error, retry_after)


async def statuses(*answers, **options):
    pauses, left = [], list(answers)

    async def put():
        return left.pop(0)

    async def sleep(seconds):
        pauses.append(seconds)

    got = [a.status async for a in retrying(put, sleep=sleep, **options)]
    return got, pauses


async def _never():
    return False


async def test_it_ends_with_the_first_answer():
    assert await statuses(attempt(200), attempt(500)) == ([200], [])
    got, pauses = await statuses(attempt(503), attempt(429), attempt(200), attempt(500))
    assert got == [503, 429, 200] and len(pauses) == 2


async def test_it_is_bounded():
    got, pauses = await statuses(*[attempt(500)] * 9)
    assert (len(got), len(pauses)) == (ATTEMPTS, ATTEMPTS - 1) == (4, 3)
    assert await statuses(attempt(500), attempt(200), attempts=1) == ([500], [])


async def test_pauses_grow_and_the_server_may_name_its_own():
    for _ in range(20):
        _, pauses = await statuses(*[attempt(500)] * 8, attempts=8)
        for seconds, least in zip(pauses, (1, 2, 4, 8, 16, 20), strict=False):
            assert least <= seconds <= min(least + 1, MAX_PAUSE)
        assert max(pauses) == MAX_PAUSE == 20
    named = [attempt(429, retry_after=s) for s in (0.0, 59.5, 86_400.0)]
    _, pauses = await statuses(*named, attempt(200))
    assert pauses == [0, 59.5, MAX_RETRY_AFTER] and MAX_RETRY_AFTER == 60


async def test_a_stop_ends_it_before_the_next_attempt():
    got, pauses = await statuses(attempt(500), attempt(200), again=_never)
    assert (got, len(pauses)) == ([500], 1)

    stopped, left = [], [attempt(500), attempt(200)]

    async def put():
        return left.pop(0)

    async def cut_short(seconds):
        stopped.append(seconds)

    async def again():
        return not stopped

    trials = retrying(put, sleep=cut_short, again=again)
    assert [a.status async for a in trials] == [500]
    assert len(left) == 1


@pytest.mark.parametrize(
    ("given", "again"),
    [
        (attempt(200), False),
        (attempt(400, b"bad"), False),
        (attempt(408), True),
        (attempt(409), True),
        (attempt(425), True),
        (attempt(429, b"slow"), True),
        (attempt(499), False),
        (attempt(500, b"oops"), True),
        (attempt(500, b'{"code": "tool_use_failed"}'), False),
        (attempt(503, b"UNEXPECTED_TOOL_CALL"), False),
        (attempt(500, b"error parsing tool call: raw='{', err=unexpected end"), False),
        (attempt(500, b"output that does not match the expected peg-native format"), False),
        (attempt(500, b'{"error": "Failed to parse tool call: Expected a quote"}'), False),
        (attempt(500, b'{"error": {"message": "Can only get item pairs from a mapping."}}'), False),
        (attempt(503, b'{"error": {"message": "Overloaded, no tool results left"}}'), True),
        (attempt(503, b"no tool can be called now: overloaded"), True),
        (attempt(None, error="ConnectError: refused"), True),
        (attempt(None, error="RemoteProtocolError: gone"), True),
        (attempt(200, error="RemoteProtocolError: gone before a byte"), True),
        (attempt(200, b"{", error="RemoteProtocolError: broke off"), False),
        (attempt(None, error="Timeout: not a byte within 120 s"), False),
        (attempt(None, error="UnsupportedProtocol: x"), False),
    ],
)
def test_what_is_worth_another_try(given, again):
    assert worth_retrying(given) is again
