"""Objects between processes of ours: pickled, each after its length.

What comes is trusted: unpickling runs code.
"""

import asyncio
import pickle
import struct
from typing import Any, BinaryIO

__all__ = ["framed", "next_frame", "read_frame"]

_LENGTH = struct.Struct(">Q")


def framed(content: object) -> bytes:
    """Return an object as it is sent."""
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


async def next_frame(reader: asyncio.StreamReader) -> Any:
    """Return the next object that comes; raises IncompleteReadError at the end."""
    (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return pickle.loads(await reader.readexactly(size))


def read_frame(source: BinaryIO) -> Any:
    """Wait for the next object of a file and return it; raises EOFError at the end."""
    (size,) = _LENGTH.unpack(_read(source, _LENGTH.size))
    return pickle.loads(_read(source, size))


def _read(source: BinaryIO, size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise EOFError("the other process wrote no more")
    return read
