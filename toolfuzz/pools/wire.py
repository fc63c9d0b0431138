"""Messages between processes: pickled, each after its length."""

import asyncio
import pickle
import socket
import struct
from typing import Any

__all__ = ["Wire"]

_LENGTH = struct.Struct(">Q")


class Wire:
    """One end of a connection to a process of ours. Messages are trusted: unpickling runs code."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, connected: socket.socket) -> "Wire":
        """Return the end at a connected socket, which it closes."""
        return cls(*await asyncio.open_connection(sock=connected))

    def send(self, message: Any) -> None:
        """Send it without waiting; where nobody listens any more it is lost."""
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._writer.write(_LENGTH.pack(len(body)) + body)

    async def receive(self) -> Any:
        """Return the next message; raises EOFError when the other end has gone."""
        try:
            (size,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            return pickle.loads(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise EOFError from None

    def close(self) -> None:
        """Say no more; the other end sees that it is alone."""
        self._writer.close()
