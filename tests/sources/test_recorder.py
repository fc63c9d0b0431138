"""The recorder: whatever passes is the same on both sides, at once, and seen when it has ended."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from toolfuzz.sources.recorder import MOST_REQUEST, Recorder, Seen

SSE = b'data: {"a": "\xe2\x80\xa8"}\r\n\r\ndata: [DONE]\n\n'


@asynccontextmanager
async def recording(upstream: str) -> AsyncIterator[tuple[str, list[Seen]]]:
    """A recorder in front of an upstream: its address and what it saw."""
    seen: list[Seen] = []
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    async with httpx.AsyncClient(timeout=30) as http:
        http.headers.clear()
        config = uvicorn.Config(
            Recorder(http, upstream, seen.append), log_level="critical", lifespan="off",
            server_header=False, date_header=False, ws="none", timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def raw_upstream(
    answer: bytes, *, pauses: float = 0.0
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that says these bytes, split at ``|``, and keeps what it was sent."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ]
        heard.append(head + (await reader.readexactly(size[0]) if size else b""))
        for part in answer.split(b"|"):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pauses)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


def chunked(*parts: bytes) -> bytes:
    """A streamed answer whose chunks are written one by one."""
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    return b"|".join([head, *(b"%x\r\n%b\r\n" % (len(p), p) for p in parts), b"0\r\n\r\n"])


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def test_a_request_arrives_as_it_was_sent_and_nothing_is_added() -> None:
    async with (
        raw_upstream(plain(b"{}")) as (upstream, heard),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
    ):
        body = b'{"messages":  [ ], "x": 1e2}'
        await client.post(
            f"{url}/v1/a%2Fb/chat?x=%20y", content=body, headers={"x-own": "é".encode()}
        )
    head, _, sent = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/a%2Fb/chat?x=%20y HTTP/1.1\r\n")
    assert sent == body
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert names == {
        b"host",
        b"accept",
        b"accept-encoding",
        b"user-agent",
        b"x-own",
        b"content-length",
    }
    assert b"x-own: \xc3\xa9" in head
    [one] = seen
    assert (one.method, one.path, one.body) == ("POST", "/v1/a/b/chat?x=%20y", body)


@pytest.mark.parametrize("status", [b"200 OK", b"429 Too Many Requests", b"500 Oh"])
async def test_an_answer_comes_back_as_it_was_given(status: bytes) -> None:
    answer = plain(b'{"a": 1}', b"content-type: application/json", b"x-odd: 1", status=status)
    async with (
        raw_upstream(answer) as (upstream, _),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
    ):
        response = await client.post(f"{url}/v1/x", content=b"{}")
    assert response.status_code == int(status[:3])
    assert response.content == b'{"a": 1}'
    assert response.headers["x-odd"] == "1"
    assert "server" not in response.headers
    assert seen[0].attempt.body == b'{"a": 1}'
    assert seen[0].attempt.status == int(status[:3])


async def test_a_stream_passes_chunk_by_chunk_while_it_comes() -> None:
    """Each piece is here before the next one is sent."""
    pieces = [SSE[n : n + 7] for n in range(0, len(SSE), 7)]
    async with (
        raw_upstream(chunked(*pieces), pauses=0.05) as (upstream, _),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
        client.stream("POST", f"{url}/v1/x", content=b"{}") as response,
    ):
        loop = asyncio.get_running_loop()
        came = [(loop.time(), chunk) async for chunk in response.aiter_raw()]
    assert [chunk for _, chunk in came] == pieces
    assert came[-1][0] - came[0][0] > 0.05 * (len(pieces) - 2)
    assert [chunk for _, chunk in seen[0].attempt.chunks] == pieces


async def test_a_compressed_answer_passes_compressed_and_is_seen_readable() -> None:
    body = json.dumps({"a": "b" * 500}).encode()
    answer = plain(gzip.compress(body), b"content-encoding: gzip")
    async with (
        raw_upstream(answer) as (upstream, _),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
        client.stream("POST", f"{url}/v1/x", content=b"{}") as response,
    ):
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert gzip.decompress(raw) == body
    assert seen[0].attempt.body == body


@pytest.mark.parametrize(("name", "unread"), [("gzip", ""), ("br", "content-encoding br is not")])
async def test_a_compressed_request_passes_compressed_and_is_seen_readable(
    name: str, unread: str
) -> None:
    sent = gzip.compress(b'{"messages": []}')
    async with (
        raw_upstream(plain(b"{}")) as (upstream, heard),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
    ):
        named = {"content-encoding": name, "accept-encoding": "gzip, br"}
        await client.post(f"{url}/v1/x", content=sent, headers=named)
    assert heard[0].endswith(sent)
    assert b"accept-encoding: gzip\r\n" in heard[0]
    assert seen[0].body == (sent if unread else b'{"messages": []}')
    assert seen[0].unread.startswith(unread)


async def test_a_websocket_is_told_to_take_http() -> None:
    """Codex then asks by HTTP at once, instead of trying six times."""
    async with recording("http://127.0.0.1:9") as (url, seen), httpx.AsyncClient() as client:
        wanted = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
        response = await client.get(f"{url}/v1/responses", headers=wanted)
    assert (response.status_code, seen) == (426, [])


async def test_an_endpoint_that_is_not_there_is_told_of_as_a_gateway_tells(unused_tcp_port) -> None:
    async with (
        recording(f"http://127.0.0.1:{unused_tcp_port}") as (url, seen),
        httpx.AsyncClient() as client,
    ):
        response = await client.post(f"{url}/v1/x", content=b"{}")
    assert response.status_code == 502
    assert "no answer" in response.text
    assert seen[0].attempt.status is None
    assert "ConnectError" in str(seen[0].attempt.error)


async def test_an_answer_that_breaks_off_breaks_off_for_the_client_too() -> None:
    cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    async with (
        raw_upstream(cut) as (upstream, _),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(f"{url}/v1/x", content=b"{}")
    assert seen[0].attempt.body == b"{"
    assert "RemoteProtocolError" in str(seen[0].attempt.error)


async def test_a_client_that_hangs_up_ends_the_upstream_call_as_well() -> None:
    pieces = [b"data: x\n\n"] * 200
    async with (
        raw_upstream(chunked(*pieces), pauses=0.02) as (upstream, _),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
    ):
        async with client.stream("POST", f"{url}/v1/x", content=b"{}") as response:
            await anext(response.aiter_raw())
        for _ in range(100):
            if seen:
                break
            await asyncio.sleep(0.02)
        assert 0 < len(seen[0].attempt.chunks) < len(pieces)
        assert seen[0].attempt.error == "the client hung up"


async def test_a_request_too_long_to_be_looked_at_passes_unseen() -> None:
    async with (
        raw_upstream(plain(b"{}")) as (upstream, heard),
        recording(upstream) as (url, seen),
        httpx.AsyncClient() as client,
    ):
        body = b"x" * (MOST_REQUEST + 1)
        assert (await client.post(f"{url}/v1/x", content=body)).status_code == 200
    assert heard[0].endswith(body)
    assert seen == []
