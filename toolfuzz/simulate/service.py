"""The simulator as a running server on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from toolfuzz.core.errors import UsageError

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["MOST_HEAD", "listen", "serve", "serving"]

MOST_HEAD = 64 * 1024
"""Bytes of a request before its body: whoever sends more is hung up on."""


def serve(app: "Starlette", *, port: int, announce: Callable[[str], None]) -> None:
    """Serve until killed; ``announce`` is told the base URL once it answers. Port 0: a free one.

    Raises UsageError for a port that is taken.
    """
    import uvicorn

    listener = listen(port)
    announce(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    config = uvicorn.Config(
        app,
        http=_protocol(),
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        date_header=False,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])


@asynccontextmanager
async def serving(app: "Starlette", port: int = 0) -> AsyncIterator[str]:
    """Serve in this process as long as the context lasts; give the origin. Port 0: a free one.

    Raises UsageError for a port that is taken.
    """
    import uvicorn

    listener = listen(port)
    config = uvicorn.Config(
        app,
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
    """uvicorn's, with a limit for what comes before a body: its parser (httptools) has none."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Bounded(HttpToolsProtocol):
        head = 0
        in_head = True

        def on_message_begin(self) -> None:
            self.head, self.in_head = 0, True
            super().on_message_begin()

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


def listen(port: int) -> socket.socket:
    """Return a socket on loopback that listens, 0 a free port; raises UsageError.

    Connections queue up from here on, so the URL may be told at once.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise UsageError(f"port {port}: {error.strerror}", "choose another --port") from None
    listener.listen(1024)
    return listener
