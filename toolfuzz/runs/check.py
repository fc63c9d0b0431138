"""What ``toolfuzz check`` does: both sides are opened, asked and kept until the rule decides."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import cache
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.analyze.check import CheckDecision
from toolfuzz.analyze.conclusion import conclude_check
from toolfuzz.analyze.sequential import SequentialDecision, SequentialTest
from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.core.events import Event, RunFinished, RunStarted
from toolfuzz.runs.baseline import (
    cases_to_ask,
    doubts_about,
    find_baseline,
    open_baseline,
    stored_cases,
    stored_verdicts,
    told_by,
    with_stored_settings,
)
from toolfuzz.runs.cases import begun, draw, left_out, load_tools, told_of
from toolfuzz.runs.check_options import CheckOptions
from toolfuzz.runs.decision import CHECK_NAME
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.journal import JOURNAL_NAME, has_journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.pairs import PairedCheck, check_pairs
from toolfuzz.runs.purse import Purse, permits_within, purse_of
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.record import Record
from toolfuzz.runs.sequential import accept_or_reject
from toolfuzz.runs.summary import default_folder, write_summary
from toolfuzz.runs.targets import open_sources, plan_targets
from toolfuzz.runs.workers import open_pool

__all__ = ["FRESH_NAME", "check_against", "check_alone"]

FRESH_NAME = "fresh"

Tell = Callable[[Event], None]


def _quiet(event: Event) -> None:
    return None


async def check_against(
    options: CheckOptions, *, tell: Tell = _quiet, stop: asyncio.Event | None = None
) -> JsonObject:
    """Check a candidate against its baseline; return the summary with the decision in ``check``.

    The folder holds ``run.jsonl`` (first answers of both sides), ``fresh/run.jsonl`` (answers to
    the cases that were asked again) and ``check.json``. An interrupted check has no outcome.
    Raises UsageError (a doubtful baseline among them) before anything is asked, and EndpointError.
    """
    stop = stop or asyncio.Event()
    options = with_stored_settings(options)
    _check(options)
    (candidate,) = plan_targets(options.run.models, options.run.access)
    baseline = find_baseline(options, candidate)
    tools = cache(lambda: load_tools(options.run))
    fixed = await stored_cases(options, baseline, tools)
    found = doubts_about(options, baseline, candidate, [case.id for case in fixed or ()])
    if found and not options.force:
        raise UsageError(
            f"the baseline is doubtful: {'; '.join(found)}", "use a new one, or --force"
        )
    folder = options.run.out or default_folder([f"check-{candidate.name}"])
    purse = purse_of(options.run.limits, [candidate, baseline.target], stop)
    async with AsyncExitStack() as stack:
        (new,) = await stack.enter_async_context(
            open_sources(options.run.models, options.run.access, seed=options.run.seed, purse=purse)
        )
        old, unreachable = await open_baseline(stack, baseline, trust=options.trust, purse=purse)
        pool = await stack.enter_async_context(open_pool(options.run, [new, old] if old else [new]))
        cases = await stack.enter_async_context(
            cases_to_ask(options, baseline, fixed, tools, more=old is not None)
        )
        settings = {**options.settings(), **told_by(options, baseline, tools)}
        opening = RunStarted(time.time(), __version__, (new.target, baseline.target), settings)
        first = stack.enter_context(Record(folder, opening, resume=options.resume))
        if baseline.run is None and not options.resume:
            first.append(left_out(tools()))
        fresh: list[Record] = []

        def again() -> Record:
            if not fresh:
                # It lies in the first one's folder and goes on when that goes on.
                record = Record(folder / FRESH_NAME, opening, resume=True)
                fresh.append(stack.enter_context(record))
            return fresh[0]

        tell(opening)
        check = PairedCheck(
            new,
            old,
            baseline.target.name,
            cases,
            stored_verdicts(baseline, fixed or ()),
            options.rule,
            options.run.policy,
            tell,
            pool,
            permits_within(purse),
            purse,
        )
        decision = await check_pairs(check, first, again, stop=stop)
        reason = "interrupted" if decision is None else "done"
        for record in (first, *fresh):
            record.append([RunFinished(time.time(), reason)])
    if decision is not None and not decision.table.pairs:
        raise EndpointError(
            "no case was judged on both sides", f"the answers are kept in {folder}/{JOURNAL_NAME}"
        )
    result = {
        **_head(folder, candidate.name, decision, purse),
        "baseline": baseline.target.name,
        "baseline_run": options.baseline if baseline.run else None,
        "doubts": found,
        "unreachable": unreachable,
        "margin": options.rule.margin,
        "allow_new_defects": options.rule.allow_new_defects,
    }
    return _finish(folder, result | (_figures(decision) if decision else {}))


async def check_alone(
    run: RunOptions,
    test: SequentialTest,
    *,
    resume: bool = False,
    tell: Tell = _quiet,
    stop: asyncio.Event | None = None,
) -> JsonObject:
    """Accept or reject one model, saving calls; return the summary with the decision in ``check``.

    Raises UsageError before anything is asked, and EndpointError.
    """
    stop = stop or asyncio.Event()
    (run.but(out=None) if resume else run).check()
    if run.stream == "both":
        raise UsageError(
            "--accept counts calls that don't depend on each other, so it asks each case once",
            "leave out --both-streams: --stream or --no-stream",
        )
    (target,) = plan_targets(run.models, run.access)
    tool_sets = load_tools(run)
    purse = purse_of(run.limits, [target], stop)
    async with (
        begun(draw(run, tool_sets)) as cases,
        open_sources(run.models, run.access, seed=run.seed, purse=purse) as (source,),
        open_pool(run, [source]) as pool,
    ):
        folder = run.out or default_folder([f"check-{target.name}"])
        rule = {"accept": test.accept, "reject": test.reject}
        settings = {**run.settings(), **told_of(run, tool_sets), "check": rule}
        opening = RunStarted(time.time(), __version__, (target,), settings)
        with Record(folder, opening, resume=resume) as record:
            if not resume:
                record.append(left_out(tool_sets))
            tell(opening)
            decision = await accept_or_reject(
                source,
                cases,
                test,
                record,
                run.policy,
                stop=stop,
                tell=tell,
                pool=pool,
                purse=purse,
            )
            reason = "decided" if decision else "interrupted" if stop.is_set() else "done"
            record.append([RunFinished(time.time(), reason)])
    check = {
        **_head(folder, target.name, decision, purse),
        **rule,
        "rule": test.words(),
        "fixed_sample": test.fixed_sample,
    }
    if decision:
        check |= {"calls": decision.calls, "failures": decision.failures, "capped": decision.capped}
    elif reason == "done":
        check |= {
            "outcome": "INCONCLUSIVE",
            "reason": "INCONCLUSIVE: the cases ran out before the test could decide.",
        }
    return _finish(folder, check)


def _head(
    folder: Path,
    candidate: str,
    decision: CheckDecision | SequentialDecision | None,
    purse: Purse | None,
) -> JsonObject:
    spent = {"budget": purse.spent_out} if purse and purse.spent_out else {}
    ended = f"ended by {purse.spent_out}," if purse and purse.spent_out else "interrupted"
    return {
        **spent,
        "format_version": FORMAT_VERSION,
        "toolfuzz_version": __version__,
        "outcome": decision.outcome if decision else None,
        "reason": decision.reason if decision else f"{ended} before anything was decided",
        "candidate": candidate,
        "folder": str(folder),
    }


def _figures(decision: CheckDecision) -> JsonObject:
    return {
        "pairs": asdict(decision.table),
        "drop": decision.table.drop,
        "low": decision.low,
        "high": decision.high,
        "rate": asdict(decision.rate),
        "defects": asdict(decision.defects),
        "suspects": [slug or "success rate" for slug in decision.suspects],
        "confirmed": list(decision.confirmed),
    }


def _finish(folder: Path, check: JsonObject) -> JsonObject:
    summary = write_summary(folder, load_run(folder))
    check["spent"] = {"first": sum(t["calls"] for t in summary["targets"]), "again": 0}
    if (folder / FRESH_NAME).is_dir():
        traffic = load_run(folder / FRESH_NAME).traffic.values()
        check["spent"]["again"] = sum(t.calls for t in traffic)
    write_json(folder / CHECK_NAME, check)
    summary |= {"check": check}
    return summary | {"conclusion": conclude_check(summary)}


def _check(options: CheckOptions) -> None:
    run = options.run
    (run.but(out=None) if options.resume else run).check()
    if options.resume and (run.out is None or not has_journal(run.out)):
        raise UsageError("--resume needs --out DIR with the check that was cut off")
