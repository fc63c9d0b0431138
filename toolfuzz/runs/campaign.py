"""Every case to every target. Each target has its own place in the cases and its own pool run.

Only here is the journal written: what a pool gives goes into it first and is told afterwards.
"""

import asyncio
import math
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
    Set,
)
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from toolfuzz.analyze.load import Question
from toolfuzz.core.case import Case
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    TargetGivenUp,
    VerdictReached,
)
from toolfuzz.core.exchange import Exchange
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Job, Permits, Pool
from toolfuzz.pools.question import modes
from toolfuzz.runs.again import Put, answers_known, ask_again
from toolfuzz.runs.feed import CaseFeed, Feed
from toolfuzz.runs.lane import Lane
from toolfuzz.runs.purse import Purse, close_on
from toolfuzz.runs.record import Record
from toolfuzz.runs.server_faults import server_faults
from toolfuzz.sources.pacing import Pacers
from toolfuzz.sources.source import SourceSpec

__all__ = ["GIVE_UP_AFTER", "MOST_HANGS", "Campaign", "ask_all", "run_campaign"]

GIVE_UP_AFTER = 25
"""So many questions in a row without any judgeable answer, and a target is given up, unless it
still answers one that it answered before."""
MOST_HANGS = 8
"""Questions at which an engine's parser hangs, after which it is given up."""
# Cases drawn ahead of the fastest target.
DRAW_AHEAD = 128


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to run. ``tell`` sees every event after it was written; it must not block.

    ``answered`` holds what needn't be asked any more: (case id, target name, repeat); ``begun`` the
    exchanges of conversations that were cut off, from the first turn on. ``cases`` are those of all
    targets, or give each target its own, by its name. A target is given up after ``most_hangs``
    questions at which it hung; by default it isn't. ``purse`` says what all may cost; it stops the
    run when it is empty.
    """

    sources: Sequence[SourceSpec]
    cases: AsyncIterator[Case] | Callable[[str], Feed]
    record: Record
    repeat: int = 1
    policy: Policy = field(default_factory=Policy)
    tell: Callable[[Event], None] = lambda event: None
    answered: Set[tuple[str, str, int]] = frozenset()
    begun: Mapping[Question, tuple[Exchange, ...]] = field(default_factory=dict)
    pool: Pool = field(default_factory=LocalPool)
    permits: Permits = field(default_factory=Pacers)
    purse: Purse | None = None
    most_hangs: float = math.inf
    _kept: dict[int, Event] = field(default_factory=dict)
    _unwritten: list[OSError] = field(default_factory=list)
    _full: asyncio.Event = field(default_factory=asyncio.Event)

    async def affords(self, job: Job, *, wait: bool = True) -> bool:
        """Whether a question may be put, by what is left to spend (see ``Purse.reserve``)."""
        if self.purse is None:
            return True
        return await self.purse.reserve(job.source.target, job.case, len(job.modes), wait=wait)

    async def run(self, jobs: AsyncIterator[Job]) -> AsyncGenerator[tuple[Event, ...]]:
        """Put questions, give what each came to, and count what it cost."""
        targets = {source.target.name: source.target for source in self.sources}
        async with aclosing(self.pool.run(jobs, self.permits, self.keep)) as batches:
            async for events in batches:
                if self.purse is not None:
                    name, case = _asked(events)
                    self.purse.settle(targets[name], case, events)
                yield events

    def keep(self, events: Sequence[Event]) -> None:
        """Write what a conversation was paid for before it is gone on with."""
        try:
            self.write(events)
        except OSError as error:
            # Whoever leads the conversation, here or elsewhere, learns of it by being cancelled.
            self._unwritten.append(error)
            self._full.set()
            return
        # A case is known to the record, and workers tell of it anew each time.
        paid = (event for event in events if not isinstance(event, CaseDrawn))
        self._kept.update((id(event), event) for event in paid)

    async def cannot_be_written(self) -> None:
        """Wait until a turn of a conversation can't be written, and raise why (OSError)."""
        await self._full.wait()
        raise self._unwritten[0]

    def write_answer(self, events: Sequence[Event]) -> None:
        """Write what a question came to.

        Of a plain half that an earlier run judged, for its stream to be held to, the verdict stands
        there: it is told, and not written again.
        """
        if not any(isinstance(event, ExchangeRecorded) for event in events):
            for event in events:
                if isinstance(event, VerdictReached) and self.record.judged(event.verdict):
                    self.tell(event)
                    return
        self.write(events)

    def write(self, events: Iterable[Event]) -> None:
        """Put events into the journal that aren't there yet, then tell those that are new in it."""
        events = [event for event in events if self._kept.pop(id(event), None) is None]
        for event in self.record.append(events):
            self.tell(event)


def _asked(events: Sequence[Event]) -> tuple[str, Case]:
    """Return who was asked what: an exchange, a verdict or a skip names the target."""
    named = ""
    drawn: Case | None = None
    for event in events:
        match event:
            case CaseDrawn():
                drawn = event.case
            case ExchangeRecorded(exchange=exchange):
                named = exchange.target
            case VerdictReached(verdict=verdict):
                named = verdict.target
            case CaseSkipped(target=target):
                named = target or named
    assert named and drawn is not None, "a batch of no question"
    return named, drawn


