"""The simulator as a running server on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from toolfuzz.core.errors import UsageError
from toolfuzz.simulate.sent import CLOSE

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["LOOPBACK", "MOST_HEAD", "listen", "serve", "serving"]

LOOPBACK = "127.0.0.1"

MOST_HEAD = 64 * 1024
"""Bytes of a request before its body: whoever sends more is hung up on."""


_PATIENCE = 1
"""Seconds that answers under way may still take when it is ended; some never end."""


def serve(
    app: "ASGIApp", *, port: int, announce: Callable[[str], None], host: str = LOOPBACK
) -> None:
    """Serve until killed; ``announce`` is told the base URL once it answers. Port 0: a free one.

    Raises UsageError for a port that is taken and a ``host`` that isn't this machine's.
    """
    import uvicorn

    listener = listen(port, host)
    announce(f"http://{_shown(host)}:{listener.getsockname()[1]}/v1")
    config = uvicorn.Config(
        app,
        http=_protocol(),
        access_log=False,
        # What goes wrong in an answer is in the answer; what was cancelled at the end is no news.
        log_level="critical",
        lifespan="off",
        server_header=False,
        date_header=False,
        ws="none",
        timeout_graceful_shutdown=_PATIENCE,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _shown(host: str) -> str:
    """Where this machine reaches a server that listens there."""
    return {"0.0.0.0": LOOPBACK, "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)


@asynccontextmanager
async def serving(app: "ASGIApp", port: int = 0) -> AsyncIterator[str]:
    """Serve in this process as long as the context lasts; give the origin. Port 0: a free one.

    Raises UsageError for a port that is taken.
    """
    import uvicorn

    listener = listen(port)
    config = uvicorn.Config(
        app,
        http=_protocol(),
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
        # A client that asks again just when its connection is closed would be blamed for that.
        timeout_keep_alive=3600,
    )
    server = uvicorn.Server(config)
    # Not ``serve``, which would take the process's signals.
    task = asyncio.create_task(server._serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def _protocol() -> type[asyncio.Protocol]:
    """uvicorn's, with a limit for what comes before a body: its parser (httptools) has none.

    And with an extension by which an answer can hang up.
    """
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Bounded(HttpToolsProtocol):
        head = 0
        in_head = True

        def on_message_begin(self) -> None:
            self.head, self.in_head = 0, True
            super().on_message_begin()
            self.scope["extensions"] = {CLOSE: self.transport.close}  # type: ignore[dict-item]

        def on_headers_complete(self) -> None:
            self.in_head = False
            super().on_headers_complete()

        def data_received(self, data: bytes) -> None:
            began_in_head = self.in_head
            super().data_received(data)
            if began_in_head and self.in_head:
                self.head += len(data)
                if self.head > MOST_HEAD:
                    self.transport.close()

    return Bounded


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """Return a socket that listens, port 0 for a free one; raises UsageError.

    Connections queue up from here on, so the URL may be told at once.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise UsageError(f"host {host}: {error.strerror}", f"try --host {LOOPBACK}") from None
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        hint = "choose another --port" if host == LOOPBACK else "choose another --port or --host"
        raise UsageError(f"port {port}: {error.strerror}", hint) from None
    listener.listen(1024)
    return listener
