import asyncio
import gzip
import json
import time
from email.utils import formatdate
from functools import partial

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.core.compact import encode_body
from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.core.events import ExchangeRecorded
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.talk import play
from toolfuzz.formats import CannotAskError, Request, wire_format
from toolfuzz.sources import retry
from toolfuzz.sources.answer import by_httpx
from toolfuzz.sources.capture import MAX_CHUNKS, WHOLE, capture
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.reachability import reachable
from toolfuzz.sources.registry import resolve

KEY = "sk-secret-0123456789"
BODY = {"model": "m", "messages": [{"role": "user", "content": "Köln \ud83d"}]}
QUESTION = Request("/chat/completions", BODY)


def source_of(base_url, *, key=KEY, api=None, model="m", **options):
    endpoint, _ = resolve("m", base_url=base_url, format=api)
    target = Target(model, "e", model, endpoint.format)
    return HttpSource(target, endpoint, key, **options)


async def ask(source, pacer=None):
    async with source.open(pacer) as session:
        return await put(session)


async def put(session):
    return [attempt async for attempt in session.ask(QUESTION)]


@pytest.mark.parametrize(
    ("model", "origin", "refused"),
    [
        ("openai/gpt-5", "generated", True),
        ("openai/gpt-5", "respelled:no-description:0123456789abcdef", True),
        ("openai/gpt-5", "tools:mine.json", False),
        ("vllm/some-model", "generated", False),
    ],
)
def test_what_a_service_is_known_to_refuse_is_not_asked(model, origin, refused):
    endpoint, _ = resolve(model)
    source = HttpSource(Target(model, endpoint.name, "m", endpoint.format), endpoint, None)
    either = {"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    question = Turn((Message("user", "Call f."),), Expectation("unknown"))
    case = Case(origin, "echo", ("root-anyof",), (Tool("f", None, either),), (question,))
    if not refused:
        assert source.request(play(case), stream=False).body["tools"]
        return
    with pytest.raises(CannotAskError, match="OpenAI is known to refuse root-anyof"):
        source.request(play(case), stream=False)


class Impatient(Pacer):
    """Pauses for no time, and notes how long it would have been."""

    def __init__(self, limit=8):
        self.now = 100.0
        super().__init__(limit, lambda: self.now)
        self.pauses = []

    async def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def quick():
    return Impatient()


def always(make):
    async def answer(request, number):
        return make()

    return answer


def one_after(*makes):
    async def answer(request, number):
        return makes[min(number, len(makes)) - 1]()

    return answer


async def test_an_attempt_is_captured_as_it_happened(loopback):
    loopback.answer = always(
        lambda: JSONResponse({"ok": True}, headers={"x-request-id": "r1", "set-cookie": "a=b"})
    )
    before = time.time()
    [attempt] = await ask(source_of(loopback.base_url, headers={"X-Extra": "1"}))
    assert (attempt.status, attempt.body, attempt.error) == (200, b'{"ok":true}', None)
    assert 0 < attempt.first_byte_ms <= attempt.chunks[-1][0] <= attempt.total_ms
    assert before <= attempt.started <= time.time()
    assert attempt.headers["x-request-id"] == "r1"
    assert set(attempt.headers) <= {
        "content-type",
        "content-length",
        "date",
        "server",
        "x-request-id",
    }
    [(request, body)] = loopback.seen
    assert request.url.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert (request.headers["x-extra"], request.headers["content-type"]) == (
        "1",
        "application/json",
    )
    assert json.loads(body) == BODY


def test_bodies_are_compact_and_survive_lone_surrogates():
    assert encode_body({"a": ["ö", 1]}) == '{"a":["ö",1]}'.encode()
    assert encode_body({"a": "\ud83d"}) == b'{"a":"\\ud83d"}'


async def test_a_stream_keeps_its_chunks_and_times(loopback):
    async def pieces():
        for number in range(3):
            yield f"data: {number}\n\n".encode()
            await asyncio.sleep(0.03)

    loopback.answer = always(lambda: StreamingResponse(pieces(), media_type="text/event-stream"))
    [attempt] = await ask(source_of(loopback.base_url))
    assert [chunk for _, chunk in attempt.chunks] == [b"data: %d\n\n" % n for n in range(3)]
    times = [ms for ms, _ in attempt.chunks]
    assert times == sorted(times) and times[0] < times[-1]
    assert attempt.first_byte_ms == times[0]


async def test_a_server_that_compresses_unasked_is_understood(loopback):
    packed = gzip.compress(b'{"ok":true}')
    loopback.answer = always(
        lambda: Response(packed, headers={"content-encoding": "gzip"}, media_type="text/json")
    )
    [attempt] = await ask(source_of(loopback.base_url))
    assert attempt.body == b'{"ok":true}'
    assert loopback.seen[0][0].headers["accept-encoding"] == "identity"


async def test_a_rate_limit_is_waited_for_and_slows_the_pacer(loopback, quick):
    loopback.answer = one_after(
        lambda: PlainTextResponse("slow", 429, {"retry-after": "7"}),
        lambda: PlainTextResponse("slow", 429, {"retry-after": formatdate(time.time() + 20)}),
        lambda: PlainTextResponse("slow", 429, {"retry-after": "86400"}),
        lambda: PlainTextResponse("ok"),
    )
    attempts = await ask(source_of(loopback.base_url), quick)
    assert [a.status for a in attempts] == [429, 429, 429, 200]
    assert attempts[0].retry_after == 7
    assert quick.pauses[0] == 7
    assert 17 < quick.pauses[1] <= 20
    assert quick.pauses[2] == retry.MAX_RETRY_AFTER
    assert quick.limit == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("soon", None), ("-5", 0), ("nan", None), ("inf", None), ("1.5", 1.5)]
)
async def test_odd_retry_after(loopback, quick, header, seconds):
    loopback.answer = one_after(
        lambda: PlainTextResponse("", 429, {"retry-after": header}), lambda: PlainTextResponse("")
    )
    attempts = await ask(source_of(loopback.base_url), quick)
    assert [a.status for a in attempts] == [429, 200]
    assert attempts[0].retry_after == seconds
    assert 0 <= quick.pauses[0] < 3


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 529])
async def test_passing_faults_are_tried_again_and_bounded(loopback, quick, status):
    loopback.answer = always(lambda: PlainTextResponse("busy", status))
    attempts = await ask(source_of(loopback.base_url, attempts=3), quick)
    assert [a.status for a in attempts] == [status] * 3
    assert len(quick.pauses) == 2 and all(0 < pause < 4 for pause in quick.pauses)
    assert (quick.limit < 8) == (status in (408, 503, 529)), "load gets fewer at once"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "anything"),
        (400, '{"error": {"code": "tool_use_failed", "failed_generation": "<f>"}}'),
        (500, '{"error": {"code": "tool_use_failed", "failed_generation": "<f>"}}'),
        (500, '{"error": {"status": "MALFORMED_FUNCTION_CALL"}}'),
        (401, "no"),
        (404, "no"),
        (422, "no"),
        (302, "elsewhere"),
    ],
)
async def test_an_answer_is_not_asked_for_twice(loopback, quick, status, body):
    loopback.answer = always(lambda: PlainTextResponse(body, status, {"location": "/v1/other"}))
    [attempt] = await ask(source_of(loopback.base_url), quick)
    assert (attempt.status, attempt.body.decode()) == (status, body)
    assert len(loopback.seen) == 1


