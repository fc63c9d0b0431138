"""Asking for ``toolfuzz check``: both sides the same cases, until the rule has decided.

All answers are journalled before the rule sees them: the first ones in one record, those to the
cases that were asked again in another, so that the first stays a fair sample. A check that was
cut off goes on from both.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from toolfuzz.analyze.check import AskCases, CheckDecision, CheckRule, Reask, decide
from toolfuzz.analyze.confirm import Fresh
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.paired import CallPair, CallResult, Question, pair_up
from toolfuzz.core.case import Case
from toolfuzz.core.errors import EndpointError
from toolfuzz.core.events import Event, VerdictReached
from toolfuzz.core.verdict import Verdict
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Permits, Pool
from toolfuzz.runs.campaign import Campaign, ask_all
from toolfuzz.runs.purse import Purse
from toolfuzz.runs.record import Record
from toolfuzz.sources.pacing import Pacers
from toolfuzz.sources.source import SourceSpec

__all__ = ["PairedCheck", "check_pairs"]

# Asked four times each, so many lost cases stay below what gives a target up.
_LOST_IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class PairedCheck:
    """What to check. The two targets must have different names.

    ``baseline`` is None when it can't be asked; then ``stored`` holds all there is of it: the
    verdicts of an earlier run by case id, already under ``baseline_name``.
    """

    candidate: SourceSpec
    baseline: SourceSpec | None
    baseline_name: str
    cases: AsyncIterator[Case]
    stored: Mapping[str, Sequence[Verdict]] = field(default_factory=dict)
    rule: CheckRule = field(default_factory=CheckRule)
    policy: Policy = field(default_factory=Policy)
    tell: Callable[[Event], None] = lambda event: None
    pool: Pool = field(default_factory=LocalPool)
    permits: Permits = field(default_factory=Pacers)
    purse: Purse | None = None


async def check_pairs(
    check: PairedCheck, first: Record, again: Callable[[], Record], *, stop: asyncio.Event
) -> CheckDecision | None:
    """Ask until the rule has decided; None when ``stop`` was set before.

    ``again`` opens the second record when it is needed. Raises EndpointError when a side gave no
    judgeable answer so often that it was given up.
    """
    exhausted = False
    fresh: dict[Question, Fresh] = {}
    while not stop.is_set():
        pairs = _pairs(check, first)
        step = decide(
            pairs,
            fresh,
            check.rule,
            exhausted=exhausted,
            can_reask=check.baseline is not None,
            unseen=_unseen(check, first),
        )
        match step:
            case AskCases(wanted):
                judged = {pair.case_id for pair in pairs}
                batch = await _take(check.cases, wanted - len(judged))
                exhausted = not batch
                await _ask_first(check, batch, first, stop)
            case Reask(case_ids, times):
                record = again()
                await _ask(check, _to_reask(first.run(), pairs, case_ids), record, stop, times)
                fresh |= {q: _fresh(check, record.run(), q) for q in _questions(case_ids)}
            case _:
                return step
    return None


async def _ask_first(
    check: PairedCheck, batch: Sequence[Case], first: Record, stop: asyncio.Event
) -> None:
    known = {(case.id, check.baseline_name, 0) for case in batch if case.id in check.stored}
    await _ask(check, batch, first, stop, 1, frozenset(known))
    there = {(v.case_id, v.stream) for v in first.run().of(check.baseline_name).light()}
    drawn = first.run().cases
    copied = [
        VerdictReached(verdict)
        for case in batch
        for verdict in check.stored.get(case.id, ())
        if case.id in drawn and (verdict.case_id, verdict.stream) not in there
    ]
    for event in first.append(copied):
        check.tell(event)


async def _ask(
    check: PairedCheck,
    cases: Sequence[Case],
    record: Record,
    stop: asyncio.Event,
    times: int,
    known: frozenset[tuple[str, str, int]] = frozenset(),
) -> None:
    asked = [p for p in (check.candidate, check.baseline) if p is not None]
    # When a check is resumed, what went wrong on the way is asked again.
    known |= record.answered()
    campaign = Campaign(
        asked,
        _each(cases),
        record,
        times,
        check.policy,
        check.tell,
        known,
        record.begun,
        check.pool,
        permits=check.permits,
        purse=check.purse,
    )
    given_up = await ask_all(campaign, stop=stop)
    if given_up:
        names = ", ".join(event.target for event in given_up)
        raise EndpointError(
            f"no judgeable answer from {names}: {given_up[0].reason}",
            f"the answers are kept in {record.journal.path}; --resume goes on from there",
        )


def _to_reask(run: RunData, pairs: Sequence[CallPair], case_ids: Sequence[str]) -> list[Case]:
    """Return the cases to be asked again; among lost ones some that both sides are known to answer.

    What only a run can tell takes other answers, and a side that gives none would be given up.
    """
    wanted = set(case_ids)
    shown = {
        slug
        for pair in pairs
        if pair.case_id in wanted
        for slug in pair.baseline.defects | pair.candidate.defects
    }
    known: Iterator[str] = iter(())
    if any(defects()[slug].shows_in == "run" for slug in shown if slug in defects()):
        right = [p.case_id for p in pairs if p.baseline.passed and p.candidate.passed]
        known = iter(dict.fromkeys(c for c in right if c not in wanted))
    asked: list[str] = []
    for place, case_id in enumerate(case_ids):
        if place % _LOST_IN_A_ROW == 0:
            asked += islice(known, 1)
        asked.append(case_id)
    return [run.cases[case_id] for case_id in (*asked, *islice(known, 1))]


def _pairs(check: PairedCheck, first: Record) -> list[CallPair]:
    run = first.run()
    return pair_up(run, check.baseline_name, run, check.candidate.target.name)


def _unseen(check: PairedCheck, first: Record) -> list[CallPair]:
    """Return the calls that the baseline passed and the candidate's side couldn't be judged on."""
    run = first.run()
    passed = {
        (v.case_id, v.repeat, v.stream)
        for v in run.of(check.baseline_name).light()
        if v.status == "pass"
    }
    return [
        CallPair(v.case_id, CallResult(True), CallResult(False), v.stream, run.cluster(v))
        for v in run.of(check.candidate.target.name).unjudged.light()
        if (v.case_id, v.repeat, v.stream) in passed
    ]


def _questions(case_ids: Sequence[str]) -> Iterator[Question]:
    return ((case_id, stream) for case_id in case_ids for stream in (False, True))


def _fresh(check: PairedCheck, run: RunData, asked: Question) -> Fresh:
    baseline, candidate = (
        tuple(
            CallResult.of(v)
            for v in sorted(run.of(name).judged.light(), key=lambda v: v.repeat)
            if (v.case_id, v.stream) == asked
        )
        for name in (check.baseline_name, check.candidate.target.name)
    )
    return Fresh(baseline, candidate)


async def _take(cases: AsyncIterator[Case], count: int) -> list[Case]:
    taken: list[Case] = []
    while len(taken) < count:
        case = await anext(cases, None)
        if case is None:
            break
        taken.append(case)
    return taken


async def _each(cases: Sequence[Case]) -> AsyncIterator[Case]:
    for case in cases:
        yield case
