import asyncio
import re
import shutil
import socket
import ssl
import subprocess
import threading
from functools import partial

import httpx
import pytest
from made_answers import ANSWERS, CHUNKED, OK

from toolfuzz.sources.answer import by_httpx
from toolfuzz.sources.capture import capture
from toolfuzz.sources.transport import Transport


def transport_to(url, tls=ssl.create_default_context, *, idle_seconds=2, connect_seconds=5):
    how = {"idle_seconds": idle_seconds, "connect_seconds": connect_seconds}
    return Transport(httpx.URL(url), tls, **how)


async def ask(transport, content=b"{}", timeout=5, **headers):
    told = {"host": "h", **headers}
    sent = tuple((name.encode(), value.encode()) for name, value in told.items())
    return await capture(partial(transport.post, b"/v1", sent, content), timeout=timeout)


async def ask_httpx(url, **headers):
    async with httpx.AsyncClient(timeout=5) as client:
        request = httpx.Request("POST", url, headers={"host": "h", **headers}, content=b"{}")
        return await capture(partial(by_httpx, client, request), timeout=5)


def read(attempt):
    return attempt.status, attempt.headers, attempt.body, attempt.error


@pytest.mark.parametrize("name", ANSWERS)
async def test_it_reads_what_comes_as_httpx_does(name, raw_server):
    url = await raw_server(ANSWERS[name])
    async with transport_to(url) as ours:
        one, other = await ask(ours), await ask_httpx(url)
    assert read(one) == read(other)


@pytest.mark.parametrize("headers", [{"a b": "c"}, {"a": "\x00"}], ids=["name", "value"])
async def test_an_illegal_header_is_refused_as_httpx_does(headers, raw_server):
    url = await raw_server(OK)
    async with transport_to(url) as ours:
        one, other = await ask(ours, **headers), await ask_httpx(url, **headers)
    assert one.error == other.error and one.error.startswith("LocalProtocolError")


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding"])
async def test_how_long_a_question_is_says_no_header_of_the_user(name, raw_server):
    async with transport_to(await raw_server(OK)) as ours:
        attempt = await ask(ours, **{name: "0"})
    assert attempt.error.startswith("LocalProtocolError") and name.lower() in attempt.error


class Talker:
    """A server over real sockets; ``talk`` is what it does with each connection."""

    def __init__(self, talk):
        self.talk = talk
        self.connections = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            await self.talk(reader, writer)
        finally:
            writer.close()


async def answered(reader, writer, answer=OK):
    await reader.readuntil(b"\r\n\r\n{}")
    writer.write(answer)


async def always(reader, writer, answer=OK):
    while True:
        try:
            await answered(reader, writer, answer)
        except asyncio.IncompleteReadError:
            return


async def twice(transport, *, once=None, **headers):
    """Ask two times; between them wait until ``once`` has happened at the server."""
    first = await ask(transport, **headers)
    if once is not None:
        await asyncio.wait_for(once.wait(), 5)
        # It is in the socket by then, and is read when the loop next looks.
        await asyncio.sleep(0.01)
    return [first.body, (await ask(transport, **headers)).body]


@pytest.mark.parametrize("answer", [OK, CHUNKED + b"2\r\nok\r\n0\r\n\r\n"], ids=["told", "chunks"])
async def test_a_connection_is_used_again(answer):
    async with Talker(partial(always, answer=answer)) as server, transport_to(server.url) as ours:
        assert await twice(ours) == [b"ok", b"ok"]
        assert server.connections == 1


async def test_a_connection_that_was_idle_for_long_is_not_used_again():
    async with Talker(always) as server, transport_to(server.url, idle_seconds=0) as ours:
        assert await twice(ours) == [b"ok", b"ok"]
        assert server.connections == 2


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        (OK.replace(b"\r\n\r\n", b"\r\nconnection: x, Close\r\n\r\n"), {}),
        (CHUNKED[:-2] + b"connection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n", {}),
        (CHUNKED[:-2] + b"connection: close\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n", {}),
        (OK.replace(b"1.1", b"1.0"), {}),
        (OK, {"Connection": "close"}),
    ],
    ids=["server", "server, chunks", "server, odd chunks", "http 1.0", "client"],
)
async def test_a_connection_that_a_side_wants_closed_is_not_used_again(answer, headers):
    async with Talker(partial(always, answer=answer)) as server, transport_to(server.url) as ours:
        assert await twice(ours, **headers) == [b"ok", b"ok"]
        assert server.connections == 2


async def test_questions_at_once_have_connections_of_their_own():
    async with Talker(always) as server, transport_to(server.url) as ours:
        attempts = await asyncio.gather(*(ask(ours) for _ in range(3)))
        assert [a.body for a in attempts] == [b"ok"] * 3 and server.connections == 3
        assert (await ask(ours)).body == b"ok" and server.connections == 3


async def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next():
    read, said = asyncio.Event(), asyncio.Event()

    async def chatty(reader, writer):
        await answered(reader, writer)
        await read.wait()
        writer.write(OK.replace(b"ok", b"no"))
        said.set()
        await reader.read()

    async with Talker(chatty) as server, transport_to(server.url) as ours:
        asking = asyncio.create_task(twice(ours, once=said))
        await asyncio.sleep(0.05)
        read.set()
        assert await asking == [b"ok", b"ok"]
        assert server.connections == 2


