"""A large journal read by several processes, each of which takes its turn at the blocks of it.

A process is ``python -m toolfuzz.runs.glances``: it reads where the journal lies and which blocks
are its own, and writes what the lines say that begin in each (see ``core.glance``). The pipe's size
bounds how far it gets ahead.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import BinaryIO, cast

from msgspec import MsgspecError
from msgspec.msgpack import Decoder, Encoder

from toolfuzz.core.glance import (
    CaseGlance,
    ExchangeGlance,
    Glance,
    UpstreamGlance,
    VerdictGlance,
    glance_at,
)
from toolfuzz.system.children import our_module, our_paths
from toolfuzz.system.frames import framed, read_frame
from toolfuzz.system.garbage import look_rarely
from toolfuzz.system.lines import LONGEST

__all__ = ["MANY", "glances"]

MANY = 2**30
"""Bytes of a journal from which on it pays; four seconds' reading."""
_BLOCK = 16 * 2**20
_MOST = 4
"""Processes; the one that they are read for keeps up with no more."""

_Lines = tuple[list[int], list[CaseGlance | ExchangeGlance | UpstreamGlance | VerdictGlance | None]]
"""The lengths of lines, and what each says."""

_encode = Encoder().encode
_decode = Decoder(_Lines).decode


def glances(path: Path, end: int) -> Iterator[tuple[int, Glance | None]]:
    """Give each line's length and what it says; None where the line itself must be read.

    Those that begin before ``end``, from the first on. It ends early where a process can't be had.
    """
    count = min(_MOST, os.cpu_count() or 1)
    with ExitStack() as stack, suppress(OSError, EOFError, MsgspecError):
        outputs = [
            stack.enter_context(_reading(str(path), n * _BLOCK, count * _BLOCK, end, _BLOCK))
            for n in range(count)
        ]
        for _, output in zip(range(0, end, _BLOCK), cycle(outputs), strict=False):
            yield from zip(*_decode(read_frame(output)), strict=True)


@contextmanager
def _reading(*blocks: str | int) -> Iterator[BinaryIO]:
    """Start a process that reads every so many-th block (see ``_serve``); yield what it writes."""
    with subprocess.Popen(
        our_module("toolfuzz.runs.glances"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=our_paths(),
        start_new_session=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(framed(blocks))
            process.stdin.flush()
            yield cast("BinaryIO", process.stdout)
        finally:
            process.kill()


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    path, first, step, end, block = read_frame(source)
    with suppress(BrokenPipeError), open(path, "rb", buffering=2**20) as file:  # noqa: PTH123
        for start in range(first, end, step):
            sink.write(framed(_said(list(_block(file, start, block)))))
            sink.flush()


def _block(file: BinaryIO, start: int, size: int) -> Iterator[tuple[int, Glance | None]]:
    """Give the lines that begin in a block; one that is no whole line ends it."""
    end, place = start + size, start
    if start:
        file.seek(start - 1)
        begun = file.readline(size)
        place = start - 1 + len(begun) if begun.endswith(b"\n") else end
    file.seek(place)
    while place < end:
        line = file.readline(LONGEST + 1)
        if len(line) > LONGEST:
            yield len(line), None
            return
        if not line.endswith(b"\n"):
            return
        yield len(line), glance_at(line)
        place += len(line)


def _said(lines: list[tuple[int, Glance | None]]) -> bytes:
    lengths = [length for length, _ in lines]
    said = [glance for _, glance in lines]
    try:
        return _encode((lengths, said))
    except OverflowError:
        return _encode((lengths, [glance if _can_be_sent(glance) else None for glance in said]))


def _can_be_sent(glance: Glance | None) -> bool:
    """Whether its numbers have 64 bits at most."""
    with suppress(OverflowError):
        _encode(glance)
        return True
    return False


if __name__ == "__main__":
    look_rarely()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