async def run_campaign(campaign: Campaign, *, stop: asyncio.Event | None = None) -> RunFinished:
    """Run to the end, or until ``stop`` is set: then questions under way still finish.

    Returns the event that closes the journal; its reason is ``done``, ``interrupted``, ``budget``
    when all was spent that may be or, when every target was given up after too many unjudged
    answers in a row, ``endpoint``.
    """
    stop = stop or asyncio.Event()
    given_up = await ask_all(campaign, stop=stop)
    reason = "endpoint" if len(given_up) == len(campaign.sources) else "done"
    if stop.is_set():
        reason = "budget" if campaign.purse and campaign.purse.spent_out else "interrupted"
    finished = RunFinished(time.time(), reason)
    campaign.write([finished])
    return finished


async def ask_all(campaign: Campaign, *, stop: asyncio.Event) -> tuple[TargetGivenUp, ...]:
    """Ask everything without closing the journal; return the targets that were given up.

    Cancelled anywhere, what had been answered by then is in the journal.
    """
    feed_of, draw = _feeds(campaign)
    lanes = [Lane(source, feed_of(source.target.name)) for source in campaign.sources]
    drawing = asyncio.create_task(draw)
    stopping = asyncio.create_task(close_on(stop, campaign.permits))
    try:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(campaign.cannot_be_written())
            asking = [group.create_task(_ask(lane, campaign, stop)) for lane in lanes]
            await asyncio.wait(asking)
            watching.cancel()
    except BaseExceptionGroup as failed:
        # A target that can't be started is the user's to know of, in one line.
        ours = failed.subgroup(ToolfuzzError)
        if ours is None:
            raise
        raise ours.exceptions[0] from None
    finally:
        drawing.cancel()
        stopping.cancel()
        await asyncio.wait([drawing, stopping])
    if not drawing.cancelled() and (failure := drawing.exception()):
        raise failure
    for lane in lanes:
        if not (lane.given_up or stop.is_set()):
            await _again(lane.source, campaign, stop)
    run = campaign.record.run(keep_exchanges=True)
    campaign.write(server_faults(run, campaign.policy))
    return tuple(lane.given_up for lane in lanes if lane.given_up and not lane.given_up.hung)


def _feeds(campaign: Campaign) -> tuple[Callable[[str], Feed], Coroutine[Any, Any, None]]:
    """Return where each target's cases come from, and what draws those of all."""
    if not isinstance(campaign.cases, AsyncIterator):
        return campaign.cases, asyncio.sleep(0)
    shared = CaseFeed(campaign.cases, ahead=DRAW_AHEAD, targets=len(campaign.sources))
    return (lambda _: shared), shared.fill()


async def _again(source: SourceSpec, campaign: Campaign, stop: asyncio.Event) -> None:
    run = campaign.record.run(keep_exchanges=True)
    await ask_again(source, run, campaign.policy, _put(campaign, stop), campaign.write)


async def _still_answers(source: SourceSpec, campaign: Campaign, stop: asyncio.Event) -> bool:
    """Whether a target that fails at one question after the other answers one that it knows.

    Then it is these questions that it fails at, and the rest is still worth asking. It is asked
    between two answers of its own, which wait for us: a budget that they hold isn't waited for.
    """
    run, put = campaign.record.run(), _put(campaign, stop, wait=False)
    try:
        return await answers_known(source, run, campaign.policy, put, campaign.write)
    except asyncio.CancelledError:
        # Others were answered meanwhile: whoever waits for that gets it when cancelled.
        if task := asyncio.current_task():
            task.cancel()
        return True


def _put(campaign: Campaign, stop: asyncio.Event, *, wait: bool = True) -> Put:
    async def until_stopped(jobs: Sequence[Job]) -> AsyncGenerator[Job]:
        for job in jobs:
            if stop.is_set() or not await campaign.affords(job, wait=wait):
                return
            yield job

    def put(jobs: Sequence[Job]) -> AsyncGenerator[tuple[Event, ...]]:
        return campaign.run(until_stopped(jobs))

    return put


async def _ask(lane: Lane, campaign: Campaign, stop: asyncio.Event) -> None:
    async with (
        aclosing(_jobs(lane, campaign, stop)) as jobs,
        aclosing(campaign.run(jobs)) as batches,
    ):
        try:
            async for events in batches:
                campaign.write_answer(events)
                lane.note(events)
                if lane.hangs >= campaign.most_hangs and not lane.given_up:
                    lane.stop_hanging()
                if lane.in_a_row < GIVE_UP_AFTER or lane.given_up:
                    continue
                if await _still_answers(lane.source, campaign, stop):
                    lane.in_a_row = 0
                else:
                    lane.give_up()
        finally:
            # After its last answers, so that a judged answer behind it means: asked again.
            if lane.given_up:
                campaign.write([lane.given_up])


async def _jobs(lane: Lane, campaign: Campaign, stop: asyncio.Event) -> AsyncGenerator[Job]:
    target = lane.source.target
    position = 0
    while (case := await lane.feed.get(position)) is not None:
        for repeat in range(campaign.repeat):
            if (case.id, target.name, repeat) not in campaign.answered:
                if stop.is_set() or lane.given_up:
                    return
                asked = modes(target)
                begun = tuple(
                    exchange
                    for stream in asked
                    for exchange in campaign.begun.get((case.id, target.name, repeat, stream), ())
                )
                job = Job(lane.source, case, repeat, asked, campaign.policy, begun)
                if not await campaign.affords(job):
                    return
                yield job
        position += 1
