"""Messages between processes, both ways."""

import asyncio
import socket
from typing import Any

from toolfuzz.system.frames import framed, next_frame

__all__ = ["Wire"]


class Wire:
    """One end of a connection to a process of ours. Messages are trusted (see ``frames``)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, connected: socket.socket) -> "Wire":
        """Return the end at a connected socket, which it closes."""
        return cls(*await asyncio.open_connection(sock=connected))

    def send(self, message: Any) -> None:
        """Send it without waiting; where nobody listens any more it is lost."""
        self._writer.write(framed(message))

    async def receive(self) -> Any:
        """Return the next message; raises EOFError when the other end has gone."""
        try:
            return await next_frame(self._reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise EOFError from None

    def close(self) -> None:
        """Say no more; the other end sees that it is alone."""
        self._writer.close()
