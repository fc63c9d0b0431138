"""Doing jobs in this process, at sessions that are kept from one job to the next."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from toolfuzz.core.events import CaseDrawn, Event
from toolfuzz.core.reply import Reply
from toolfuzz.pools.chance import ask_again, in_doubt, requests_again
from toolfuzz.pools.pool import Give, Job, Keep, keep_nothing
from toolfuzz.pools.question import put_question
from toolfuzz.sources.source import Permit, Session, SourceSpec

__all__ = ["Doer"]


class Doer:
    """Does jobs side by side, each at a session of its own (an async context manager)."""

    def __init__(self, permit_of: Callable[[SourceSpec], Permit]) -> None:
        self._permit_of = permit_of
        self._open = AsyncExitStack()
        self._idle: list[tuple[SourceSpec, list[Session]]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    async def do(self, job: Job, give: Give, keep: Keep = keep_nothing) -> None:
        """Ask in all modes; cancelled, give what was paid for. Raises what opening does."""
        permit, idle = self._permit_of(job.source), self._idle_at(job.source)
        if not idle:
            idle.append(await self._open.enter_async_context(job.source.open(permit)))
        session = idle.pop()
        await _do(job, session, permit, give, keep)
        # After an error or a cancellation it may be in the middle of something.
        idle.append(session)

    def _idle_at(self, source: SourceSpec) -> list[Session]:
        for other, sessions in self._idle:
            if other == source:
                return sessions
        self._idle.append((source, []))
        return self._idle[-1][1]


async def _do(job: Job, session: Session, permit: Permit, give: Give, keep: Keep) -> None:
    plain: tuple[Reply, ...] = ()
    for stream in job.modes:
        events: list[Event] = [CaseDrawn(job.case)]
        kept = _Kept(events, keep)
        try:
            outcome = await put_question(
                session,
                job.source,
                job.case,
                events.append,
                repeat=job.repeat,
                stream=stream,
                policy=job.policy,
                counterpart=plain,
                again=(),
                begun=[e for e in job.begun if e.stream == stream],
                going_on=kept.all_so_far,
            )
            if in_doubt(session, plain, outcome):
                costs = requests_again(len(job.case.turns))
                if await permit.again(job.source.target.name, costs):
                    await ask_again(session, job, plain, events, kept.told)
        finally:
            # Given before anything is awaited: a cancelled job loses nothing.
            if len(events) > 1:
                give(tuple(events))
        plain = outcome.replies


class _Kept:
    """Tells what a question was paid for so far, each event once; ``told`` of them were."""

    def __init__(self, events: Sequence[Event], keep: Keep) -> None:
        self._events = events
        self._keep = keep
        self.told = 1

    def all_so_far(self) -> None:
        drawn, new = self._events[0], self._events[self.told :]
        if new:
            self.told += len(new)
            self._keep((drawn, *new))
