"""Drawing begins before anybody wants a case, and ends with whoever wanted them."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from toolfuzz.core.case import Case, Expectation, Message, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.cases import begun


class Source:
    """Cases, and what became of it."""

    def __init__(self, count: int, error: Exception | None = None) -> None:
        self.count, self.error = count, error
        self.drawn = 0
        self.closed = False

    async def cases(self) -> AsyncGenerator[Case]:
        try:
            for n in range(self.count):
                self.drawn += 1
                yield Case("generated", "echo", (), (), (turn(n),))
            if self.error:
                raise self.error
        finally:
            self.closed = True


def turn(n: int) -> Turn:
    return Turn((Message("user", str(n)),), Expectation("no_call"))


async def test_the_first_is_there_before_it_is_wanted_and_none_is_lost() -> None:
    source = Source(3)
    async with begun(source.cases()) as cases:
        await asyncio.sleep(0.01)
        assert source.drawn == 1
        assert [c.turns[0].messages[0].content async for c in cases] == ["0", "1", "2"]
    assert source.closed


async def test_what_nobody_wanted_is_closed() -> None:
    source = Source(3)
    with pytest.raises(UsageError, match="no key"):
        async with begun(source.cases()):
            await asyncio.sleep(0.01)
            raise UsageError("no key")
    assert source.closed and source.drawn == 1


@pytest.mark.parametrize("count", [0, 1])
async def test_what_goes_wrong_in_drawing_is_told_to_who_wants_cases(count: int) -> None:
    async with begun(Source(count, UsageError("no case fits")).cases()) as cases:
        await asyncio.sleep(0.01)
        with pytest.raises(UsageError, match="no case fits"):
            [case async for case in cases]


async def test_a_mix_without_cases_has_none() -> None:
    async with begun(Source(0).cases()) as cases:
        assert [case async for case in cases] == []
