"""What ``toolfuzz check`` does: who is checked against whom, on which cases, kept where."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.analyze.baseline import doubts
from toolfuzz.analyze.check import CheckDecision, CheckRule
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.sequential import SequentialDecision, SequentialTest
from toolfuzz.api import (
    RunOptions,
    check_options,
    default_folder,
    draw,
    load_tools,
    write_summary,
)
from toolfuzz.campaign.asker import Participant
from toolfuzz.campaign.journal import JOURNAL_NAME, read_journal
from toolfuzz.campaign.pairs import PairedCheck, Renamed, check_pairs
from toolfuzz.campaign.record import Record
from toolfuzz.campaign.sequential import accept_or_reject
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.errors import EndpointError, ToolfuzzError, UsageError
from toolfuzz.core.events import Event, RunFinished, RunStarted
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Verdict
from toolfuzz.judge.policy import Policy
from toolfuzz.targets import Access, access_of_run, open_participants, plan_targets

__all__ = ["CHECK_NAME", "FRESH_NAME", "CheckOptions", "check_against", "check_alone"]

CHECK_NAME = "check.json"
FRESH_NAME = "fresh"
_CASE_SETTINGS = ("tools", "mcp", "openapi", "probes", "features", "seed", "strength")
# The embedded simulator rolls its dice by seed; two sides must not get the same rolls.
_OTHER_SEED = 1_000_003

Tell = Callable[[Event], None]


def _quiet(event: Event) -> None:
    return None


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Everything that ``toolfuzz check --baseline`` can be told.

    ``run.models`` holds the candidate alone and ``run.cases`` the most cases that are asked.
    ``given`` names the settings that somebody set; a stored baseline's stand in for the others.
    ``baseline`` is a run's folder (or journal) or a model; ``baseline_model`` picks a target of
    that run and ``baseline_access`` says how a model is reached.
    """

    run: RunOptions
    baseline: str
    baseline_model: str | None = None
    baseline_access: Access = field(default_factory=Access)
    rule: CheckRule = field(default_factory=CheckRule)
    given: frozenset[str] = frozenset()
    force: bool = False
    resume: bool = False

    def settings(self) -> JsonObject:
        """Return what the journal keeps: the run's settings and what it is checked against."""
        against = {
            "baseline": self.baseline,
            "baseline_model": self.baseline_model,
            "margin": self.rule.margin,
        }
        return {**self.run.settings(), "check": against}


@dataclass(frozen=True, slots=True)
class _Baseline:
    """The other side: a target under a name of its own, and what is stored of it."""

    target: Target
    model: str
    access: Access
    seed: int
    run: RunData | None = None
    stored: dict[str, list[Verdict]] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()


async def check_against(
    options: CheckOptions, *, tell: Tell = _quiet, stop: asyncio.Event | None = None
) -> JsonObject:
    """Check a candidate against its baseline; return the summary with the decision in ``check``.

    The folder holds ``run.jsonl`` (first answers of both sides), ``fresh/run.jsonl`` (answers to
    the cases that were asked again) and ``check.json``. An interrupted check has no outcome.
    Raises UsageError (a doubtful baseline among them) before anything is asked, and EndpointError.
    """
    stop = stop or asyncio.Event()
    options = _with_defaults_of_baseline(options)
    _check(options)
    (candidate,) = plan_targets(options.run.models, options.run.access)
    baseline = _baseline(options, candidate)
    fixed = await _fixed_cases(options, baseline)
    found = _doubts(options, baseline, candidate, [case.id for case in fixed or ()])
    if found and not options.force:
        raise UsageError(
            f"the baseline is doubtful: {'; '.join(found)}", "use a new one, or --force"
        )
    folder = options.run.out or default_folder([f"check-{candidate.name}"])
    async with AsyncExitStack() as stack:
        (new,) = await stack.enter_async_context(
            open_participants(options.run.models, options.run.access, seed=options.run.seed)
        )
        old, unreachable = await _open_baseline(stack, baseline)
        cases = await stack.enter_async_context(
            _all_cases(options, baseline, fixed, more=old is not None)
        )
        opening = RunStarted(
            time.time(), __version__, (new.target, baseline.target), options.settings()
        )
        first = stack.enter_context(Record(folder, opening, resume=options.resume))
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
            baseline.stored,
            options.rule,
            options.run.policy,
            tell,
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
        **_head(folder, candidate.name, decision),
        "baseline": baseline.target.name,
        "baseline_run": options.baseline if baseline.run else None,
        "doubts": found,
        "unreachable": unreachable,
        "margin": options.rule.margin,
    }
    if decision is not None:
        result |= {
            "pairs": asdict(decision.table),
            "drop": decision.table.drop,
            "low": decision.low,
            "high": decision.high,
            "suspects": [slug or "success rate" for slug in decision.suspects],
            "confirmed": list(decision.confirmed),
        }
    return _finish(folder, result)


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
    check_options(run if not resume else replace(run, out=None))
    (target,) = plan_targets(run.models, run.access)
    tool_sets = load_tools(run)
    async with (
        aclosing(draw(run, tool_sets)) as cases,
        open_participants(run.models, run.access, seed=run.seed) as (participant,),
    ):
        folder = run.out or default_folder([f"check-{target.name}"])
        rule = {"accept": test.accept, "reject": test.reject}
        settings = {**run.settings(), "check": rule}
        opening = RunStarted(time.time(), __version__, (target,), settings)
        with Record(folder, opening, resume=resume) as record:
            tell(opening)
            decision = await accept_or_reject(
                participant, cases, test, record, run.policy, stop=stop, tell=tell
            )
            reason = "decided" if decision else "interrupted" if stop.is_set() else "done"
            record.append([RunFinished(time.time(), reason)])
    check = {
        **_head(folder, target.name, decision),
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
    folder: Path, candidate: str, decision: CheckDecision | SequentialDecision | None
) -> JsonObject:
    return {
        "format_version": FORMAT_VERSION,
        "toolfuzz_version": __version__,
        "outcome": decision.outcome if decision else None,
        "reason": decision.reason if decision else "interrupted before anything was decided",
        "candidate": candidate,
        "folder": str(folder),
    }


