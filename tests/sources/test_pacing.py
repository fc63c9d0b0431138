import asyncio
import itertools
import random
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.formats import Request
from toolfuzz.sources.growth import Rising, Steady
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.limits import asked_pause
from toolfuzz.sources.pacing import BURST_SECONDS, MAX_HOLD, Pacer, Pacers, paced
from toolfuzz.sources.registry import Endpoint
from toolfuzz.sources.source import Pace
from toolfuzz.sources.tempo import Tempo

OK = Attempt(1.0, 5.0, 10.0, 200, {}, ((5.0, b"{}"),))
BUSY = replace(OK, status=429)
SILENT = replace(OK, status=None, first_byte_ms=None, chunks=(), error="Timeout: not a byte")


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


async def _most_at_once(pacer, requests, ending=OK):
    active = most = 0

    async def request():
        nonlocal active, most
        async with pacer.place(0):
            active += 1
            most = max(most, active)
            await asyncio.sleep(0.001)
            active -= 1
            pacer.ended(ending)

    await asyncio.gather(*(request() for _ in range(requests)))
    return most


async def test_no_more_than_the_limit_at_once():
    assert await _most_at_once(Pacer(5), 40) == 5
    assert await _most_at_once(Pacer(0), 3) == 1


@pytest.mark.parametrize("status", [408, 429, 503, 529, None])
def test_a_refusal_for_load_halves_it_once_a_burst(status):
    refusal = SILENT if status is None else replace(OK, status=status)
    clock = Clock()
    pacer = Pacer(16, clock)
    for _ in range(10):
        pacer.ended(refusal)
    assert pacer.limit == 8
    clock.now += 0.9 * BURST_SECONDS
    pacer.ended(refusal)
    assert pacer.limit == 8
    for limit in (4, 2, 1, 1):
        clock.now += BURST_SECONDS + 0.1
        pacer.ended(refusal)
        assert pacer.limit == limit


def test_what_was_sent_before_the_cut_does_not_cut_again():
    clock = Clock()
    pacer = Pacer(16, clock)
    waited = replace(SILENT, total_ms=120_000.0)
    pacer.ended(waited)
    for _ in range(15):
        clock.now += 7
        pacer.ended(waited)
    assert pacer.limit == 8, "all of them were sent when sixteen were under way"
    clock.now += 120
    pacer.ended(waited)
    assert pacer.limit == 4


@pytest.mark.parametrize(("status", "limit"), [(429, 16), (503, 8)])
async def test_where_a_rate_is_limited_they_follow_more_slowly_instead(status, limit):
    clock = Clock()
    pacer = Pacer(16, clock, tempo=Tempo())
    for _ in range(20):
        clock.now += 0.1
        pacer.ended(OK)
    pacer.ended(replace(OK, status=status))
    assert pacer.limit == limit
    begun = asyncio.create_task(_most_at_once(pacer, 2))
    for _ in range(10):
        clock.now += 0.001
        await asyncio.sleep(0.005)
    assert begun.done() == (status == 503), "a tenth less than ten a second"
    pacer.close()
    await asyncio.wait_for(begun, 1)


@pytest.mark.parametrize("status", [500, 400, None])
def test_other_faults_do_not_concern_it(status):
    pacer = Pacer(16)
    pacer.ended(replace(OK, status=status, error=None if status else "ConnectError: refused"))
    assert pacer.limit == 16


async def test_it_grows_back_slowly_and_not_beyond_its_start():
    pacer = Pacer(4)
    pacer.ended(BUSY)
    assert pacer.limit == 2
    assert await _most_at_once(pacer, 2) == 2
    assert pacer.limit == 2
    await _most_at_once(pacer, 40)
    assert pacer.limit == 4
    assert await _most_at_once(pacer, 40) == 4


async def test_a_failing_request_frees_its_place():
    pacer = Pacer(1)
    with pytest.raises(RuntimeError):
        async with pacer.place(0):
            raise RuntimeError
    assert await asyncio.wait_for(_most_at_once(pacer, 2), 1) == 1


