"""Asking for ``toolfuzz check --accept --reject``: one model, until the test has decided."""

import asyncio
from collections.abc import AsyncIterator, Callable

from toolfuzz.analyze.sequential import SequentialDecision, SequentialTest
from toolfuzz.core.case import Case
from toolfuzz.core.errors import EndpointError
from toolfuzz.core.events import Event, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Pool
from toolfuzz.runs.campaign import Campaign, ask_all
from toolfuzz.runs.purse import Purse, permits_within
from toolfuzz.runs.record import Record
from toolfuzz.sources.source import SourceSpec

__all__ = ["accept_or_reject"]


async def accept_or_reject(
    source: SourceSpec,
    cases: AsyncIterator[Case],
    test: SequentialTest,
    record: Record,
    policy: Policy,
    *,
    stop: asyncio.Event,
    tell: Callable[[Event], None] = lambda event: None,
    pool: Pool | None = None,
    purse: Purse | None = None,
) -> SequentialDecision | None:
    """Ask until the test has decided; None when the cases ran out or ``stop`` was set.

    What could not be judged is no failure and no pass: a model is accepted only when it would be
    so had all of that failed, and rejected only when it would be so had all of it passed.
    Answers count in the order of the cases, not of their arrival: slow answers are no fair
    sample. Questions under way when the decision falls are journalled and not looked at.
    Raises EndpointError when the target was given up.
    """
    drawn: list[str] = []
    decided = asyncio.Event()

    async def noted() -> AsyncIterator[Case]:
        async for case in cases:
            drawn.append(case.id)
            yield case

    def take(event: Event) -> None:
        tell(event)
        if isinstance(event, VerdictReached) and (decision() or stop.is_set()):
            decided.set()

    def decision() -> SequentialDecision | None:
        return _decision(drawn, record, source.target, test)

    if stop.is_set():
        decided.set()
    campaign = Campaign(
        [source],
        noted(),
        record,
        policy=policy,
        tell=take,
        answered=record.answered(),
        begun=record.begun,
        pool=pool or LocalPool(),
        permits=permits_within(purse),
        purse=purse,
    )
    given_up = await ask_all(campaign, stop=decided)
    reached = decision()
    if reached is None and given_up:
        raise EndpointError(
            f"no judgeable answer from {given_up[0].target}: {given_up[0].reason}",
            f"the answers are kept in {record.journal.path}",
        )
    return reached


def _decision(
    drawn: list[str], record: Record, target: Target, test: SequentialTest
) -> SequentialDecision | None:
    skipped = record.skipped
    seen: list[bool] = []
    worst: list[bool] = []
    best: list[bool] = []
    for case_id in drawn:
        if case_id in skipped:
            continue
        status = record.status(case_id, target)
        if status is None:
            break
        if status != "unjudged":
            seen.append(status == "pass")
        worst.append(status == "pass")
        best.append(status != "fail")
    decision = test.decide(seen)
    if decision is None:
        return None
    sure = test.decide(worst if decision.outcome == "ACCEPT" else best)
    return decision if sure and sure.outcome == decision.outcome else None
