"""The simulator in a thread, for tests and notebooks: real sockets, what was asked at hand."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from toolfuzz.simulate.script import load_script, read_script
from toolfuzz.simulate.served import Served
from toolfuzz.simulate.server import Endpoint
from toolfuzz.simulate.service import serving

__all__ = ["Server", "in_thread"]

Script = str | Path | Sequence[Mapping[str, Any]]


class Server:
    """A simulated endpoint that answers at ``url``; ``requests`` are what it was asked so far.

    Every test may say anew what it is like (``use``).
    """

    origin = ""

    def __init__(self) -> None:
        self.requests: list[Served] = []
        self._app = Endpoint().app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as it is now (ASGI)."""
        await self._app(scope, receive, send)

    @property
    def url(self) -> str:
        """The base URL of OpenAI's SDKs; Anthropic's and Google's take ``origin``."""
        return f"{self.origin}/v1"

    def use(
        self, profile: str = "clean", *, script: Script = (), seed: int = 0, latency_ms: float = 0
    ) -> None:
        """Begin anew as this profile (``glm-4.7``, ``fault:http-429~1``), or as a script says.

        ``script`` is a TOML file or its entries. Nothing is left of what was asked before. Raises
        errors.UsageError.
        """
        steps = load_script(Path(script)) if isinstance(script, str | Path) else read_script(script)
        asked: list[Served] = []
        endpoint = Endpoint(profile, latency_ms, seed, script=steps, tell=asked.append)
        self.requests, self._app = asked, endpoint.app()


@contextmanager
def in_thread(
    profile: str = "clean", *, script: Script = (), port: int = 0, seed: int = 0,
    latency_ms: float = 0,
) -> Iterator[Server]:  # fmt: skip
    """Serve on 127.0.0.1 while the context lasts; raises errors.UsageError."""
    server = Server()
    server.use(profile, script=script, seed=seed, latency_ms=latency_ms)
    told: Future[str] = Future()
    ended: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        ended.append((asyncio.get_running_loop(), stop))
        async with serving(server, port) as origin:
            told.set_result(origin)
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if told.done():
                raise
            told.set_exception(error)

    thread = threading.Thread(target=run, name="toolfuzz-server", daemon=True)
    thread.start()
    try:
        server.origin = told.result()
        yield server
    finally:
        for loop, stop in ended:
            if not loop.is_closed():
                loop.call_soon_threadsafe(stop.set)
        thread.join()