async def test_a_cancelled_waiter_leaves_no_trace():
    pacer = Pacer(1)
    async with pacer.place(0):
        waiter = asyncio.create_task(_most_at_once(pacer, 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
    assert await asyncio.wait_for(_most_at_once(pacer, 3), 1) == 1


async def test_all_wait_as_long_as_the_server_says():
    pacer = Pacer(4)
    loop = asyncio.get_running_loop()
    pacer.ended(replace(BUSY, retry_after=0.05))
    begun = loop.time()
    await _most_at_once(pacer, 2)
    assert loop.time() - begun >= 0.05
    pacer.ended(replace(BUSY, retry_after=3600.0))
    assert MAX_HOLD == 60
    waiter = asyncio.create_task(_most_at_once(pacer, 1))
    await asyncio.sleep(0.01)
    assert not waiter.done()
    pacer.close()
    assert await asyncio.wait_for(waiter, 1) == 1, "a run that is stopped waits for nobody"


async def test_one_that_is_cancelled_while_it_waits_gives_its_place_back():
    pacer = Pacer(1)
    pacer.ended(replace(BUSY, retry_after=0.05))
    waiter = asyncio.create_task(_most_at_once(pacer, 1))
    await asyncio.sleep(0.01)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert await asyncio.wait_for(_most_at_once(pacer, 3), 1) == 1


async def test_requests_a_minute_follow_each_other_evenly():
    pacer = Pacer(8, rpm=6000)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await _most_at_once(pacer, 11)
    assert loop.time() - begun >= 0.1, "the first at once, ten more at 10 ms each"


async def _begun(pacer, requests):
    """Return when each request of (tokens told, tokens used) began, in seconds."""
    loop = asyncio.get_running_loop()
    begun = []
    for tokens, used in requests:
        async with pacer.place(tokens):
            begun.append(loop.time())
            pacer.ended(OK, tokens, used)
    return [time - begun[0] for time in begun]


async def test_tokens_a_minute_follow_each_other_evenly_and_are_corrected():
    as_told = await _begun(Pacer(8, tpm=60_000), [(50, None), (20, None), (0, None)])
    assert as_told[1] >= 0.05 and as_told[2] >= 0.07, "a thousand a second"
    more = await _begun(Pacer(8, tpm=60_000), [(0, 80), (0, None)])
    assert more[1] >= 0.08, "it took more than was told"
    less = await _begun(Pacer(8, tpm=60), [(3600, 1), (0, None)])
    assert less[1] < 60, "it would have been an hour"


async def test_the_session_tells_how_many_tokens_a_request_takes(loopback):
    usage = {"prompt_tokens": 100, "completion_tokens": 20}
    body = {"choices": [{"message": {"content": "ok"}}], "usage": usage}

    async def answer(request, number):
        return JSONResponse(body) if number == 1 else PlainTextResponse("busy", 503)

    class Told(Pacer):
        def ended(self, attempt, tokens=0, used=None):
            told.append((tokens, used))

    told = []
    loopback.answer = answer
    endpoint = Endpoint("x", "X", loopback.base_url, "openai-chat")
    source = HttpSource(Target("m", "x", "m", "openai-chat"), endpoint, None, tpm=600.0)
    question = Request("/chat/completions", {"x": "y" * 290, "max_tokens": 1000})
    for given in (source, source, replace(source, tpm=None)):
        async with given.open(Told(1)) as session:
            await session.ask_once(question)
    assert told == [(1105, 120), (1105, None), (1105, None)]


async def test_a_reply_that_takes_long_to_read_is_not_read_for_its_tokens(loopback):
    """It would hold up all other questions: this one takes half a minute."""
    endpoint = Endpoint("x", "X", loopback.base_url, "openai-chat")
    source = HttpSource(Target("m", "x", "m", "openai-chat"), endpoint, None, tpm=600.0)
    hostile = b"data:{}\n\n" * 1_500_000

    async def answer(request, number):
        return PlainTextResponse(hostile, media_type="text/event-stream")

    loopback.answer = answer
    before = time.process_time()
    async with source.open() as session:
        attempt = await session.ask_once(Request("/chat/completions", {}))
    assert attempt.body == hostile
    assert time.process_time() - before < 10


OPENAI = "x-ratelimit-{}-requests"
ANTHROPIC = "anthropic-ratelimit-requests-{}"


@pytest.mark.parametrize(
    ("status", "retry_after", "name", "left", "most", "reset", "seconds"),
    [
        (429, 7.0, OPENAI, "0", "60", "1s", 7.0),
        (200, 7.0, OPENAI, "5", "60", "1s", None),
        (200, None, OPENAI, "0", "60", "60s", 1.0),
        (200, None, OPENAI, "0", "600", "6m0s", 0.6),
        (200, None, OPENAI, "0", "1", "12ms", 0.012),
        (200, None, OPENAI, "0", "", "7.66s", 7.66),
        (200, None, OPENAI, "0", "nonsense", "1h2m", 3720.0),
        (200, None, OPENAI, "59", "60", "1s", None),
        (200, None, OPENAI, "0", "60", "soon", None),
        (200, None, OPENAI, "0", "60", "9" * 400 + "s", None),
        (200, None, OPENAI, "0", "60", "", None),
        (200, None, ANTHROPIC, "0", "50", "2020-01-01T00:00:00Z", 0.0),
        (200, None, ANTHROPIC, "0", "50", "9999-99-99T00:00:00Z", None),
        (200, None, ANTHROPIC, "3", "50", "2020-01-01T00:00:00Z", None),
    ],
)  # fmt: skip
def test_pauses_that_servers_ask_for(status, retry_after, name, left, most, reset, seconds):
    values = {"remaining": left, "limit": most, "reset": reset}
    headers = {name.format(word): value for word, value in values.items()}
    answer = replace(OK, status=status, retry_after=retry_after, headers=headers)
    pause = asked_pause(answer)
    assert pause == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("name", "left", "most", "reset", "seconds"),
    [
        ("x-ratelimit-{}-tokens", "200", "60200", "60s", 0.8),
        ("x-ratelimit-{}-tokens", "1000", "60000", "60s", None),
        ("x-ratelimit-{}-tokens", "0", "500", "30", 30.0),
        ("x-ratelimit-{}-tokens", "-1", "-1", "0", None),
        ("x-ratelimit-{}-tokens", "0", "9000", "1000000000", 0.0),
        ("x-ratelimit-{}-tokens-minute", "0", "60000", "11.4", 0.19),
        ("anthropic-ratelimit-tokens-{}", "0", "1000", "2020-01-01T00:00:00Z", 0.0),
        ("anthropic-ratelimit-input-tokens-{}", "0", "1000", "6", 6.0),
        ("anthropic-ratelimit-output-tokens-{}", "0", "1000", "6", 6.0),
        ("x-ratelimit-{}-images", "0", "1000", "6", None),
    ],
)
def test_pauses_until_the_tokens_of_a_request_are_left(name, left, most, reset, seconds):
    values = {"remaining": left, "limit": most, "reset": reset}
    headers = {name.format(word): value for word, value in values.items()}
    pause = asked_pause(replace(OK, headers=headers), 1000)
    assert pause == (None if seconds is None else pytest.approx(seconds))


def test_the_longest_of_all_pauses_counts():
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "2s",
    }
    assert asked_pause(replace(OK, headers=headers), 10) == 2.0


