"""The other side of a check: which target it is, what is stored of it, on which cases."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from toolfuzz.analyze.doubts import doubts
from toolfuzz.analyze.load import Answers, RunData
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import ToolfuzzError, UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.verdict import Verdict
from toolfuzz.generate.tools import ToolSet
from toolfuzz.runs.access import Access
from toolfuzz.runs.cases import draw, told_of
from toolfuzz.runs.check_options import CheckOptions
from toolfuzz.runs.journal import JOURNAL_NAME, has_journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.purse import Purse
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.scenarios import dimensions_of
from toolfuzz.runs.stored import access_of_run, stored_options
from toolfuzz.runs.stored_answers import answered_cases, stored_answers, verdicts_on
from toolfuzz.runs.targets import Source, open_sources, plan_targets
from toolfuzz.runs.trust import named_by, powers, require_trust

__all__ = [
    "Baseline",
    "cases_to_ask",
    "doubts_about",
    "find_baseline",
    "open_baseline",
    "stored_cases",
    "stored_verdicts",
    "told_by",
    "with_stored_settings",
]

_CASE_SETTINGS = (
    "tools",
    "mcp",
    "openapi",
    "include",
    "exclude",
    "prompts",
    "system",
    "probes",
    "features",
    "seed",
    "strength",
    "offer",
    "inline_refs",
    "allow_remote_refs",
)
_JUDGING = ("strict", "ignore", "select")
_WAYS = {"plain": "plain", "stream": "streamed", "both": "plain and streamed"}
Tools = Callable[[], Sequence[ToolSet]]
"""Reads the user's own tools, once: a stored baseline may need none of them."""

# The embedded simulator's faults follow its seed, so the two sides get different seeds.
_OTHER_SEED = 1_000_003


@dataclass(frozen=True, slots=True)
class Baseline:
    """The other side: a target under a name of its own, and what is stored of it.

    ``answers`` are the stored ones that the candidate's can be set beside.
    """

    target: Target
    model: str
    access: Access
    seed: int
    run: RunData | None = None
    answers: Answers | None = None


def with_stored_settings(options: CheckOptions) -> CheckOptions:
    """Fill in from a stored baseline what was not given: cases, stream mode, judging.

    Raises UsageError when its tools come from commands or modules and it isn't trusted.
    """
    run = _run_of(options.baseline)
    if run is None:
        return options
    stored = stored_options(run.started.settings)
    names = [name for name in (*_CASE_SETTINGS, "stream") if name not in options.given]
    require_trust({name: getattr(stored, name) for name in names}, trust=options.trust)
    if not options.given.intersection(_JUDGING):
        names += _JUDGING
    filled = options.run.but(**{name: getattr(stored, name) for name in names})
    return options.model_copy(update={"run": filled})


def find_baseline(options: CheckOptions, candidate: Target) -> Baseline:
    """Return the baseline under a name that isn't the candidate's; raises UsageError."""
    run = _run_of(options.baseline)
    if run is None:
        try:
            (target,) = plan_targets([options.baseline], options.baseline_access)
        except UsageError as error:
            raise UsageError(
                f"--baseline is neither a run's folder nor a model: {error.message}", error.hint
            ) from None
        label = target.name if target.name != candidate.name else f"{target.name} (baseline)"
        return Baseline(
            replace(target, name=label),
            target.name,
            options.baseline_access,
            options.run.seed + _OTHER_SEED,
        )
    target = _target_of(run, options)
    _check_unit(run, options)
    if target.stream not in ("both", candidate.stream):
        raise UsageError(
            f"the baseline's replies were asked for {_WAYS[target.stream]}, the candidate's would "
            f"be {_WAYS[candidate.stream]}",
            "ask both the same way: --stream, --no-stream or --both-streams",
        )
    label = target.name if target.name != candidate.name else f"{target.name} (baseline)"
    access = replace(
        access_of_run(run),
        stream=options.run.access.stream,
        concurrency=options.run.access.concurrency,
        rpm=options.run.access.rpm,
        tpm=options.run.access.tpm,
        timeout=options.run.access.timeout,
        max_reply=options.run.access.max_reply,
        engine_python=options.run.access.engine_python,
    )
    kind = run.nature(target.name).kind
    return Baseline(
        replace(target, name=label, stream=options.run.access.stream, kind=kind),
        target.name,
        access,
        stored_options(run.started.settings).seed + _OTHER_SEED,
        run,
        stored_answers(run, target.name, candidate),
    )


