"""Every case to every target: workers ask, one dispatcher writes the journal and then tells."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from toolfuzz.core.case import Case
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.core.events import CaseDrawn, Event, RunFinished, TargetGivenUp, VerdictReached
from toolfuzz.core.reply import Reply
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.asker import Asker, Participant
from toolfuzz.runs.feed import CaseFeed
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.question import modes, put_question

__all__ = ["Campaign", "ask_all", "run_campaign"]

# So many questions in a row without any judgeable answer, and a target is given up.
GIVE_UP_AFTER = 25
# Cases drawn ahead of the fastest target.
DRAW_AHEAD = 128


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to run. ``tell`` sees every event after it was written; it must not block.

    ``answered`` holds what needn't be asked any more: (case id, target name, repeat).
    """

    participants: Sequence[Participant]
    cases: AsyncIterator[Case]
    repeat: int = 1
    policy: Policy = field(default_factory=Policy)
    tell: Callable[[Event], None] = lambda event: None
    answered: Set[tuple[str, str, int]] = frozenset()


@dataclass(slots=True)
class _Lane:
    """One target's place in the feed."""

    participant: Participant
    position: int = 0
    in_a_row: int = 0
    given_up: bool = False

    def note(self, events: Sequence[Event]) -> Iterator[TargetGivenUp]:
        """Count what could not be judged; give the event when that makes the target given up."""
        for event in events:
            if isinstance(event, VerdictReached):
                broken = event.verdict.status == "unjudged"
                self.in_a_row = self.in_a_row + 1 if broken else 0
                if self.in_a_row >= GIVE_UP_AFTER and not self.given_up:
                    self.given_up = True
                    name, reason = event.verdict.target, event.verdict.reason or "unknown"
                    yield TargetGivenUp(name, reason, self.in_a_row)


async def run_campaign(
    campaign: Campaign, journal: Journal, *, stop: asyncio.Event | None = None
) -> RunFinished:
    """Run to the end, or until ``stop`` is set: then questions under way still finish.

    Returns the event that closes the journal; its reason is ``done``, ``interrupted`` or, when
    every target was given up after too many unjudged answers in a row, ``endpoint``.
    """
    stop = stop or asyncio.Event()
    given_up = await ask_all(campaign, journal, stop=stop)
    reason = "endpoint" if len(given_up) == len(campaign.participants) else "done"
    finished = RunFinished(time.time(), "interrupted" if stop.is_set() else reason)
    journal.append([finished])
    campaign.tell(finished)
    return finished


async def ask_all(campaign: Campaign, journal: Journal, *, stop: asyncio.Event) -> tuple[str, ...]:
    """Ask everything without closing the journal; return the names of targets given up."""
    feed = CaseFeed(campaign.cases, ahead=DRAW_AHEAD)
    queue: asyncio.Queue[Sequence[Event] | None] = asyncio.Queue(maxsize=256)
    lanes = [_Lane(p) for p in campaign.participants]
    try:
        async with asyncio.TaskGroup() as group:
            drawing = group.create_task(feed.fill())
            writing = group.create_task(_dispatch(queue, journal, campaign.tell))
            workers = [
                group.create_task(_work(lane, campaign, feed, queue, stop))
                for lane in lanes
                for _ in range(lane.participant.concurrency)
            ]
            await asyncio.gather(*workers)
            drawing.cancel()
            await queue.put(None)
            await writing
    except BaseExceptionGroup as failed:
        # A target that can't be started is the user's to know of, in one line.
        ours = failed.subgroup(ToolfuzzError)
        if ours is None:
            raise
        raise ours.exceptions[0] from None
    return tuple(lane.participant.target.name for lane in lanes if lane.given_up)


async def _work(
    lane: _Lane,
    campaign: Campaign,
    feed: CaseFeed,
    queue: asyncio.Queue[Sequence[Event] | None],
    stop: asyncio.Event,
) -> None:
    async with lane.participant.open() as asker:
        while not (stop.is_set() or lane.given_up):
            position, lane.position = lane.position, lane.position + 1
            case = await feed.get(position // campaign.repeat)
            if case is None:
                return
            repeat = position % campaign.repeat
            if (case.id, lane.participant.target.name, repeat) in campaign.answered:
                continue
            await _ask_all_modes(lane, campaign, asker, case, repeat, queue)


async def _ask_all_modes(
    lane: _Lane,
    campaign: Campaign,
    asker: Asker,
    case: Case,
    repeat: int,
    queue: asyncio.Queue[Sequence[Event] | None],
) -> None:
    target = lane.participant.target
    twin: Reply | None = None
    for stream in modes(target):
        outcome = await put_question(
            asker,
            lane.participant.format,
            target,
            case,
            repeat=repeat,
            stream=stream,
            policy=campaign.policy,
            twin=twin,
        )
        await queue.put((CaseDrawn(case), *outcome.events, *lane.note(outcome.events)))
        twin = outcome.reply


async def _dispatch(
    queue: asyncio.Queue[Sequence[Event] | None],
    journal: Journal,
    tell: Callable[[Event], None],
) -> None:
    known: set[str] = set()
    while (batch := await queue.get()) is not None:
        events = [e for e in batch if not (isinstance(e, CaseDrawn) and e.case.id in known)]
        known.update(e.case.id for e in events if isinstance(e, CaseDrawn))
        journal.append(events)
        for event in events:
            tell(event)