class Server:
    """Answers in virtual time: so many at once, the others wait in its queue."""

    def __init__(self, slots, seed):
        self.slots, self.random = slots, random.Random(seed)

    def ask(self, growth, questions):
        """Return how long all took, and the limit at each answer."""
        now, sent, waiting, served, limits = 0.0, 0, [], [], []
        while len(limits) < questions:
            while len(waiting) + len(served) < growth.limit and sent < questions:
                waiting.append(now)
                sent += 1
            while waiting and len(served) < self.slots:
                served.append((now + 10 * self.random.lognormvariate(0, 0.5), waiting.pop(0)))
            served.sort()
            full = len(waiting) + len(served) >= growth.limit
            now, asked = served.pop(0)
            growth.passed(now - asked, full=full)
            limits.append(growth.limit)
        return now, limits


@pytest.mark.parametrize("slots", [1, 2, 8, 1000])
def test_it_finds_what_a_server_can_do(slots):
    """Of ten servers each: never many in the queue of a small one, and fast enough on all."""
    for seed in range(10):
        took, limits = Server(slots, seed).ask(Rising(32), 200)
        ideal, _ = Server(slots, seed).ask(Steady(min(slots, 32)), 200)
        assert took < (6 if slots == 1000 else 2.2) * ideal
        if slots < 4:
            assert sum(limit > 2 * slots for limit in limits) < len(limits) / 3
            assert max(limits) <= 8 * slots
        if slots == 1000:
            assert limits[-1] >= 16


