"""What a pool is, and the jobs that it takes."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from toolfuzz.core.case import Case
from toolfuzz.core.events import Event
from toolfuzz.core.exchange import Exchange
from toolfuzz.judge.policy import Policy
from toolfuzz.sources.source import Permit, SourceSpec

__all__ = ["Batch", "Callers", "Give", "Job", "Keep", "Permits", "Pool", "keep_nothing"]

Batch = tuple[Event, ...]
"""The events of one question."""

Give = Callable[[Batch], None]
"""Takes what a question came to."""

Keep = Callable[[Batch], None]
"""Takes what was paid for a question that goes on, as it comes; it comes again in its batch."""


def keep_nothing(events: Batch) -> None:
    """Be a Keep that waits for the batch."""


@dataclass(frozen=True, slots=True)
class Job:
    """One case to be put to one target: data only, so that it can be pickled to where it is done.

    ``modes`` are the stream flags in which it is asked, in this order; a plain reply that comes
    first is the counterpart that the streamed one is held to. ``begun`` are exchanges of an earlier
    run, from the first turn on: they are judged again and not asked again.
    """

    source: SourceSpec
    case: Case
    repeat: int = 0
    modes: tuple[bool, ...] = (False,)
    policy: Policy = field(default_factory=Policy)
    begun: tuple[Exchange, ...] = ()


class Permits(Protocol):
    """Says for every target how many requests may be under way."""

    def of(self, source: SourceSpec) -> Permit:
        """Return the permit that all sessions of this target share."""
        ...

    def limit(self, source: SourceSpec) -> int:
        """Return how many requests of this target may be under way now."""
        ...

    def close(self) -> None:
        """Let nothing be put again: the run is being stopped, and pauses need not be waited for."""
        ...


class Callers(Protocol):
    """Workers that call functions elsewhere."""

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of a module in a worker, async or not, and return what it returns.

        What goes there and back is pickled. Raises what the function raises, and UsageError when
        one worker after the other was lost at it.
        """
        ...


class Pool(Protocol):
    """Does jobs, as many at once as their source allows. It opens no file and knows no report."""

    def run(
        self, jobs: AsyncIterator[Job], permits: Permits, keep: Keep = keep_nothing
    ) -> AsyncGenerator[Batch]:
        """Give the events of every question as it ends, in no particular order of the jobs.

        Each batch begins with ``case-drawn`` and then holds what one question came to: all its
        exchanges, and its verdict. A job is taken only when somebody is free to do it, so whoever
        gives the jobs decides when to stop: the run ends when they do and all under way came back.
        When it is cancelled, what has come back by then is still given (an exchange without its
        verdict where a question was cut off) before CancelledError is raised.

        What a conversation was paid for is told to ``keep`` before it is gone on with.
        Raises ToolfuzzError when a source can't be opened.
        """
        ...
