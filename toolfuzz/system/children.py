"""What a child process needs that must not outlive us or fill the disk."""

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

__all__ = ["KEPT", "LastWords", "guarded", "leashed", "our_module", "our_paths", "pipe_to"]

_LEASH = Path(__file__).with_name("leash.py")
_WARDEN = Path(__file__).with_name("warden.py")
KEPT = 64 * 1024
"""Bytes of what a process wrote to standard error."""
_READ = 64 * 1024


def our_module(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module in another process, to be started with ``our_paths``.

    Nothing is imported from the folder that we are in (``-P``): it may hold a stranger's files.
    """
    return (sys.executable, "-P", "-m", module, *arguments)


def our_paths() -> dict[str, str]:
    """Return the environment in which a process finds modules where this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def leashed(command: Sequence[str], *, cpu_seconds: int = 0) -> tuple[str, ...]:
    """Return the command so that it dies with this process and within its processor time.

    Its parent is the thread that starts it: on Linux the child dies when that thread ends. Windows
    has no such limits; there it is the command as it is.
    """
    if os.name == "nt":
        return tuple(command)
    leash = (sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), str(cpu_seconds))
    return (*leash, *command)


def guarded(command: Sequence[str]) -> tuple[str, ...]:
    """Return the command so that it and all that it starts die when its standard input ends.

    It has to be started with a pipe as ``stdin`` and in a session of its own. On Windows it is the
    command as it is.
    """
    if os.name == "nt":
        return tuple(command)
    return (sys.executable, "-I", "-S", str(_WARDEN), *command)


class LastWords:
    """The end of what a process wrote to standard error, at most 64 KiB of it."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Take what was written; what came long before is forgotten."""
        self._pieces.append(piece)
        self._size += len(piece)
        while self._size - len(self._pieces[0]) >= KEPT:
            self._size -= len(self._pieces.popleft())

    async def listen(self, stream: asyncio.StreamReader) -> None:
        """Take all that a subprocess writes, until it ends."""
        while piece := await stream.read(_READ):
            self.add(piece)

    def last_line(self) -> str:
        """Return the last line that says something, "" when there is none."""
        text = b"".join(self._pieces)[-KEPT:].decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


@contextmanager
def pipe_to(words: LastWords) -> Iterator[TextIO]:
    """Yield the writing end of a pipe, as ``stderr`` of a process that others start."""
    reading, writing = os.pipe()

    def listen() -> None:
        with open(reading, "rb", buffering=0) as stream:  # noqa: PTH123 - a descriptor, no path
            while piece := stream.read(_READ):
                words.add(piece)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        with os.fdopen(writing, "w", encoding="utf-8") as stream:
            yield stream
    finally:
        # A grandchild may still hold the pipe open; its words are not waited for.
        listener.join(timeout=0.5)
