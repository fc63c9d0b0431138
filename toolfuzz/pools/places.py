"""The places of all requests with one key, whoever asks: several runs on several machines."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from toolfuzz.core.exchange import Attempt
from toolfuzz.sources.pacing import Pacer, paced
from toolfuzz.sources.source import Pace

__all__ = ["Ended", "Places"]

Ended = tuple[Attempt, int, int | None]
"""What ``Permit.ended`` is told."""


@dataclass(slots=True)
class _Place:
    """What a request holds at the pacers, ``at`` of which it will have to tell how it went."""

    held: AsyncExitStack = field(default_factory=AsyncExitStack)
    at: list[Pacer] = field(default_factory=list)
    given: bool = False


class Places:
    """Gives places to workers that it was told of; a request has one within every run's pace.

    So the slowest of the runs that are there sets the pace for all. Places are numbered by those
    who ask for them.
    """

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}
        self._pacers: dict[Pace, Pacer] = {}
        self._places: dict[tuple[str, int], _Place] = {}
        self._left_early: set[tuple[str, int]] = set()

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self._paces)

    def meet(self, worker: str, pace: Pace) -> None:
        """Take note of a worker, and of the pace that its run was told."""
        self._paces[worker] = pace
        self._pacers.setdefault(pace, paced(pace))

    async def place(self, worker: str, number: int, tokens: int) -> bool:
        """Wait for a place for about so many tokens; False for a worker that isn't known here."""
        if worker not in self._paces:
            return False
        if (worker, number) in self._left_early:
            self._left_early.remove((worker, number))
            return True
        place = self._places[worker, number] = _Place()
        for pacer in [*self._pacers.values()]:
            await place.held.enter_async_context(pacer.place(tokens))
            place.at.append(pacer)
            if self._places.get((worker, number)) is not place:
                # It was given back while it waited.
                await place.held.aclose()
                return True
        place.given = True
        return True

    async def leave(self, worker: str, number: int, ended: Sequence[Ended] = ()) -> None:
        """Take a place back, and learn how the request went that was put.

        It may be given back while it is waited for, or, by messages that overtake each other,
        before it was asked for.
        """
        place = self._places.pop((worker, number), None)
        if place is None and worker in self._paces:
            self._left_early.add((worker, number))
        if place is None or not place.given:
            return
        for pacer in place.at:
            for attempt, tokens, used in ended:
                pacer.ended(attempt, tokens, used)
        await place.held.aclose()

    async def forget(self, worker: str) -> None:
        """Take back all that a worker held, who has gone, and its run's pace if it was the last."""
        pace = self._paces.pop(worker, None)
        self._left_early = {key for key in self._left_early if key[0] != worker}
        for key in [key for key in self._places if key[0] == worker]:
            await self.leave(*key)
        if pace is not None and pace not in self._paces.values():
            # Who is there still holds to its own.
            del self._pacers[pace]