def test_it_begins_with_one_and_measures_before_it_asks_more():
    growth = Rising(32)
    assert growth.limit == 1
    for _ in range(3):
        growth.passed(1.0, full=True)
    assert growth.limit == 1
    growth.passed(1.0, full=False)
    assert growth.limit == 1, "with fewer under way than may be nothing is measured"
    growth.passed(1.0, full=True)
    assert growth.limit == 2


def test_where_replies_take_alike_long_two_answers_tell_that_there_is_room():
    def answers_until(limit, seconds):
        growth, answers = Rising(32), 0
        while growth.limit < limit:
            growth.passed(next(seconds), full=True)
            answers += 1
        return answers

    alike = answers_until(32, itertools.cycle([1.0, 1.01]))
    apart = answers_until(32, itertools.cycle([0.5, 1.5]))
    assert alike <= 4 + 3 + 4 + 6 + 10 < apart


def test_it_halves_when_refused_and_stays_there_for_a_while():
    growth = Rising(32)
    while growth.limit < 8:
        growth.passed(1.0, full=True)
    growth.refused()
    assert growth.limit == 4
    assert _limits(growth, 79) == {4, 6, 7}, "half way to what was refused"
    assert 8 in _limits(growth, 9)
    growth.refused()
    assert _limits(growth, 159) == {4, 6, 7}, "the second time it waits twice as long"


def test_it_goes_back_to_what_was_answered_at_once():
    growth = Rising(32)
    while growth.limit < 8:
        growth.passed(1.0, full=True)
    growth.refused(5)
    assert growth.limit == 5


def _limits(growth, answers):
    found = set()
    for _ in range(answers):
        growth.passed(1.0, full=True)
        found.add(growth.limit)
    return found


@pytest.mark.parametrize(("at_once", "limit", "waits"), [(4, 3, False), (3, 4, True)])
async def test_more_at_once_than_were_ever_answered_says_nothing_of_a_rate(at_once, limit, waits):
    """Three at once were answered, eight times. Is the fourth refused, or one of three?"""
    clock = Clock()
    growth = Rising(32)
    while growth.limit < 4:
        growth.passed(0.01, full=True)
    pacer = Pacer(growth, clock, tempo=Tempo())
    async with AsyncExitStack() as places:
        for _ in range(3):
            clock.now += 1
            await places.enter_async_context(pacer.place(0))
        for _ in range(8):
            clock.now += 1
            pacer.ended(OK)
        clock.now += 1
        if at_once == 4:
            await places.enter_async_context(pacer.place(0))
        pacer.ended(BUSY)
    assert pacer.limit == limit
    pacer._tempo.take(1, clock.now)
    assert (pacer._tempo.next > clock.now) == waits


def test_what_shares_an_address_and_a_key_shares_a_pacer():
    class Source:
        def __init__(self, shared_by):
            self.pace = Pace(shared_by, 8, adapts=True, rpm=60)

    pacers = Pacers()
    one = pacers.of(Source("here key"))
    assert one is pacers.of(Source("here key")) is not pacers.of(Source("here other"))
    assert one.limit == 1 and paced(Pace("x", 8)).limit == 8
    pacers.close()
    assert one.closed and pacers.of(Source("late")).closed
