"""Servers on this machine that a test says itself what they answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Reads a body, answers with JSON, and logs nothing; ``said`` are the headers by lower name.

    What it does is ``get`` and ``post``.
    """

    def do_GET(self) -> None:
        self.get()

    def do_POST(self) -> None:
        self.post()

    def get(self) -> None:
        self.answer(404, b"{}")

    def post(self) -> None:
        self.answer(404, b"{}")

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    @property
    def said(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        usual = {"content-type": "application/json", "content-length": str(len(body))}
        for name, value in (usual | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


class Local(ThreadingHTTPServer):
    """``asked`` is what a handler noted of its requests."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[Any] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running(handler: type[BaseHTTPRequestHandler]) -> Iterator[Local]:
    """Serve in a thread while the block lasts."""
    with Local(handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