async def test_a_connection_that_dies_before_the_answer_is_tried_again(raw_server, quick):
    ok = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    base_url = await raw_server(b"", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", ok)
    attempts = await ask(source_of(base_url), quick)
    assert [a.status for a in attempts] == [None, 200, 200]
    assert attempts[0].error.startswith("RemoteProtocolError") and attempts[0].chunks == ()
    assert attempts[1].error.startswith("RemoteProtocolError")
    assert (attempts[2].body, attempts[2].error) == (b"ok", None)


async def test_a_body_that_breaks_off_is_judged_not_repeated(raw_server, quick):
    base_url = await raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ndata: {")
    [attempt] = await ask(source_of(base_url), quick)
    assert (attempt.status, attempt.body) == (200, b"data: {")
    assert attempt.error.startswith("RemoteProtocolError")


async def test_bytes_that_are_no_http(raw_server, quick):
    base_url = await raw_server(b"\x15\x03\x01\x00\x02\x02\x46")
    attempts = await ask(source_of(base_url, attempts=2), quick)
    assert [a.status for a in attempts] == [None, None]


async def test_a_silent_server_times_out_once(loopback):
    async def silence(request, number):
        await asyncio.sleep(3)
        return PlainTextResponse("late")

    loopback.answer = silence
    [attempt] = await ask(source_of(loopback.base_url, timeout=0.2))
    assert (attempt.status, attempt.error) == (None, "Timeout: not a byte within 0.2 s")
    assert attempt.total_ms >= 200, "the whole time was waited"


async def _drops(*pauses):
    for pause in pauses:
        yield b" "
        await asyncio.sleep(pause)
    yield b"end"


async def test_the_timeout_is_of_silence_and_not_of_the_whole_reply(loopback):
    loopback.answer = always(lambda: StreamingResponse(_drops(*[0.06] * 10)))
    [attempt] = await ask(source_of(loopback.base_url, timeout=0.5))
    assert (attempt.error, attempt.body) == (None, b" " * 10 + b"end")
    assert attempt.total_ms > 500


async def test_a_body_that_stops_is_cut_and_what_came_is_kept(loopback):
    loopback.answer = always(lambda: StreamingResponse(_drops(0.02, 9)))
    [attempt] = await ask(source_of(loopback.base_url, timeout=0.5))
    assert attempt.error == "Timeout: not a further byte within 0.5 s"
    assert (attempt.status, attempt.body) == (200, b"  ") and attempt.total_ms < 2500


async def test_a_trickling_body_has_a_few_times_as_long_and_is_kept(loopback):
    loopback.answer = always(lambda: StreamingResponse(_drops(*[0.02] * 400)))
    source = source_of(loopback.base_url, timeout=0.4)
    async with source.open() as session:
        [attempt] = await put(session)
        assert attempt.status == 200 and WHOLE == 5
        assert attempt.error == "Timeout: no end of the reply within 2 s"
        assert len(attempt.chunks) > 3
        loopback.answer = always(lambda: PlainTextResponse("next"))
        assert (await put(session))[0].body == b"next"


async def test_an_endless_body_is_cut(loopback):
    async def flood():
        for _ in range(64):
            yield b"x" * 2**16

    loopback.answer = always(lambda: StreamingResponse(flood()))
    async with httpx.AsyncClient() as client:
        request = client.build_request("POST", f"{loopback.base_url}/x", json=BODY["model"])
        attempt = await capture(partial(by_httpx, client, request), timeout=10, most=2**20)
    assert attempt.error == "BodyTooLarge: more than 1 MiB"
    assert len(attempt.body) == 2**20


async def test_a_body_in_crumbs_keeps_its_bytes_and_not_each_ones_time(loopback, monkeypatch):
    monkeypatch.setattr("toolfuzz.sources.capture.MAX_CHUNKS", 8)

    async def crumbs():
        for number in range(60):
            yield b"%02d" % number
            await asyncio.sleep(0)

    loopback.answer = always(lambda: StreamingResponse(crumbs()))
    [attempt] = await ask(source_of(loopback.base_url))
    assert attempt.body == b"".join(b"%02d" % number for number in range(60))
    assert 1 <= len(attempt.chunks) <= 8 < MAX_CHUNKS
    times = [ms for ms, _ in attempt.chunks]
    assert times == sorted(times) and times[0] == attempt.first_byte_ms


@pytest.mark.parametrize(
    ("status", "said"),
    [(200, "more than 4 KiB"), (500, "more than 4 KiB of an HTTP 500")],
)
async def test_the_limit_is_the_users(loopback, quick, status, said):
    loopback.answer = always(lambda: PlainTextResponse("x" * 4097, status))
    attempt = (await ask(source_of(loopback.base_url, max_reply=4096), quick))[-1]
    assert attempt.error == f"BodyTooLarge: {said}"
    assert len(attempt.body) == 4096
    loopback.answer = always(lambda: PlainTextResponse("x" * 4096, status))
    assert (await ask(source_of(loopback.base_url, max_reply=4096), quick))[-1].error is None


async def test_a_cancelled_question_leaves_the_session_usable(loopback):
    async def slow(request, number):
        await asyncio.sleep(0.3 if number == 1 else 0)
        return PlainTextResponse("ok")

    loopback.answer = slow
    source = source_of(loopback.base_url)
    async with source.open(Pacer(1)) as session:
        question = asyncio.create_task(put(session))
        await asyncio.sleep(0.1)
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question
        assert (await put(session))[0].body == b"ok"


async def test_what_came_before_a_cancellation_is_given(loopback):
    """Each attempt is handed over as soon as it is over, before the pause that follows it."""
    loopback.answer = always(lambda: PlainTextResponse("slow", 429, {"retry-after": "60"}))
    source, seen = source_of(loopback.base_url), asyncio.Queue()

    async def asking():
        async with source.open() as session:
            async for attempt in session.ask(QUESTION):
                seen.put_nowait(attempt.status)

    question = asyncio.create_task(asking())
    assert await seen.get() == 429
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert seen.empty()


def test_another_loop_than_asyncios_own(loopback):
    uvloop = pytest.importorskip("uvloop")
    loopback.answer = always(lambda: PlainTextResponse("ok"))
    [attempt] = uvloop.run(ask(source_of(loopback.base_url)))
    assert attempt.body == b"ok"


async def test_a_proxy_of_the_environment_is_asked_instead(raw_server, monkeypatch):
    proxy = await raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    monkeypatch.setenv("HTTP_PROXY", proxy.removesuffix("/v1"))
    [attempt] = await ask(source_of("http://no-such-host.invalid/v1"))
    assert (attempt.body, attempt.error) == (b"ok", None)


# --- secrets


async def test_replies_come_raw_and_are_masked_for_the_journal(loopback):
    async def echo():
        yield f'{{"key": "{KEY}", "half": "{KEY[:7]}'.encode()
        await asyncio.sleep(0.05)
        yield f'{KEY[7:]}", "bytes": "'.encode() + b'\xff\x00", "gate": "gate-token-77"}'

    loopback.answer = always(lambda: StreamingResponse(echo(), 200, {"x-request-id": f"of-{KEY}"}))
    headers = {"Proxy-Authorization": "Basic gate-token-77", "X-Title": "a title of mine"}
    source = source_of(loopback.base_url, headers=headers)
    async with source.open() as session:
        [raw] = await put(session)
        exchange = Exchange("c", 0, "m", 0, True, {}, (raw,))
        event = session.redaction.event(ExchangeRecorded(exchange))
    assert KEY.encode() in raw.body
    [attempt] = event.exchange.attempts
    mask = "*" * len(KEY)
    assert attempt.body == (
        f'{{"key": "{mask}", "half": "{mask}", "bytes": "'.encode()
        + b'\xff\x00", "gate": "*************"}'
    )
    assert [len(chunk) for _, chunk in attempt.chunks] == [len(chunk) for _, chunk in raw.chunks]
    assert attempt.headers["x-request-id"] == f"of-{mask}"
    assert KEY not in repr(event)


async def test_placeholders_are_no_secrets(loopback):
    source = source_of(loopback.base_url, key="EMPTY", headers={"X-Title": "title"})
    async with source.open() as session:
        assert session.redaction.text("EMPTY title") == "EMPTY title"


@pytest.mark.parametrize("value", ["日本", "a\r\nX-Evil: 1", "a\x00", "ü"])
def test_a_header_that_http_cannot_carry_is_refused(value):
    with pytest.raises(UsageError, match="header"):
        source_of("http://127.0.0.1:1/v1", headers={"X-Title": value})


async def test_a_users_header_wins(loopback):
    loopback.answer = always(lambda: PlainTextResponse("ok"))
    await ask(source_of(loopback.base_url, headers={"Authorization": "Basic eHl6"}))
    assert loopback.seen[0][0].headers.getlist("authorization") == ["Basic eHl6"]


# --- reachable


@pytest.mark.parametrize(
    ("status", "body", "error", "message"),
    [
        (401, '{"error": {"message": "Incorrect API key"}}', UsageError, "Incorrect API key"),
        (401, f'{{"message": "unknown key {KEY}"}}', UsageError, "unknown key [*]+$"),
        (403, "forbidden\nsecond line", UsageError, "forbidden"),
        (402, "pay", UsageError, "payment"),
        (404, '{"detail": "Not Found"}', UsageError, "nothing is served at http"),
        (404, '{"error": {"message": "The model `m` does not exist"}}', UsageError, "no model 'm'"),
        (405, "", UsageError, "an empty body"),
        (400, '{"message": "bad param \\"top_z\\""}', UsageError, "bad param"),
        (307, "", UsageError, "redirects to"),
        (500, "dead", EndpointError, "500"),
    ],
)
async def test_trouble_is_explained_before_money_is_spent(loopback, status, body, error, message):
    loopback.answer = always(
        lambda: Response(body, status, {"location": "https://else.example", "retry-after": "0"})
    )
    with pytest.raises(error, match=message) as raised:
        await reachable(source_of(loopback.base_url))
    assert raised.value.hint
    assert "\n" not in str(raised.value)
    assert KEY not in str(raised.value)


async def test_a_web_page_is_no_endpoint(loopback):
    loopback.answer = always(lambda: Response("<html>", media_type="text/html"))
    with pytest.raises(UsageError, match="web page"):
        await reachable(source_of(loopback.base_url))


@pytest.mark.parametrize("api", ["openai-chat", "openai-responses", "anthropic-messages"])
@pytest.mark.parametrize("status", [200, 429])
async def test_an_endpoint_that_answers_is_reachable(loopback, api, status):
    loopback.answer = always(lambda: JSONResponse({}, status))
    assert (await reachable(source_of(loopback.base_url, api=api))).status == status
    [(request, body)] = loopback.seen
    assert request.url.path == "/v1" + wire_format(api).path("m", False)
    assert "tools" not in json.loads(body)


async def test_a_hiccup_does_not_stop_a_run(loopback):
    def busy():
        return PlainTextResponse("", 503, {"retry-after": "0"})

    loopback.answer = one_after(busy, busy, lambda: JSONResponse({}))
    assert (await reachable(source_of(loopback.base_url))).status == 200


async def test_unreachable_hosts(unused_tcp_port, raw_server):
    for url, said in (
        (f"http://127.0.0.1:{unused_tcp_port}/v1", "refused the connection"),
        ("http://no-such-host.invalid/v1", "not known"),
    ):
        with pytest.raises(EndpointError, match=said) as raised:
            await reachable(source_of(url))
        assert raised.value.exit_code == 4
    base_url = await raw_server(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(EndpointError, match="no safe connection"):
        await reachable(source_of(base_url.replace("http:", "https:")))


async def test_a_slow_host_is_named(loopback):
    async def silence(request, number):
        await asyncio.sleep(0.4)
        return PlainTextResponse("late")

    loopback.answer = silence
    with pytest.raises(EndpointError, match="in time"):
        await reachable(source_of(loopback.base_url, timeout=0.1))
