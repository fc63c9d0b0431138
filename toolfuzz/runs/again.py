"""Questions that the server failed at, asked once more: was it the question or the moment?"""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import chain

from toolfuzz.analyze.load import RunData, question
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.verdict import Verdict
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defects.server_error import was_answered
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.pool import Job
from toolfuzz.runs.server_faults import lost_questions
from toolfuzz.sources.source import SourceSpec

__all__ = ["Put", "answers_known", "ask_again"]

Put = Callable[[Sequence[Job]], AsyncGenerator[tuple[Event, ...]]]
"""Puts questions and gives what each came to."""


async def ask_again(
    source: SourceSpec,
    run: RunData,
    policy: Policy,
    put: Put,
    write: Callable[[Iterable[Event]], None],
) -> None:
    """Ask each lost question of a target once more, between two that it has answered before.

    Those two show that the server is well. Where the first isn't answered nothing more is asked: it
    is down.
    """
    lost = lost_questions(run, source.target.name)
    if not lost or not await answers_known(source, run, policy, put, write):
        return
    async with aclosing(put([_job(source, run, v, policy) for v in lost])) as batches:
        async for events in batches:
            write(_with_the_first(event, run) for event in events)
    await answers_known(source, run, policy, put, write)


async def answers_known(
    source: SourceSpec,
    run: RunData,
    policy: Policy,
    put: Put,
    write: Callable[[Iterable[Event]], None],
) -> bool:
    """Ask a target the last question that it answered at once, a right one if there is one.

    Return whether it does again; False where there is none. Only the exchange is kept: it was
    judged when it was asked.
    """
    latest = run.of(source.target.name).judged[::-1].light()
    at_once = filter(_at_once, latest)
    first = next(at_once, None)
    if first is None:
        return False
    # A small model may get nothing right, and its server is well all the same.
    well = next((v for v in chain([first], at_once) if v.status == "pass"), first)
    return await _answers(_job(source, run, well, policy), put, write)


def _at_once(verdict: Verdict) -> bool:
    """Whether a reply was judged, and not its absence, and came at the first attempt."""
    known = [defects().get(finding.slug) for finding in verdict.findings]
    return not verdict.metrics.faults and not any(one and one.by_run for one in known)


def _job(source: SourceSpec, run: RunData, verdict: Verdict, policy: Policy) -> Job:
    case = run.cases[verdict.case_id]
    return Job(source, case, verdict.repeat, (verdict.stream,), policy)


async def _answers(known: Job, put: Put, write: Callable[[Iterable[Event]], None]) -> bool:
    answered = False
    async with aclosing(put([known])) as batches:
        async for events in batches:
            exchanges = [e for e in events if isinstance(e, ExchangeRecorded)]
            write(exchanges)
            answered = all(was_answered(event.exchange) for event in exchanges)
    return answered


def _with_the_first(event: Event, run: RunData) -> Event:
    """Count the attempts of the first asking, which all failed, in the verdict on the second."""
    if not isinstance(event, VerdictReached):
        return event
    before = len(run.exchanges[question(event.verdict)][-1].attempts)
    metrics = event.verdict.metrics
    faults = None if metrics.faults is None else metrics.faults + before
    metrics = replace(metrics, attempts=metrics.attempts + before, faults=faults)
    return VerdictReached(replace(event.verdict, metrics=metrics))
