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

from toolfuzz.sources.capture import capture
from toolfuzz.sources.transport import Transport

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

# What servers send before they hang up: the same must come of it as of httpx's own transport.
ANSWERS = {
    "whole": OK,
    "nothing": b"",
    "no http": b"\x15\x03\x01\x00\x02\x02\x46",
    "half a status line": b"HTTP/1.",
    "half the headers": b"HTTP/1.1 200 OK\r\ncontent-le",
    "a status alone": b"HTTP/1.1 204 No Content\r\n\r\n",
    "to the end": b"HTTP/1.1 200 OK\r\n\r\nuntil it ends",
    "http 1.0": b"HTTP/1.0 200 OK\r\n\r\nold",
    "http 2.0": b"HTTP/2.0 200 OK\r\n\r\n",
    "no reason": b"HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx",
    "bare line feeds": b"HTTP/1.1 200 OK\ncontent-length: 1\n\nx",
    "told to go on": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + OK,
    "switched": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\nbytes",
    "too short": b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ndata: {",
    "too long": OK + b"and more",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc",
    "length and chunks": CHUNKED[:-2] + b"content-length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "chunks": CHUNKED + b"2\r\nok\r\n3;x=y\r\n!!!\r\n0\r\ntrailer: x\r\n\r\n",
    "chunks cut": CHUNKED + b"2\r\nok\r\n5\r\n!!",
    "a chunk too long": CHUNKED + b"2\r\nok!!\r\n0\r\n\r\n",
    "no chunk": CHUNKED + b"zz\r\nok\r\n",
    "no header": b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
    "folded header": b"HTTP/1.1 200 OK\r\nx-request-id: a\r\n b\r\ncontent-length: 0\r\n\r\n",
    "much header": b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 200_000 + b"\r\n\r\n",
    "latin header": b"HTTP/1.1 200 OK\r\nx-request-id: \xe4\r\ncontent-length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nlocation: /else\r\ncontent-length: 0\r\n\r\n",
    "cookie": b"HTTP/1.1 500 No\r\nset-cookie: a=b\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
}


@pytest.fixture
def transport():
    return Transport(ssl.create_default_context(), idle_seconds=2)


def client_of(transport):
    return httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(None, connect=5))


async def ask(client, url, content=b"{}", **headers):
    sent = {"host": "h", "content-length": str(len(content)), **headers}
    request = httpx.Request("POST", url, headers=sent, content=content)
    return await capture(partial(client.send, stream=True), request, timeout=5)


@pytest.mark.parametrize("name", ANSWERS)
async def test_it_reads_what_comes_as_httpx_does(name, transport, raw_server):
    url = await raw_server(ANSWERS[name])
    async with client_of(transport) as ours, client_of(httpx.AsyncHTTPTransport()) as theirs:
        one, other = await ask(ours, url), await ask(theirs, url)
    assert (one.status, one.headers, one.body) == (other.status, other.headers, other.body)
    assert one.error == other.error


async def test_an_illegal_header_is_refused_as_httpx_does(transport, raw_server):
    url = await raw_server(OK)
    async with client_of(transport) as ours, client_of(httpx.AsyncHTTPTransport()) as theirs:
        one, other = [await ask(client, url, **{"a b": "c"}) for client in (ours, theirs)]
    assert one.error == other.error and one.error.startswith("LocalProtocolError")


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


async def always(reader, writer):
    while True:
        try:
            await answered(reader, writer)
        except asyncio.IncompleteReadError:
            return


async def twice(client, url, *, once=None):
    """Ask two times; between them wait until ``once`` has happened at the server."""
    first = await ask(client, url)
    if once is not None:
        await asyncio.wait_for(once.wait(), 5)
        # It is in the socket by then, and is read when the loop next looks.
        await asyncio.sleep(0.01)
    return [first.body, (await ask(client, url)).body]


async def test_a_connection_is_used_again(transport):
    async with Talker(always) as server, client_of(transport) as client:
        assert await twice(client, server.url) == [b"ok", b"ok"]
        assert server.connections == 1


async def test_a_connection_that_was_idle_for_long_is_not_used_again():
    transport = Transport(ssl.create_default_context(), idle_seconds=0)
    async with Talker(always) as server, client_of(transport) as client:
        assert await twice(client, server.url) == [b"ok", b"ok"]
        assert server.connections == 2