def _run_of(baseline: str) -> RunData | None:
    """Return the stored run, or None when the name can only be a model's."""
    path = Path(baseline)
    if path.is_file() or has_journal(path):
        try:
            return load_run(path)
        except UsageError as error:
            hint = error.hint or f"a baseline is a run's folder, its {JOURNAL_NAME}, or a model"
            raise UsageError(f"--baseline: {error.message}", hint) from None
    if path.is_dir() or path.suffix == ".jsonl":
        raise UsageError(
            f"no journal at {baseline}", f"a run's folder holds {JOURNAL_NAME}; or name a model"
        )
    return None


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


def _check_unit(run: RunData, options: CheckOptions) -> None:
    """Refuse to set scenarios beside calls; raises UsageError."""
    stored, asked = (bool(dimensions_of(o)) for o in (_options_of(run), options.run))
    if stored != asked:
        one, other = ("scenarios", "calls") if stored else ("calls", "scenarios")
        raise UsageError(
            f"the baseline's figures are of {one}, the candidate's would be of {other}",
            "ask both the same: leave out --probe, or choose another baseline",
        )


def _options_of(run: RunData) -> RunOptions:
    return stored_options(run.started.settings)


def doubts_about(
    options: CheckOptions, baseline: Baseline, candidate: Target, asked: Sequence[str]
) -> list[str]:
    """Return why the baseline should not be used, in sentences; ``asked`` are ids of cases."""
    if baseline.run is not None:
        return doubts(
            baseline.run,
            baseline.model,
            candidate,
            asked=asked,
            judged_alike=stored_options(baseline.run.started.settings).policy == options.run.policy,
            now=time.time(),
        )
    one, other = nature_of(baseline.target), nature_of(candidate)
    if one.label == other.label:
        return []
    return [f"it is {one.noun} and the candidate {other.noun}"]


async def stored_cases(
    options: CheckOptions, baseline: Baseline, tools: Tools
) -> list[Case] | None:
    """Return the cases a stored baseline must know, None when there is no stored baseline."""
    if baseline.run is None or baseline.answers is None:
        return None
    if _other_cases(options, stored_options(baseline.run.started.settings)):
        async with aclosing(draw(options.run, tools())) as drawn:
            return [case async for case in drawn]
    return list(islice(answered_cases(baseline.run, baseline.answers), options.run.cases))


def stored_verdicts(baseline: Baseline, cases: Iterable[Case]) -> dict[str, list[Verdict]]:
    """Return what is stored of these cases, as the baseline's, by their ids."""
    if baseline.answers is None:
        return {}
    return verdicts_on(baseline.answers, cases, baseline.target.name)


def told_by(options: CheckOptions, baseline: Baseline, tools: Tools) -> JsonObject:
    """Return what a check's journal says of the user's tools (see ``told_of``).

    It is what a stored baseline's says, where its cases are asked.
    """
    stored = baseline.run.started.settings if baseline.run else None
    if stored is None or _other_cases(options, stored_options(stored)):
        return told_of(options.run, tools())
    return {name: stored[name] for name in ("sources",) if name in stored}


def _other_cases(options: CheckOptions, stored: RunOptions) -> bool:
    """Whether cases were asked for that are not the stored run's own."""
    asked = options.given.intersection(_CASE_SETTINGS)
    return any(getattr(options.run, name) != getattr(stored, name) for name in asked)


@asynccontextmanager
async def cases_to_ask(
    options: CheckOptions,
    baseline: Baseline,
    fixed: list[Case] | None,
    tools: Tools,
    *,
    more: bool,
) -> AsyncIterator[AsyncIterator[Case]]:
    """Give the cases to ask: a stored baseline's first, then ``more`` of the same kind."""
    first, most = fixed or [], options.run.cases
    known = set(baseline.run.cases) if baseline.run else set()
    if not more or len(first) >= most:
        yield _each(first)
        return
    wider = options.run.but(cases=most + len(known))
    async with (
        aclosing(draw(wider, tools())) as drawn,
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


async def open_baseline(
    stack: AsyncExitStack, baseline: Baseline, *, trust: bool, purse: Purse | None = None
) -> tuple[Source | None, str | None]:
    """Return how the baseline is asked, or why it can't be asked any more.

    Without ``trust`` a stored run's own servers, commands and variables are not used.
    """
    if baseline.run is not None and not trust:
        named = "; ".join(powers(named_by(baseline.run.started)))
        if named:
            return None, f"its folder names {named}; with --trust it is asked there"
    opened = open_sources([baseline.model], baseline.access, seed=baseline.seed, purse=purse)
    try:
        (source,) = await stack.enter_async_context(opened)
    except ToolfuzzError as error:
        if baseline.run is None:
            raise
        return None, error.message
    return replace(source, target=replace(source.target, name=baseline.target.name)), None
