"""Minimizing the failures of a run, each in a folder of its own beside the run's journal."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION, case_to_json
from toolfuzz.core.events import RunStarted
from toolfuzz.core.nature import nature_of
from toolfuzz.evidence.examiner import Budget, Examiner, open_examiner
from toolfuzz.evidence.failures import Failure, needs_both
from toolfuzz.evidence.kept import RESULT_NAME
from toolfuzz.evidence.minimize import Minimized, Report, minimize
from toolfuzz.judge.defects.parser_hangs import DEFECT as HANGS
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.journal import Journal, has_journal
from toolfuzz.runs.packing import unpack
from toolfuzz.runs.reading import read_journal
from toolfuzz.sources.engine import MARGIN, EngineSource, with_margin
from toolfuzz.sources.source import SourceSpec

__all__ = ["open_study", "study_failure", "study_to_json"]

_TOO_NEAR = f"what hangs is made smaller where it takes {MARGIN} times the limit; this takes less"


async def study_failure(
    failure: Failure,
    source: SourceSpec,
    folder: Path,
    budget: Budget,
    *,
    started: float,
    policy: Policy | None = None,
    slots: int = 16,
    report: Report = lambda standing: None,
) -> Minimized:
    """Minimize one failure, going on where an earlier study in the folder stood.

    Every exchange goes into the folder's own journal before it counts; ``minimized.json`` is
    written at the end, whole or not at all. What hangs must hang with a margin: made smaller until
    it takes just the limit, it would not on the next machine.
    """
    stream, hangs = failure.streams[0], failure.symptom.slug == HANGS.slug
    opened = open_study(
        await _barest(with_margin(source) if hangs else source, failure, policy),
        folder,
        stream=stream,
        budget=budget,
        started=started,
        policy=policy,
        slots=slots,
        paired=needs_both(failure.symptom.slug),
        answered=failure.answered,
    )
    async with opened as examiner:

        async def fails(case: Case) -> bool | None:
            return await examiner.fails(case, failure.symptom)

        # Of what hangs, the smallest case may hang too little to be made smaller.
        for case in (failure.case, *(failure.siblings if hangs else ())):
            result = await minimize(
                case,
                fails,
                passes=examiner.passes,
                siblings=failure.siblings,
                controlled=not failure.needs_answer,
                slots=slots,
                deterministic=nature_of(source.target).deterministic,
                report=report,
            )
            if result.confirmed:
                break
    if hangs and not result.confirmed:
        result = dataclasses.replace(result, reason=_TOO_NEAR)
    write_json(folder / RESULT_NAME, study_to_json(failure, result, stream=stream))
    return result


async def _barest(source: SourceSpec, failure: Failure, policy: Policy | None) -> SourceSpec:
    """Return an engine whose texts hold calls alone, where that shows the failure; others as is.

    What stands around the calls changes with the case, and with it whether the failure comes. The
    text of a turn that was followed by another came to its end, and does as the last one, too.
    """
    if not isinstance(source, EngineSource):
        return source
    bare, symptom = dataclasses.replace(source, bare=True), failure.symptom
    asking = open_examiner(
        bare,
        stream=failure.streams[0],
        budget=Budget(),
        policy=policy,
        slots=1,
        paired=needs_both(symptom.slug),
    )
    async with asking as examiner:
        if await examiner.fails(failure.case, symptom):
            return bare
    followed = len(failure.case.turns) < len(failure.example.turns)
    return dataclasses.replace(source, limits=False) if followed else source


@asynccontextmanager
async def open_study(
    source: SourceSpec,
    folder: Path,
    *,
    stream: bool,
    budget: Budget,
    started: float,
    policy: Policy | None = None,
    slots: int = 16,
    paired: bool = False,
    answered: Case | None = None,
    rehearsed: bool = False,
) -> AsyncIterator[Examiner]:
    """Open an examiner that keeps all in the folder's journal and first reads what is there."""
    target = dataclasses.replace(source.target, stream="stream" if stream else "plain")
    unpack(folder)
    with Journal(folder, resume=True) as journal:
        # Nobody else writes from here on.
        earlier = list(read_journal(folder)) if has_journal(folder) else []
        if not earlier:
            settings = {"study": folder.name}
            journal.append([RunStarted(started, __version__, (target,), settings)])
        async with open_examiner(
            source,
            stream=stream,
            budget=budget,
            journal=journal,
            earlier=earlier,
            policy=policy,
            slots=slots,
            paired=paired,
            answered=answered,
            rehearsed=rehearsed,
        ) as examiner:
            yield examiner


def study_to_json(failure: Failure, result: Minimized, *, stream: bool) -> JsonObject:
    """Return what ``minimized.json`` holds."""
    return {
        "format_version": FORMAT_VERSION,
        "target": failure.target,
        "stream": stream,
        "slug": failure.symptom.slug,
        "shape": failure.symptom.shape,
        "rate": result.rate,
        "reproduced": result.reproduced,
        "asked": result.asked,
        "low": result.low,
        "high": result.high,
        "calls": result.calls,
        "rounds": result.rounds,
        "complete": result.complete,
        "reason": result.reason,
        "case": case_to_json(result.case),
        "original": case_to_json(result.original),
        "neighbour": case_to_json(result.neighbour) if result.neighbour else None,
        "neighbour_asked": result.neighbour_asked,
    }
