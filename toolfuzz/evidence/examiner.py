"""Asks one target about one failure, again and again, within a budget, keeping every byte."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from toolfuzz.core.case import Case
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.reply import Reply
from toolfuzz.core.talk import at_last_turn
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
)
from toolfuzz.judge.defects.request_refused import refused_beside
from toolfuzz.judge.defects.server_error import failed_beside, was_answered
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.pool import Permits
from toolfuzz.pools.question import Outcome, put_question
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.purse import Purse
from toolfuzz.sources.pacing import Pacers
from toolfuzz.sources.source import Session, SourceSpec

__all__ = ["Budget", "Examiner", "Symptom", "open_examiner"]


@dataclass(frozen=True, slots=True)
class Symptom:
    """The failure under study: the same defect at a place of the same schema shape."""

    slug: str
    shape: str

    @classmethod
    def of(cls, finding: Finding) -> "Symptom":
        """Return what identifies a finding."""
        return cls(finding.slug, finding.shape)

    def in_(self, verdict: Verdict) -> bool:
        """Whether a verdict shows this failure."""
        return any(f.slug == self.slug and f.shape == self.shape for f in verdict.findings)


@dataclass(slots=True)
class Budget:
    """What may be asked about one failure, within what the command may spend.

    Of ``askings`` those count as well that the journal answers, so that a study ends where it
    would have ended in one go. ``asked`` counts them.
    """

    askings: int = 500
    purse: Purse | None = None
    permits: Permits = field(default_factory=Pacers)
    asked: int = 0

    @property
    def spent_out(self) -> str:
        """Which limit of the command was reached, once one was."""
        return self.purse.spent_out if self.purse else ""

    def anew(self) -> "Budget":
        """Return as many askings for the next failure, of which none is made."""
        return replace(self, asked=0)

    def take(self, askings: int = 1) -> None:
        """Count so many; raises BudgetSpentError where those are too many."""
        if self.asked + askings > self.askings:
            raise BudgetSpentError(f"--askings {self.askings}: all are made")
        self.asked += askings

    async def affords(self, target: Target, case: Case, *, wait: bool = True) -> bool:
        """Whether a case may be asked, by what the command may spend; ``paid`` must follow."""
        return self.purse is None or await self.purse.reserve(target, case, wait=wait)

    def paid(self, target: Target, case: Case, events: Sequence[Event]) -> None:
        """Count what asking it came to."""
        if self.purse is not None:
            self.purse.settle(target, case, events)


class Examiner:
    """Puts cases to one target in one stream mode; make it with ``open_examiner``.

    Answers that the journal already holds are taken from there first, each once and in order,
    so that an interrupted study goes on where it stood. ``answered`` is a case that the target is
    known to answer: it is asked after each question that the server failed or refused, and where it
    is answered, that is the question's failure. ``rehearsed``: of a conversation only the last turn
    is asked, after right answers to those before that the target didn't give; of a recorded one
    it always is.
    """

    def __init__(
        self,
        source: SourceSpec,
        sessions: Iterable[Session],
        *,
        stream: bool,
        budget: Budget,
        journal: Journal | None = None,
        earlier: Iterable[Event] = (),
        policy: Policy | None = None,
        paired: bool = False,
        answered: Case | None = None,
        rehearsed: bool = False,
    ) -> None:
        self.source = source
        self.stream = stream
        self.budget = budget
        self._journal = journal
        self._policy = policy or Policy()
        self._paired = paired
        self._answered = answered
        self._rehearsed = rehearsed
        self._free: asyncio.Queue[Session] = asyncio.Queue()
        for session in sessions:
            self._free.put_nowait(session)
        self._repeats: dict[str, int] = defaultdict(int)
        self._earlier: dict[str, deque[Verdict]] = defaultdict(deque)
        self._known: set[str] = set()
        for event in earlier:
            if isinstance(event, VerdictReached):
                if event.verdict.stream == stream:
                    self._earlier[event.verdict.case_id].append(event.verdict)
            elif isinstance(event, CaseDrawn):
                self._known.add(event.case.id)

    async def ask(self, case: Case) -> Verdict | None:
        """Ask once; None when the target can't be asked this. Raises BudgetSpentError."""
        self.budget.take(2 if self._paired else 1)
        repeat = self._repeats[case.id]
        self._repeats[case.id] += 1
        if self._earlier[case.id]:
            return self._earlier[case.id].popleft()
        session = await self._free.get()
        try:
            plain = await self._put(session, case, repeat, stream=False) if self._paired else None
            outcome = await self._put(
                session,
                case,
                repeat,
                stream=self.stream,
                counterpart=plain.replies if plain else (),
            )
        finally:
            self._free.put_nowait(session)
        return outcome.verdict

    async def _put(
        self,
        session: Session,
        case: Case,
        repeat: int,
        *,
        stream: bool,
        counterpart: Sequence[Reply] = (),
    ) -> Outcome:
        target = self.source.target
        if not await self.budget.affords(target, case):
            raise BudgetSpentError(self.budget.spent_out)
        events: list[Event] = [] if case.id in self._known else [CaseDrawn(case)]
        self._known.add(case.id)
        try:
            outcome = await put_question(
                session,
                self.source,
                case,
                events.append,
                repeat=repeat,
                stream=stream,
                policy=self._policy,
                counterpart=counterpart,
                talk=at_last_turn(case) if self._rehearsed or case.is_recorded else None,
            )
            if outcome.verdict is not None and outcome.verdict.status == "unjudged":
                outcome = replace(outcome, verdict=await self._told(session, outcome, events))
        finally:
            self.budget.paid(target, case, events)
            if self._journal is not None:
                self._journal.append(events)
        return outcome

    async def _told(self, session: Session, outcome: Outcome, events: list[Event]) -> Verdict:
        """Return the verdict on a question that wasn't judged, and put it into the events."""
        verdict = outcome.verdict
        assert verdict is not None
        lost = [e.exchange for e in events if isinstance(e, ExchangeRecorded)][-1]
        words = verdict.reason or "no answer"
        found = failed_beside(lost, words) or refused_beside(lost, words)
        if self._answered is None or found is None or not await self._is_well(session):
            return verdict
        told = replace(verdict, status="fail", findings=(found,), reason=None)
        events[:] = [VerdictReached(told) if isinstance(e, VerdictReached) else e for e in events]
        return told

    async def _is_well(self, session: Session) -> bool:
        """Whether the case is answered that the target is known to answer.

        It is no part of the study, so its exchanges are kept without a verdict.
        """
        case, target = self._answered, self.source.target
        assert case is not None
        self.budget.take()
        # What asks holds a part of the budget itself, so that isn't waited for.
        if not await self.budget.affords(target, case, wait=False):
            return False
        events: list[Event] = [] if case.id in self._known else [CaseDrawn(case)]
        self._known.add(case.id)
        try:
            await put_question(
                session, self.source, case, events.append,
                repeat=0, stream=self.stream, policy=self._policy,
            )  # fmt: skip
        finally:
            self.budget.paid(target, case, events)
        if self._journal is not None:
            self._journal.append(e for e in events if not isinstance(e, VerdictReached))
        exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
        return bool(exchanges) and all(map(was_answered, exchanges))

    async def fails(self, case: Case, symptom: Symptom) -> bool | None:
        """Ask once whether the case shows the failure; None when nothing could be judged."""
        verdict = await self._judged(case)
        return None if verdict is None else symptom.in_(verdict)

    async def passes(self, case: Case) -> bool | None:
        """Ask once whether nothing is wrong with the answer; None when it could not be judged."""
        verdict = await self._judged(case)
        return None if verdict is None else verdict.status == "pass"

    async def _judged(self, case: Case) -> Verdict | None:
        verdict = await self.ask(case)
        return None if verdict is None or verdict.status == "unjudged" else verdict


@asynccontextmanager
async def open_examiner(
    source: SourceSpec,
    *,
    stream: bool,
    budget: Budget,
    journal: Journal | None = None,
    earlier: Iterable[Event] = (),
    policy: Policy | None = None,
    slots: int = 16,
    paired: bool = False,
    answered: Case | None = None,
    rehearsed: bool = False,
) -> AsyncIterator[Examiner]:
    """Open as many conversations as may be under way at once, and an examiner over them.

    ``paired``: each question is first asked plain, as the counterpart of the streamed reply.
    """
    async with AsyncExitStack() as stack:
        count = max(1, min(slots, source.pace.most))
        permit = budget.permits.of(source)
        sessions = [await stack.enter_async_context(source.open(permit)) for _ in range(count)]
        yield Examiner(
            source,
            sessions,
            stream=stream,
            budget=budget,
            journal=journal,
            earlier=earlier,
            policy=policy,
            paired=paired,
            answered=answered,
            rehearsed=rehearsed,
        )