async def test_a_server_that_hung_up_is_connected_to_again():
    gone = asyncio.Event()

    async def once(reader, writer):
        await answered(reader, writer)
        writer.close()
        gone.set()

    async with Talker(once) as server, transport_to(server.url) as ours:
        assert await twice(ours, once=gone) == [b"ok", b"ok"]
        assert server.connections == 2


def test_a_server_that_hung_up_while_the_loop_was_busy_is_connected_to_again():
    """Its hang-up is with the system by then, and no event of the loop's yet."""
    heard = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def hang_up_after_each():
        for _ in range(2):
            connection, _ = listening.accept()
            with connection.makefile("rb") as asked:
                while asked.readline().strip():
                    pass
                asked.read(2)
            connection.sendall(OK)
            assert heard.wait(5)
            connection.close()
            hung_up.set()

    async def main():
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        async with transport_to(url, idle_seconds=60) as ours:
            first = await ask(ours)
            heard.set()
            assert hung_up.wait(5)
            return first, await ask(ours)

    hung_up = threading.Event()
    server = threading.Thread(target=hang_up_after_each, daemon=True)
    server.start()
    with listening:
        assert [attempt.error for attempt in asyncio.run(main())] == [None, None]
        server.join()


async def test_a_question_that_was_given_up_leaves_no_connection_behind():
    asked, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader, writer):
        await reader.readuntil(b"\r\n\r\n{}")
        asked.set()
        await reader.read()
        ended.set()

    async with Talker(silent) as server, transport_to(server.url) as ours:
        question = asyncio.create_task(ask(ours))
        await asyncio.wait_for(asked.wait(), 5)
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question
        await asyncio.wait_for(ended.wait(), 5)


async def test_large_bodies_go_both_ways_and_a_server_waits_for_a_slow_reader():
    size = 32 * 2**20
    waited = asyncio.Event()

    async def echo(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(size)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        for _ in range(32):
            writer.write(b"x" * 2**20)
            try:
                await asyncio.wait_for(writer.drain(), 0.2)
            except TimeoutError:
                waited.set()
                await writer.drain()

    async with Talker(echo) as server, transport_to(server.url) as ours:
        answer = await ours.post(b"/", ((b"host", b"h"),), b"y" * size)
        await asyncio.wait_for(waited.wait(), 10)
        assert sum([len(piece) async for piece in answer.pieces]) == size
        await answer.close()


async def test_an_answer_before_the_question_was_heard():
    async def hasty(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno")
        await writer.drain()
        await reader.read()

    async with Talker(hasty) as server, transport_to(server.url) as ours:
        attempt = await ask(ours, b"y" * 2**21)
        assert (attempt.status, attempt.body, attempt.error) == (413, b"no", None)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:{port}/", "ConnectError: .*refused"),
        ("http://localhost:{port}/", "ConnectError: .*refused"),
        ("http://no-such-host.invalid/", "ConnectError: .* known"),
        ("http://a..b/", "ConnectError: .* known"),
        ("ftp://localhost/", "UnsupportedProtocol: 'ftp' is neither"),
    ],
    ids=["refused", "of several addresses", "unknown", "no name", "ftp"],
)
async def test_who_cannot_be_reached(unused_tcp_port, url, error):
    async with transport_to(url.format(port=unused_tcp_port)) as ours:
        attempt = await ask(ours)
    assert attempt.status is None
    assert re.match(error, attempt.error, re.IGNORECASE)


async def test_a_server_that_is_silent_in_tls_is_given_up():
    async def silent(reader, writer):
        await reader.read()

    async with Talker(silent) as server:
        url = server.url.replace("http:", "https:")
        attempt = await ask(transport_to(url, connect_seconds=0.1))
    assert attempt.error.startswith("ConnectTimeout")


async def test_a_server_that_hangs_up_in_tls():
    async def rude(reader, writer):
        await reader.read(100)

    async with Talker(rude) as server:
        attempt = await ask(transport_to(server.url.replace("http:", "https:")))
    assert attempt.error == "ConnectError: TLS: the server hung up"


@pytest.fixture
def certificate(tmp_path):
    """The files of a certificate for ``localhost`` that nobody signed, and of its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    files = ["-nodes", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*made, *files, *name], check=True, capture_output=True)
    return tmp_path / "cert.pem", tmp_path / "key.pem"


async def test_tls(certificate):
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(*certificate)
    trusts = partial(ssl.create_default_context, cafile=certificate[0])
    server = await asyncio.start_server(always, "127.0.0.1", 0, ssl=serving)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}/v1"
    try:
        async with transport_to(url, trusts) as trusting:
            assert await twice(trusting) == [b"ok", b"ok"]
        async with transport_to(url) as distrusting:
            assert "CERTIFICATE_VERIFY_FAILED" in (await ask(distrusting)).error
        async with transport_to(url.replace("localhost", "127.0.0.1"), trusts) as trusting:
            assert "IP address mismatch" in (await ask(trusting)).error
    finally:
        server.close()
