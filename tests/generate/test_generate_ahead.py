"""Drawing ahead: the same cases, bounded, and nothing left behind."""

import asyncio
import os
import signal
from contextlib import aclosing
from pathlib import Path

import needs
import pytest

from toolfuzz.core.case import Case
from toolfuzz.generate import draw_ahead, draw_cases

CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")


async def collected(n: int, processes: int = 1) -> list[Case]:
    return [case async for case in draw_ahead(n, processes=processes)]


@pytest.mark.parametrize(
    ("n", "processes"),
    [(20, 1), (320, 1), (320, 3)],
    ids=["in a thread", "in a process", "in processes"],
)
async def test_the_same_cases(n: int, processes: int) -> None:
    assert await collected(n, processes) == list(draw_cases(n))


def _children() -> set[int]:
    return {int(pid) for pid in CHILDREN.read_text().split()}


@needs.proc
async def test_closing_early_leaves_no_process() -> None:
    before = _children()
    async with aclosing(draw_ahead(5000)) as cases:
        assert await anext(cases)
        assert _children() - before
    assert _children() == before


@needs.proc
async def test_cancelling_leaves_no_process() -> None:
    before = _children()
    task = asyncio.create_task(collected(100_000))
    await asyncio.sleep(0.3)
    assert _children() - before
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _children() == before


@needs.proc
@pytest.mark.parametrize("processes", [1, 2])
async def test_a_killed_process_is_replaced_by_a_thread(processes: int) -> None:
    before = _children()
    drawn = []
    async with aclosing(draw_ahead(400, processes=processes)) as cases:
        async for case in cases:
            drawn.append(case)
            for pid in sorted(_children() - before)[:1] if len(drawn) == 1 else ():
                os.kill(pid, signal.SIGKILL)
    assert drawn == list(draw_cases(400))


@needs.proc
async def test_closing_while_the_pipe_is_full_does_not_hang() -> None:
    before = _children()
    async with asyncio.timeout(20), aclosing(draw_ahead(5000)) as cases:
        assert await anext(cases)
        await asyncio.sleep(0.6)
    assert _children() == before
