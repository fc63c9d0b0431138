"""How a target is reached: a spec that can be sent anywhere, and the session that it opens."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.talk import Talk
from toolfuzz.formats import Request
from toolfuzz.sources.redaction import Redaction

__all__ = ["Pace", "Permit", "Session", "SourceSpec"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a server may be asked.

    ``most`` questions are under way at once; with ``adapts`` fewer, as many as bring the most
    answers a second. ``rpm`` requests are begun in a minute at most, with ``tpm`` tokens, in and
    out. What bears the same ``shared_by`` has these limits together; ``each_worker``: what is asked
    isn't a server but a part of whoever asks, so that every worker may ask so many.
    """

    shared_by: str
    most: int
    adapts: bool = False
    rpm: float | None = None
    tpm: float | None = None
    each_worker: bool = False


class Permit(Protocol):
    """Says when one more request may be under way. All it is told is data."""

    def place(self, tokens: int) -> AbstractAsyncContextManager[object]:
        """Return what waits for a place and holds it; about so many tokens will be taken."""
        ...

    def ended(self, attempt: Attempt, tokens: int = 0, used: int | None = None) -> None:
        """Learn from how a request went, before its place is given back.

        ``tokens`` are as told to ``place``, ``used`` those that the server counted, if it did.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until it is closed: the run is being stopped."""
        ...

    async def again(self, target: str, requests: int = 1) -> bool:
        """Whether a target may be put so many requests once more; what they may cost is counted.

        False as well once it is closed.
        """
        ...


class Session(Protocol):
    """An open connection to a target; every worker has its own."""

    def ask(self, request: Request) -> AsyncIterator[Attempt]:
        """Give every attempt as soon as it is over; the last one counts.

        There is at least one. Never raises for what a server does.
        """
        ...

    @property
    def redaction(self) -> Redaction:
        """Masks the secrets that this session sends, for whatever is written of its answers."""
        ...


class SourceSpec(Protocol):
    """A target and how it is reached. Data only, so that it can be pickled to where it is asked."""

    @property
    def target(self) -> Target:
        """Who is asked."""
        ...

    @property
    def pace(self) -> Pace:
        """How fast it may be asked."""
        ...

    def request(self, talk: Talk, *, stream: bool) -> Request:
        """Return what is sent for the turn; raises CannotAskError where that can't be."""
        ...

    def open(self, permit: Permit | None = None) -> AbstractAsyncContextManager[Session]:
        """Return a session of its own."""
        ...