async def test_questions_at_once_have_connections_of_their_own(transport):
    async with Talker(always) as server, client_of(transport) as client:
        attempts = await asyncio.gather(*(ask(client, server.url) for _ in range(3)))
        assert [a.body for a in attempts] == [b"ok"] * 3 and server.connections == 3
        assert (await ask(client, server.url)).body == b"ok" and server.connections == 3


async def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(transport):
    read, said = asyncio.Event(), asyncio.Event()

    async def chatty(reader, writer):
        await answered(reader, writer)
        await read.wait()
        writer.write(OK.replace(b"ok", b"no"))
        said.set()
        await reader.read()

    async with Talker(chatty) as server, client_of(transport) as client:
        asking = asyncio.create_task(twice(client, server.url, once=said))
        await asyncio.sleep(0.05)
        read.set()
        assert await asking == [b"ok", b"ok"]
        assert server.connections == 2


async def test_a_server_that_hung_up_is_connected_to_again(transport):
    gone = asyncio.Event()

    async def once(reader, writer):
        await answered(reader, writer)
        writer.close()
        gone.set()

    async with Talker(once) as server, client_of(transport) as client:
        assert await twice(client, server.url, once=gone) == [b"ok", b"ok"]
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
        tls = ssl.create_default_context()
        async with Transport(tls, idle_seconds=60) as transport, client_of(transport) as client:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            first = await ask(client, url)
            heard.set()
            assert hung_up.wait(5)
            return first, await ask(client, url)

    hung_up = threading.Event()
    server = threading.Thread(target=hang_up_after_each, daemon=True)
    server.start()
    with listening:
        assert [attempt.error for attempt in asyncio.run(main())] == [None, None]
        server.join()


async def test_a_question_that_was_given_up_leaves_no_connection_behind(transport):
    asked, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader, writer):
        await reader.readuntil(b"\r\n\r\n{}")
        asked.set()
        await reader.read()
        ended.set()

    async with Talker(silent) as server, client_of(transport) as client:
        question = asyncio.create_task(ask(client, server.url))
        await asyncio.wait_for(asked.wait(), 5)
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question
        await asyncio.wait_for(ended.wait(), 5)


async def test_large_bodies_go_both_ways_and_a_server_waits_for_a_slow_reader(transport):
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

    async with Talker(echo) as server, client_of(transport) as client:
        headers = {"host": "h", "content-length": str(size)}
        request = httpx.Request("POST", server.url, headers=headers, content=b"y" * size)
        response = await client.send(request, stream=True)
        await asyncio.wait_for(waited.wait(), 10)
        assert len(await response.aread()) == size


async def test_an_answer_before_the_question_was_heard(transport):
    async def hasty(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno")
        await writer.drain()
        await reader.read()

    async with Talker(hasty) as server, client_of(transport) as client:
        attempt = await ask(client, server.url, b"y" * 2**21)
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
async def test_who_cannot_be_reached(transport, unused_tcp_port, url, error):
    async with client_of(transport) as client:
        attempt = await ask(client, url.format(port=unused_tcp_port))
    assert attempt.status is None
    assert re.match(error, attempt.error, re.IGNORECASE)


async def test_a_server_that_is_silent_in_tls_is_given_up(transport):
    async def silent(reader, writer):
        await reader.read()

    async with Talker(silent) as server:
        request = httpx.Request("POST", server.url.replace("http:", "https:"), content=b"")
        request.extensions["timeout"] = {"connect": 0.1}
        with pytest.raises(httpx.ConnectTimeout):
            await transport.handle_async_request(request)


async def test_a_server_that_hangs_up_in_tls(transport):
    async def rude(reader, writer):
        await reader.read(100)

    async with Talker(rude) as server, client_of(transport) as client:
        attempt = await ask(client, server.url.replace("http:", "https:"))
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
    trusting = Transport(ssl.create_default_context(cafile=certificate[0]), idle_seconds=2)
    distrusting = Transport(ssl.create_default_context(), idle_seconds=2)
    server = await asyncio.start_server(always, "127.0.0.1", 0, ssl=serving)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}/v1"
    try:
        async with client_of(trusting) as client:
            assert await twice(client, url) == [b"ok", b"ok"]
        async with client_of(distrusting) as client:
            assert "CERTIFICATE_VERIFY_FAILED" in (await ask(client, url)).error
        async with client_of(trusting) as client:
            other = await ask(client, url.replace("localhost", "127.0.0.1"))
            assert "IP address mismatch" in other.error
    finally:
        server.close()
