"""What stands for the internet: hosts with TLS, behind which the simulated endpoint answers.

Commands of the pages name the services' own addresses. They are asked as written, by real HTTPS
through a proxy of this machine (``HTTPS_PROXY``), whose certificates are trusted as anybody trusts
those of a company's proxy (``SSL_CERT_FILE``, and ``REQUESTS_CA_BUNDLE`` for Google's login).
Nothing leaves the machine, and all that answers says that it is simulated.
"""

import asyncio
import datetime
import functools
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from toolfuzz.simulate.server import build_app
from toolfuzz.simulate.service import serving

_PEM = serialization.Encoding.PEM
_PLAIN = serialization.NoEncryption()
_PKCS8 = serialization.PrivateFormat.PKCS8
_PREDICTED = re.compile(r"/models/([^/:]+):\w*[rR]awPredict$")
_ASKED = re.compile(r".*?(/chat/completions|/responses|/messages|/models?/[^/]+)$")


@contextmanager
def internet(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the base URL of what answers, and the environment by which it is all hosts.

    ``folder`` gets the certificate, and ``account.json`` for Google's default credentials;
    ``api.yaml`` in it is the API that every host describes at ``/openapi.json``.
    """
    served: list[tuple[asyncio.AbstractEventLoop, asyncio.Event, str, int]] = []
    ready = threading.Event()

    async def serve() -> None:
        stop = asyncio.Event()
        app = Everywhere(build_app(profile="glm-4.7"), folder / "api.yaml")
        async with serving(app) as origin:
            proxy = Proxy(Authority(folder), int(origin.rpartition(":")[2]))
            server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            served.append((asyncio.get_running_loop(), stop, origin, port))
            ready.set()
            await stop.wait()
            server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    loop, stop, origin, port = served[0]
    (folder / "account.json").write_text(json.dumps(google_account()), encoding="utf-8")
    try:
        yield (
            f"{origin}/v1",
            {
                "HTTPS_PROXY": f"http://127.0.0.1:{port}",
                "SSL_CERT_FILE": str(folder / "authority.pem"),
                "REQUESTS_CA_BUNDLE": str(folder / "authority.pem"),
            },
        )
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


class Everywhere:
    """The simulated endpoint under the paths of all services; an API and a login beside it."""

    def __init__(self, endpoint: ASGIApp, api: Path) -> None:
        self._endpoint, self._api = endpoint, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        answer: ASGIApp = self._endpoint
        if path == "/openapi.json":
            answer = JSONResponse(yaml.safe_load(self._api.read_text(encoding="utf-8")))
        elif path == "/token":
            answer = JSONResponse({"access_token": "made-up-token", "expires_in": 3600})
        elif model := _PREDICTED.search(path):
            # Vertex names Claude's model in the path, and there alone.
            scope, receive = {**scope, "path": "/v1/messages"}, await _naming(model[1], receive)
        elif asked := _ASKED.match(path):
            scope = {**scope, "path": f"/v1{asked[1]}"}
        await answer(scope, receive, send)


async def _naming(model: str, receive: Receive) -> Receive:
    """Return what gives the same body, which names the model."""
    body = b""
    while (event := await receive())["type"] == "http.request":
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    named = json.dumps({"model": model, **json.loads(body)}).encode()

    async def receive_named() -> Message:
        return {"type": "http.request", "body": named, "more_body": False}

    return receive_named


class Authority:
    """Makes a certificate for any host, and writes its own to ``authority.pem`` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._own = self._certificate("toolfuzz tests")
        (folder / "authority.pem").write_bytes(self._own.public_bytes(_PEM))

    @functools.cache  # noqa: B019 - as long as the tests
    def context(self, host: str) -> ssl.SSLContext:
        """Return what a server of that host needs."""
        chain = self._folder / f"{host}.pem"
        key = self._key.private_bytes(_PEM, _PKCS8, _PLAIN)
        chain.write_bytes(key + self._certificate(host).public_bytes(_PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _certificate(self, host: str) -> x509.Certificate:
        own = host == "toolfuzz tests"
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "toolfuzz tests")])
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
            .issuer_name(issuer)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=own, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )


class Proxy:
    """Takes CONNECT (RFC 9110, 9.3.6), is every host that it is asked for, and passes bytes on."""

    def __init__(self, authority: Authority, port: int) -> None:
        self._authority, self._port = authority, port

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            host = head.split()[1].rpartition(":")[0]
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.start_tls(self._authority.context(host))
            upstream, upward = await asyncio.open_connection("127.0.0.1", self._port)
            await asyncio.gather(_passed(reader, upward), _passed(upstream, writer))
        writer.close()


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


def google_account() -> dict[str, str]:
    """Return a service account whose key was made just now."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return {
        "type": "service_account",
        "client_email": "samples@pets.iam.gserviceaccount.com",
        "private_key": key.private_bytes(_PEM, _PKCS8, _PLAIN).decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
