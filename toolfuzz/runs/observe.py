"""The recorder as a server on loopback, and the observer behind it, until it is stopped."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.observer import Observer
from toolfuzz.runs.summary import default_folder
from toolfuzz.simulate.service import listen
from toolfuzz.sources.http import IDLE_SECONDS
from toolfuzz.sources.recorder import Recorder, Seen
from toolfuzz.system.clients import http_client
from toolfuzz.system.signals import signals_call
from toolfuzz.system.specs import without_secrets

if TYPE_CHECKING:
    import uvicorn

__all__ = ["Watching", "watch"]

_CONNECT_SECONDS = 30.0
_GRACE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Watching:
    """What to observe. ``upstream`` is the endpoint's base URL, as a client would be given it.

    ``announce`` is told the address that a client is to use in its place; ``tell`` sees every
    event, ``warn`` what went wrong. Both may be called from another thread.
    """

    upstream: str
    port: int = 8400
    out: Path | None = None
    policy: Policy = field(default_factory=Policy)
    announce: Callable[[str], None] = lambda url: None
    tell: Callable[[Event], None] = lambda event: None
    warn: Callable[[str], None] = lambda message: None


async def watch(watching: Watching, *, stop: asyncio.Event | None = None) -> list[JsonObject]:
    """Pass traffic on until ``stop`` is set or a signal comes; return the runs' summaries.

    Raises UsageError for an address that is none, and for a port that is taken; at the end OSError
    where not all could be kept.
    """
    import uvicorn

    origin, base = _split(watching.upstream)
    if watching.out is not None and watching.out.exists():
        raise UsageError(
            f"the output folder {watching.out} already exists", "choose another --out, or move it"
        )
    folder = watching.out or default_folder(["observed"])
    observer = Observer(origin, folder, watching.policy, watching.tell, watching.warn)
    waiting: asyncio.Queue[Seen | None] = asyncio.Queue()
    listener = listen(watching.port)
    async with http_client(
        timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
        limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
    ) as http:
        # What the client sent passes, and nothing that httpx would add by itself.
        http.headers.clear()
        config = uvicorn.Config(
            Recorder(http, origin, waiting.put_nowait),
            access_log=False,
            log_level="critical",
            lifespan="off",
            server_header=False,
            date_header=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        server = _server()(config)
        keeping = asyncio.create_task(_keep(observer, waiting))
        stopping = asyncio.create_task(_stop_on(stop, server)) if stop else None
        watching.announce(f"http://127.0.0.1:{listener.getsockname()[1]}{base}")
        try:
            await server.serve(sockets=[listener])
        finally:
            if stopping:
                stopping.cancel()
            waiting.put_nowait(None)
            await keeping
    summaries = observer.close()
    if observer.failed:
        raise observer.failed
    return summaries


async def _keep(observer: Observer, waiting: asyncio.Queue[Seen | None]) -> None:
    """Judge what passed, in the order in which it ended, beside the traffic."""
    while (seen := await waiting.get()) is not None:
        await asyncio.to_thread(observer.take, seen)


async def _stop_on(stop: asyncio.Event, server: "uvicorn.Server") -> None:
    await stop.wait()
    server.should_exit = True


def _server() -> "type[uvicorn.Server]":
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """End well on a signal, and don't raise it again: what was seen is yet to be kept."""
            with signals_call(lambda number: self.handle_exit(number, None)):
                yield

    return Server


def _split(upstream: str) -> tuple[str, str]:
    """Return the origin and the path of a base URL."""
    parts = urlsplit(upstream)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(
            f"--upstream {without_secrets(upstream)!r} is no address",
            "give one like https://api.openai.com/v1",
        )
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(
            "--upstream holds more than a host and a path", "credentials go into the agent's own"
        )
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
