import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress

import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route


class Loopback:
    """A real HTTP server in a thread; ``answer`` is what the test wants of it."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.answer: Callable = None
        self.seen: list[tuple[Request, bytes]] = []

    async def handle(self, request):
        self.seen.append((request, await request.body()))
        return await self.answer(request, len(self.seen))


@contextmanager
def running():
    server_socket = socket.create_server(("127.0.0.1", 0))
    loopback = Loopback(f"http://127.0.0.1:{server_socket.getsockname()[1]}/v1")
    routes = [Route("/v1/{path:path}", loopback.handle, methods=["POST"])]
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([server_socket])))
    thread.start()
    try:
        yield loopback
    finally:
        server.force_exit = server.should_exit = True
        thread.join(10)
        server_socket.close()


@pytest.fixture(scope="session")
def _server():
    with running() as loopback:
        yield loopback


@pytest.fixture
def loopback(_server):
    _server.seen = []
    return _server


@pytest_asyncio.fixture
async def raw_server():
    """Return a function that starts a socket server which sends exact bytes and closes."""
    servers, handled = [], []

    async def start(*answers):
        pending = list(answers)

        async def serve(reader, writer):
            handled.append(asyncio.current_task())
            try:
                await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
                writer.write(pending.pop(0) if len(pending) > 1 else pending[0])
            except (TimeoutError, asyncio.IncompleteReadError):
                pass
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"

    yield start
    for server in servers:
        server.close()
    await asyncio.gather(*handled)