def _finish(folder: Path, check: JsonObject) -> JsonObject:
    summary = write_summary(folder, collect(read_journal(folder)))
    check["spent"] = {"first": sum(t["calls"] for t in summary["targets"]), "again": 0}
    if (folder / FRESH_NAME).is_dir():
        traffic = collect(read_journal(folder / FRESH_NAME)).traffic.values()
        check["spent"]["again"] = sum(t.calls for t in traffic)
    text = json.dumps(check, indent=2, ensure_ascii=True) + "\n"
    (folder / CHECK_NAME).write_text(text, encoding="utf-8")
    return {**summary, "check": check}


def _check(options: CheckOptions) -> None:
    run = options.run
    check_options(replace(run, out=None) if options.resume else run)
    if options.resume and (run.out is None or not (run.out / JOURNAL_NAME).is_file()):
        raise UsageError("--resume needs --out DIR with the check that was cut off")


def _run_of(baseline: str) -> RunData | None:
    """Return the stored run, or None when the name can only be a model's."""
    path = Path(baseline)
    if path.is_file() or (path / JOURNAL_NAME).is_file():
        return collect(read_journal(path))
    if path.is_dir() or path.suffix == ".jsonl":
        raise UsageError(
            f"no journal at {baseline}", f"a run's folder holds {JOURNAL_NAME}; or name a model"
        )
    return None


def _with_defaults_of_baseline(options: CheckOptions) -> CheckOptions:
    """Fill in from a stored baseline what was not given: cases and stream mode."""
    run = _run_of(options.baseline)
    if run is None:
        return options
    stored = run.started.settings
    unsaid = [name for name in _CASE_SETTINGS if name in stored and name not in options.given]
    filled = replace(options.run, **{name: stored[name] for name in unsaid})
    if "stream" in stored and "stream" not in options.given:
        filled = replace(filled, access=replace(filled.access, stream=stored["stream"]))
    if "policy" in stored and not options.given & Policy.__dataclass_fields__.keys():
        filled = replace(filled, policy=Policy(**stored["policy"]))
    return replace(options, run=filled)


