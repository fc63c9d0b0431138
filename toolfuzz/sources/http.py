"""A target that is asked over HTTP in its wire format."""

import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from urllib.request import getproxies

import httpx

from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.sizes import COUNTED, MAX_REPLY
from toolfuzz.core.talk import Talk
from toolfuzz.formats import CannotAskError, Request, WireFormat, bearer, wire_format
from toolfuzz.generate.size import BYTES_PER_TOKEN
from toolfuzz.sources.answer import Answer, by_httpx
from toolfuzz.sources.capture import capture
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.redaction import Redaction
from toolfuzz.sources.registry import Endpoint
from toolfuzz.sources.retry import ATTEMPTS, retrying
from toolfuzz.sources.source import Pace, Permit
from toolfuzz.sources.tokens import tokens_of
from toolfuzz.sources.transport import Headers, Transport
from toolfuzz.system.clients import http_client

__all__ = ["HttpSession", "HttpSource"]

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 2.0
"""How long a connection is kept for the next question, in seconds: servers end theirs after 5
(uvicorn, Node), and a question that meets the end of its connection is lost."""

_CARRIED = re.compile(r"[\t\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class HttpSource:
    """A target behind an endpoint. ``timeout`` is in seconds without a byte,
    ``max_reply`` in bytes (see ``capture``).

    ``concurrency``, ``adapts``, ``rpm`` and ``tpm`` make its pace, which all targets of one address
    and key share.
    ``headers`` are added to every request and win over the format's own. Raises UsageError for a
    header that HTTP can't carry. ``secret_headers`` names those of them whose values nobody may
    read, beside those whose names say so (``core.credentials``); ``secrets`` are others that a
    server may know and send.
    """

    target: Target
    endpoint: Endpoint
    key: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 120.0
    concurrency: int = 8
    attempts: int = ATTEMPTS
    secret_headers: tuple[str, ...] = ()
    adapts: bool = False
    rpm: float | None = None
    max_reply: int = MAX_REPLY
    tpm: float | None = None
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    pace: Pace = field(init=False, repr=False, compare=False)
    """How fast the endpoint may be asked with this key."""

    def __post_init__(self) -> None:
        shared_by = f"{self.endpoint.base_url} {self.key or ''}"
        pace = Pace(shared_by, self.concurrency, self.adapts, self.rpm, self.tpm)
        # Looked at with every question.
        object.__setattr__(self, "pace", pace)
        if not all(_CARRIED.fullmatch(value) for value in self.own_headers.values()):
            raise UsageError("a header holds characters that HTTP can't carry")

    @property
    def format(self) -> WireFormat:
        """The wire format of requests and replies."""
        return wire_format(self.target.format)

    @property
    def own_headers(self) -> dict[str, str]:
        """The endpoint's and the user's headers, lower-case."""
        given = {**self.endpoint.headers, **self.headers}
        return {name.lower(): value for name, value in given.items()}

    def request(self, talk: Talk, *, stream: bool) -> Request:
        """Write a turn in the target's wire format; the endpoint's defaults stand below it."""
        if refused := self.endpoint.refused(talk.case):
            raise CannotAskError(f"{self.endpoint.title} is known to refuse {', '.join(refused)}")
        asked = talk.ask(model=self.target.model, stream=stream)
        try:
            request = self.format.request(asked, params=self.target.params)
        except CannotAskError as error:
            raise CannotAskError(f"{self.format.title} can't ask this: {error}") from None
        if defaults := self.endpoint.defaults(stream=stream):
            request = Request(request.path, self.format.merge(defaults, request.body))
        return self.endpoint.placed(request, self.target.model, stream=stream)

    @asynccontextmanager
    async def open(self, permit: Permit | None = None) -> AsyncIterator["HttpSession"]:
        """Open a session with a connection of its own; behind a proxy it is httpx that connects."""
        base = httpx.URL(self.endpoint.base_url)
        connect = min(self.timeout, CONNECT_SECONDS)
        if getproxies():
            pool = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
            timeout = httpx.Timeout(None, connect=connect)
            async with http_client(timeout=timeout, limits=pool, verify=_tls()) as http:
                yield HttpSession(self, partial(_by_proxy, http), permit)
        else:
            direct = Transport(base, _tls, idle_seconds=IDLE_SECONDS, connect_seconds=connect)
            async with direct:
                yield HttpSession(self, partial(_directly, direct), permit)


_Post = Callable[[httpx.URL, Headers, bytes], Awaitable[Answer]]
"""Posts a body, and returns the answer before its own is read."""


class HttpSession:
    """Puts requests to one endpoint, each until an answer comes that can be judged."""

    def __init__(self, source: HttpSource, post: _Post, permit: Permit | None) -> None:
        base = httpx.URL(source.endpoint.base_url)
        self._sign = source.format.sign
        self._post = post
        self._permit = permit or Pacer(1)
        self._source = source
        # Signed once before anything is asked: what is missing shows, and what is secret is known.
        signed = self._sign(str(base), b"{}", source.key) if self._sign else {}
        credentials = source.endpoint.credentials if source.key is None else None
        self._renewed = tokens_of(credentials) if credentials else None
        self._tokens = [self._renewed()] if self._renewed else []
        self._secret = {**signed, **source.own_headers}
        self.redaction = self._masking()
        left_out = source.endpoint.leaves_out
        self._headers = httpx.Headers(
            {
                "accept": "*/*",
                "accept-encoding": "identity",
                "content-type": "application/json",
                "host": base.netloc.decode("ascii"),
                "user-agent": "toolfuzz",
                **{n: v for n, v in _usual(source).items() if n not in left_out},
                **source.own_headers,
            }
        )
        self._told = tuple(self._headers.raw)

    def _masking(self) -> Redaction:
        source = self._source
        marked = (*source.secret_headers, *source.endpoint.secret_headers)
        return Redaction(source.key, self._secret, marked, source.secrets.union(self._tokens))

    def _token(self) -> dict[str, str]:
        """Return the header with a token that is good now; of what was one all stays masked.

        Where there is no new one, the old one is tried.
        """
        if self._renewed is None:
            return {}
        with suppress(UsageError):
            if (token := self._renewed()) != self._tokens[-1]:
                self._tokens.append(token)
                self.redaction = self._masking()
        return bearer(self._tokens[-1])

    def ask(self, request: Request) -> AsyncIterator[Attempt]:
        """Give every attempt as soon as it is over (see ``retry`` for when there is another)."""
        return retrying(
            self._put(request),
            attempts=self._source.attempts,
            sleep=self._permit.pause,
            again=partial(self._permit.again, self._source.target.name),
        )

    async def ask_once(self, request: Request) -> Attempt:
        """Put the request once."""
        return await self._put(request)()

    def _put(self, request: Request) -> Callable[[], Awaitable[Attempt]]:
        url = _url(self._source.endpoint.base_url + request.path)
        content = request.content
        tokens = len(content) // BYTES_PER_TOKEN + (self._source.format.cap(request.body) or 0)

        async def put() -> Attempt:
            async with self._permit.place(tokens):
                post = partial(self._post, url, self._signed(url, content), content)
                attempt = await capture(
                    post, timeout=self._source.timeout, most=self._source.max_reply
                )
                self._permit.ended(attempt, tokens, self._used(attempt))
            return attempt

        return put

    def _used(self, attempt: Attempt) -> int | None:
        """Return the tokens that the server counted, where somebody wants to know.

        Of a reply that takes long to read none: what it may take stands then.
        """
        if self._source.tpm is None or attempt.size > COUNTED:
            return None
        # Of a stream's reader a plain reply is read as well.
        usage = self._source.format.read(attempt, stream=True).usage
        return usage.tokens if usage else None

    def _signed(self, url: httpx.URL, content: bytes) -> Headers:
        """Return what is sent; a format that signs signs the very bytes, at the last moment."""
        if self._sign is None and self._renewed is None:
            return self._told
        headers = self._headers.copy()
        headers.update(self._token())
        if self._sign is not None:
            headers.update(self._sign(str(url), content, self._source.key))
        return tuple(headers.raw)


async def _directly(direct: Transport, url: httpx.URL, headers: Headers, content: bytes) -> Answer:
    return await direct.post(url.raw_path, headers, content)


async def _by_proxy(
    http: httpx.AsyncClient, url: httpx.URL, headers: Headers, content: bytes
) -> Answer:
    return await by_httpx(http, httpx.Request("POST", url, headers=list(headers), content=content))


def _usual(source: HttpSource) -> dict[str, str]:
    name, key = source.endpoint.key_header, source.key
    if not (name and key):
        return dict(source.format.headers(key))
    return {**source.format.headers(None), name: key}


@lru_cache(maxsize=64)
def _url(text: str) -> httpx.URL:
    return httpx.URL(text)


@cache
def _tls() -> ssl.SSLContext:
    """Return the one TLS context: making it reads all certificates and takes a while."""
    tls = httpx.create_ssl_context()
    tls.set_alpn_protocols(["http/1.1"])
    return tls
