"""A server that may do anything: HTTP written byte by byte onto the socket."""

import asyncio
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from toolfuzz.formats import WireFormat, guess
from toolfuzz.formats.writing import encode_body
from toolfuzz.simulate.pipeline import Outcome
from toolfuzz.simulate.question import Question, read_question

__all__ = ["Answer", "Answering", "Asked", "answer", "head", "serving"]


@dataclass(frozen=True)
class Asked:
    """A request as it came; ``number`` counts from 0, ``sent`` are the bytes of its body."""

    number: int
    path: str
    headers: Mapping[str, str]
    sent: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The body, {} where there is none."""
        read: dict[str, Any] = json.loads(self.sent or b"{}")
        return read

    @property
    def format(self) -> WireFormat:
        """The wire format in which it is asked."""
        return guess(self.body, self.path)

    @property
    def question(self) -> Question:
        """What is asked."""
        path = self.path.removeprefix("/v1")
        return read_question(self.format, self.body, path=path)

    @property
    def stream(self) -> bool:
        """Whether a stream was asked for."""
        return self.question.ask.stream


def served(asked: Asked, outcome: Outcome) -> bytes:
    """The body of a reply."""
    if asked.stream:
        return b"".join(asked.format.framing.join(outcome.wire.events))
    return encode_body(outcome.wire.body)


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Answering:
    """A running server: what is asked is put to ``answer``; the connection is then closed."""

    url: str
    answer: Answer
    asked: int = 0


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Answering]:
    """Serve on loopback in a thread while the context lasts."""
    server = Answering("", answer)
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                asked = await _read(reader, server.asked)
                server.asked += 1
                await server.answer(asked, writer)
            finally:
                writer.close()
            await writer.wait_closed()

    async def run() -> None:
        listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        ready.set()
        await stop.wait()
        listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        ready.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _read(reader: asyncio.StreamReader, number: int) -> Asked:
    raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = raw.splitlines()
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(number, first.split()[1], headers, body)


def head(status: int | str = 200, length: int | None = None, **headers: str) -> bytes:
    """The first lines of a reply; ``content_type="x"`` is the header content-type."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"connection": "close"} | ({} if length is None else {"content-length": str(length)})
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in named.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def answer(
    writer: asyncio.StreamWriter, body: bytes, status: int = 200, **headers: str
) -> None:
    """Send a whole reply."""
    writer.write(head(status, len(body), **headers) + body)
    await writer.drain()
