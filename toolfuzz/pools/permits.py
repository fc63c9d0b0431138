"""A permit that is kept elsewhere: one limiter for the sessions of many processes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

from toolfuzz.core.exchange import Attempt
from toolfuzz.sources.source import Permit

__all__ = ["Desk", "RemotePermit", "Wired"]


class Wired(Protocol):
    """The way to a permit's desk: what is asked and told there, in this order (see ``Desk``)."""

    def ask(self, what: str, *arguments: Any) -> Awaitable[Any]:
        """Return what the desk answers."""
        ...

    def tell(self, what: str, *arguments: Any) -> None:
        """Say it without waiting."""
        ...


class RemotePermit:
    """A Permit (see there) whose real one sits behind a desk."""

    def __init__(self, desk: Wired) -> None:
        self._desk = desk

    @asynccontextmanager
    async def place(self, tokens: int = 0) -> AsyncIterator[None]:
        """Wait for a place there, and hold it."""
        entering = asyncio.ensure_future(self._desk.ask("enter", tokens))
        try:
            await asyncio.shield(entering)
        except asyncio.CancelledError:
            entering.add_done_callback(self._leave_unused)
            raise
        try:
            yield
        finally:
            self._desk.tell("leave")

    def ended(self, attempt: Attempt, tokens: int = 0, used: int | None = None) -> None:
        """Tell how a request went; a desk needs its status, headers and times, not its body."""
        self._desk.tell("ended", replace(attempt, chunks=()), tokens, used)

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until it is closed."""
        await self._desk.ask("pause", seconds)

    async def again(self, target: str, requests: int = 1) -> bool:
        """Whether a target may be put so many requests once more."""
        return bool(await self._desk.ask("again", target, requests))

    def _leave_unused(self, entering: asyncio.Future[Any]) -> None:
        if not entering.cancelled() and entering.exception() is None:
            self._desk.tell("leave")


class Desk:
    """Stands for the sessions of one worker at a permit, and gives back what a lost one held."""

    def __init__(self, permit: Permit) -> None:
        self.permit = permit
        self._places: list[AsyncExitStack] = []

    async def ask(self, what: str, *arguments: Any) -> Any:
        """Do what is asked for, and return its answer."""
        match what, *arguments:
            case "enter", tokens:
                place = AsyncExitStack()
                await place.enter_async_context(self.permit.place(tokens))
                self._places.append(place)
                return None
            case "pause", seconds:
                return await self.permit.pause(seconds)
            case "again", target, requests:
                return await self.permit.again(target, requests)
        raise ValueError(what)

    async def tell(self, what: str, *arguments: Any) -> None:
        """Take what is told."""
        match what, *arguments:
            case "ended", attempt, tokens, used:
                self.permit.ended(attempt, tokens, used)
            case ("leave",) if self._places:
                await self._places.pop().aclose()

    async def close(self) -> None:
        """Give back all places; its worker has gone."""
        while self._places:
            await self._places.pop().aclose()
