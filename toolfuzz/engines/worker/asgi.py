"""A request to a server's ASGI application, without a socket: body in, bytes out."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any


class Reply:
    """What an application sends: ``status``, and ``body`` as far as it has come."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""

    async def take(self, message: Any) -> None:
        """Keep one message of the application."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def whole(ask: Callable[[Reply], None]) -> Any:
    """Return the JSON body of the reply that ``ask`` fills."""
    reply = Reply()
    ask(reply)
    return json.loads(reply.body)


def events(ask: Callable[[Reply], None]) -> Iterator[str]:
    """Yield the server-sent events of the reply that ``ask`` fills, as far as it came."""
    reply = Reply()
    try:
        ask(reply)
    finally:
        yield from filter(None, reply.body.decode().split("\n\n"))


def post(loop: asyncio.AbstractEventLoop, app: Any, path: str, body: Any, reply: Reply) -> None:
    """Send a JSON body and fill the reply; raises what the application raises."""
    data = json.dumps(body).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(data)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages = [{"type": "http.request", "body": data, "more_body": False}]

    async def receive() -> Any:
        if not messages:
            await asyncio.Event().wait()  # the client stays until it has the reply
        return messages.pop()

    loop.run_until_complete(app(scope, receive, reply.take))