def _baseline(options: CheckOptions, candidate: Target) -> _Baseline:
    run = _run_of(options.baseline)
    if run is None:
        try:
            (target,) = plan_targets([options.baseline], options.baseline_access)
        except UsageError as error:
            raise UsageError(
                f"--baseline is neither a run's folder nor a model: {error.message}", error.hint
            ) from None
        label = target.name if target.name != candidate.name else f"{target.name} (baseline)"
        return _Baseline(
            replace(target, name=label),
            target.name,
            options.baseline_access,
            options.run.seed + _OTHER_SEED,
        )
    target = _target_of(run, options)
    if not {target.stream, candidate.stream} & {"both"} and target.stream != candidate.stream:
        raise UsageError(
            f"the baseline's replies were asked for {_way(target)}, the candidate's would be "
            f"{_way(candidate)}",
            "ask both the same way: --stream or --no-stream",
        )
    label = target.name if target.name != candidate.name else f"{target.name} (baseline)"
    stored: dict[str, list[Verdict]] = {}
    for verdict in run.of(target.name):
        if verdict.repeat == 0 and verdict.status != "unjudged":
            stored.setdefault(verdict.case_id, []).append(replace(verdict, target=label))
    access = replace(
        access_of_run(run),
        stream=options.run.access.stream,
        concurrency=options.run.access.concurrency,
        timeout=options.run.access.timeout,
        engine_python=options.run.access.engine_python,
    )
    return _Baseline(
        replace(target, name=label, stream=options.run.access.stream),
        target.name,
        access,
        int(run.started.settings.get("seed") or 0) + _OTHER_SEED,
        run,
        stored,
        tuple(case for case in run.cases.values() if case.id in stored),
    )


def _target_of(run: RunData, options: CheckOptions) -> Target:
    targets = {t.name: t for t in run.started.targets}
    name = options.baseline_model
    if name is None and len(targets) == 1:
        (name,) = targets
    if name not in targets:
        raise UsageError(
            f"{options.baseline} holds {', '.join(targets)}",
            "say which one is the baseline with --baseline-model",
        )
    return targets[name]


def _way(target: Target) -> str:
    return "streamed" if target.stream == "stream" else "plain"


def _doubts(
    options: CheckOptions, baseline: _Baseline, candidate: Target, asked: Sequence[str]
) -> list[str]:
    if baseline.run is not None:
        return doubts(
            baseline.run,
            baseline.model,
            candidate,
            asked=asked,
            policy=options.run.policy.settings(),
            now=time.time(),
        )
    if baseline.target.kind == candidate.kind:
        return []
    return [f"it is {_KINDS[baseline.target.kind]} and the candidate {_KINDS[candidate.kind]}"]


_KINDS = {"http": "a real endpoint", "simulated": "simulated", "engine": "an engine trial"}


def _other_cases(options: CheckOptions, stored: JsonObject) -> bool:
    """Whether cases were asked for that are not the stored run's own."""
    return any(
        name in options.given and _plain(getattr(options.run, name)) != stored.get(name)
        for name in _CASE_SETTINGS
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


async def _fixed_cases(options: CheckOptions, baseline: _Baseline) -> list[Case] | None:
    """Return the cases a stored baseline must know, None when there is no stored baseline."""
    if baseline.run is None:
        return None
    if _other_cases(options, baseline.run.started.settings):
        async with aclosing(draw(options.run, load_tools(options.run))) as drawn:
            return [case async for case in drawn]
    return list(baseline.cases[: options.run.cases])


@asynccontextmanager
async def _all_cases(
    options: CheckOptions, baseline: _Baseline, fixed: list[Case] | None, *, more: bool
) -> AsyncIterator[AsyncIterator[Case]]:
    """Give the cases to ask: a stored baseline's first, then ``more`` of the same kind."""
    first, most = fixed or [], options.run.cases
    known = set(baseline.run.cases) if baseline.run else set()
    if not more or len(first) >= most:
        yield _each(first)
        return
    wider = replace(options.run, cases=most + len(known))
    async with (
        aclosing(draw(wider, load_tools(wider))) as drawn,
        aclosing(_first_then(first, drawn, known, most)) as cases,
    ):
        yield cases


async def _first_then(
    first: list[Case], drawn: AsyncIterator[Case], known: set[str], most: int
) -> AsyncGenerator[Case]:
    for case in first:
        yield case
    left = most - len(first)
    async for case in drawn:
        if left and case.id not in known:
            left -= 1
            yield case
        if not left:
            return


async def _each(cases: Sequence[Case]) -> AsyncIterator[Case]:
    for case in cases:
        yield case


async def _open_baseline(
    stack: AsyncExitStack, baseline: _Baseline
) -> tuple[Participant | None, str | None]:
    """Return the baseline as a participant, or why it can't be asked any more."""
    opened = open_participants([baseline.model], baseline.access, seed=baseline.seed)
    try:
        (participant,) = await stack.enter_async_context(opened)
    except ToolfuzzError as error:
        if baseline.run is None:
            raise
        return None, error.message
    return Renamed(participant, baseline.target.name), None
