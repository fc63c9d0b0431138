"""Draws cases while others are being sent: many in processes of their own, few in a thread.

A process is ``python -m toolfuzz.generate.ahead``: it reads a Mix and writes blocks of slots
(see ``frames`` and ``sent``); several take turns. The pipe's size bounds how far they get ahead.
(A pool of ``multiprocessing`` would import the caller's main module once more.)
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from itertools import count, cycle
from typing import BinaryIO

from toolfuzz.core.case import Case
from toolfuzz.generate.draw import Distinct, Mix, Slot, slot
from toolfuzz.generate.sent import received, sent
from toolfuzz.system.children import our_module, our_paths
from toolfuzz.system.frames import framed, next_frame, read_frame
from toolfuzz.system.garbage import look_rarely

__all__ = ["ahead"]

_BLOCK = 16
_FEW = 300
# Cases drawn in a thread while the process starts; whole blocks.
_MEANWHILE = 8 * _BLOCK


async def ahead(n: int, mix: Mix, processes: int = 1) -> AsyncGenerator[Case]:
    """Yield the first n different cases of the mix."""
    distinct = Distinct(n)
    drawing = _in_thread(mix) if n <= _FEW else _in_processes(mix, processes)
    async with aclosing(drawing) as blocks:
        async for block in blocks:
            for case in distinct.of(block):
                yield case
            if distinct.done:
                return


async def _in_thread(mix: Mix, start: int = 0) -> AsyncGenerator[list[Slot]]:
    drawing = asyncio.create_task(asyncio.to_thread(_block, mix, start))
    try:
        while True:
            block = await drawing
            start += _BLOCK
            drawing = asyncio.create_task(asyncio.to_thread(_block, mix, start))
            yield block
    finally:
        drawing.cancel()
        with suppress(asyncio.CancelledError):
            await drawing


async def _in_processes(mix: Mix, count: int) -> AsyncGenerator[list[Slot]]:
    """Yield blocks of the processes in turn; where one can't be had, go on in a thread.

    The first blocks are drawn here while they start.
    """
    start = 0
    async with AsyncExitStack() as stack:
        with suppress(asyncio.IncompleteReadError, OSError):
            outputs = [
                await stack.enter_async_context(_drawing(mix, _MEANWHILE + n * _BLOCK, count))
                for n in range(count)
            ]
            async with aclosing(_in_thread(mix)) as blocks:
                while start < _MEANWHILE:
                    start += _BLOCK
                    yield await anext(blocks)
            for output in cycle(outputs):
                block = received(await next_frame(output))
                start += _BLOCK
                yield block
    async with aclosing(_in_thread(mix, start)) as blocks:
        async for block in blocks:
            yield block


@asynccontextmanager
async def _drawing(mix: Mix, first: int, turns: int) -> AsyncIterator[asyncio.StreamReader]:
    """Start a process that draws every so many-th block from a slot on; yield what it writes."""
    process = await asyncio.create_subprocess_exec(
        *our_module("toolfuzz.generate.ahead"),
        stdin=PIPE,
        stdout=PIPE,
        env=our_paths(),
        start_new_session=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(framed((mix, first, turns * _BLOCK)))
        await process.stdin.drain()
        yield process.stdout
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        # A pipe that is not read to its end keeps wait() waiting (python/cpython#119710).
        await process.stdout.read()
        await process.wait()


def _block(mix: Mix, start: int) -> list[Slot]:
    return [slot(mix, k) for k in range(start, start + _BLOCK)]


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Write blocks without end; the reader ends it."""
    mix, first, step = read_frame(source)
    with suppress(BrokenPipeError):
        for start in count(first, step):
            sink.write(framed(sent(_block(mix, start))))
            sink.flush()


if __name__ == "__main__":
    look_rarely()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
