"""The Python entry point: what the command line does, as two functions."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from toolfuzz import __version__
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.rates import summarize
from toolfuzz.analyze.recordings import Recordings
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.core.events import CaseSkipped, Event, RunFinished, RunStarted
from toolfuzz.generate import draw_ahead
from toolfuzz.generate.tools import ToolSet, load, load_mcp, load_openapi
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.campaign import Campaign, run_campaign
from toolfuzz.runs.journal import read_journal, write_json
from toolfuzz.runs.record import Record
from toolfuzz.runs.targets import Access, Source, current_names, open_sources

__all__ = ["RunOptions", "arun", "resumed_options", "run", "run_options", "write_summary"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Everything that ``toolfuzz run`` can be told. Defaults are the command line's."""

    models: Sequence[str]
    tools: Sequence[str] = ()
    mcp: Sequence[str] = ()
    openapi: Sequence[str] = ()
    probes: Sequence[str] = ()
    features: Sequence[str] = ()
    cases: int = 100
    repeat: int = 1
    seed: int = 0
    strength: int = 2
    allow_remote_refs: bool = False
    inline_refs: bool = False
    respell: bool = False
    access: Access = field(default_factory=Access)
    policy: Policy = field(default_factory=Policy)
    out: Path | None = None

    def settings(self) -> JsonObject:
        """Return what the journal keeps of the options: enough to run again, no header values."""
        return {
            "models": list(self.models),
            "tools": list(self.tools),
            "mcp": list(self.mcp),
            "openapi": list(self.openapi),
            "probes": list(self.probes),
            "features": list(self.features),
            "cases": self.cases,
            "repeat": self.repeat,
            "seed": self.seed,
            "strength": self.strength,
            "respell": self.respell,
            "stream": self.access.stream,
            "base_url": self.access.base_url,
            "format": self.access.format,
            "key_env": self.access.key_env,
            "params": self.access.params,
            "concurrency": self.access.concurrency,
            "policy": self.policy.settings(),
        }


def run(models: Sequence[str], **options: Any) -> JsonObject:
    """Run a campaign and return what ``summary.json`` holds.

    ``options`` are those of ``toolfuzz run`` (``tools``, ``cases``, ``seed``, ``stream``,
    ``base_url``, ``format``, ``params``, ``out`` …). Raises ToolfuzzError. The run's folder is
    written as on the command line; its path stands under ``"folder"``.

    >>> result = run(models=["sim/glm-4.7"], cases=40, out="/tmp/example")  # doctest: +SKIP
    >>> result["targets"][0]["rate"]                                        # doctest: +SKIP
    0.925
    """
    return asyncio.run(arun(models, **options))


async def arun(models: Sequence[str], **options: Any) -> JsonObject:
    """Run a campaign from async code; see ``run``."""
    return await run_options(_options(models, options))


def _options(models: Sequence[str], given: dict[str, Any]) -> RunOptions:
    if isinstance(models, str):
        models = [models]
    given = current_names(given)
    shared = {f for f in Access.__dataclass_fields__ if f in given}
    judged = {f for f in Policy.__dataclass_fields__ if f in given}
    rest = {k: v for k, v in given.items() if k not in shared | judged}
    for name in ("tools", "mcp", "openapi", "probes", "features"):
        if isinstance(rest.get(name), str | Path):
            rest[name] = [str(rest[name])]
    if rest.get("out") is not None:
        rest["out"] = Path(rest["out"])
    try:
        return RunOptions(
            models=list(models),
            access=Access(**{k: given[k] for k in shared}),
            policy=Policy(**{k: given[k] for k in judged}),
            **rest,
        )
    except TypeError as error:
        raise UsageError(f"unknown option: {error}", "help(toolfuzz.run) names them") from None


async def run_options(
    options: RunOptions,
    *,
    tell: Callable[[Event], None] = lambda event: None,
    stop: asyncio.Event | None = None,
    resume: Path | None = None,
) -> JsonObject:
    """Run with ready-made options; ``tell`` sees every event once it is in the journal.

    ``resume`` goes on with an interrupted run's folder (see ``resumed_options``). Raises
    UsageError and EndpointError; in both cases nothing has been written. When every question
    stayed unjudged, the folder stays (it holds the answers) and EndpointError says so.
    """
    check_options(options)
    tool_sets = load_tools(options)
    async with (
        contextlib.aclosing(draw(options, tool_sets)) as cases,
        open_sources(options.models, options.access, seed=options.seed) as sources,
    ):
        folder = resume or options.out or default_folder(options.models)
        opening = _started(resume) if resume else _opening(options, sources)
        with Record(folder, opening, resume=resume is not None) as record:
            if resume is None:
                record.append(
                    CaseSkipped(s.tool, s.pointer, s.reason) for t in tool_sets for s in t.skipped
                )

            recordings = Recordings()

            def note(event: Event) -> None:
                recordings.take(event)
                tell(event)

            tell(opening)
            # What went wrong on the way is asked again when a run is resumed.
            answered = record.answered()
            campaign = Campaign(
                sources, cases, record, options.repeat, options.policy, note, answered
            )
            finished = await run_campaign(campaign, stop=stop)
            summary = write_summary(folder, record.run(), recordings)
    _check_measured(summary, finished, folder)
    return summary


def resumed_options(run: Path, **access: Any) -> RunOptions:
    """Return the options of an interrupted run, so that it can go on.

    ``access`` gives again what a journal never keeps (``headers``) or what may change on the way
    (``timeout``, ``concurrency``). Raises UsageError when there is no run to go on with.
    """
    settings = current_names(_started(run).settings)
    own = {name: settings[name] for name in RunOptions.__dataclass_fields__ if name in settings}
    reached = {n: settings[n] for n in Access.__dataclass_fields__ if n in settings}
    policy = Policy(**settings.get("policy", {}))
    return RunOptions(**{**own, "access": Access(**{**reached, **access}), "policy": policy})


def _started(run: Path) -> RunStarted:
    first = next(read_journal(run), None)
    if not isinstance(first, RunStarted) or "cases" not in first.settings:
        raise UsageError(f"{run} is not the folder of a run", "give the folder that --out named")
    return first


def _opening(options: RunOptions, sources: Sequence[Source]) -> RunStarted:
    targets = tuple(p.target for p in sources)
    return RunStarted(time.time(), __version__, targets, options.settings())


def check_options(options: RunOptions) -> None:
    """Refuse numbers that make no sense; raises UsageError."""
    for name, value in (("--cases", options.cases), ("--repeat", options.repeat)):
        if value < 1:
            raise UsageError(f"{name} {value}: at least 1 is needed", f"try {name} 100")
    options.policy.check()
    if options.access.concurrency < 1:
        raise UsageError(
            f"--concurrency {options.access.concurrency}: at least 1 is needed", "try 8"
        )
    if options.access.timeout <= 0:
        raise UsageError(f"--timeout {options.access.timeout}: seconds above 0 are needed", None)
    if options.out is not None and options.out.exists():
        raise UsageError(
            f"the output folder {options.out} already exists",
            "choose another --out, or move it away: a run never overwrites a run",
        )


def load_tools(options: RunOptions) -> list[ToolSet]:
    """Read the user's own tools from all sources; raises UsageError."""
    return [
        *(load(spec, allow_remote_refs=options.allow_remote_refs) for spec in options.tools),
        *(load_mcp(spec) for spec in options.mcp),
        *(load_openapi(spec, inline_refs=options.inline_refs) for spec in options.openapi),
    ]


def draw(options: RunOptions, tool_sets: Sequence[ToolSet]) -> AsyncGenerator[Case]:
    """Draw the cases of a run ahead of their readers; with ``respell``, other spellings too."""
    cases = draw_ahead(
        options.cases,
        seed=options.seed,
        tools=tool_sets,
        probes=options.probes,
        features=options.features,
        strength=options.strength,
    )
    return _with_respelled(cases) if options.respell else cases


async def _with_respelled(cases: AsyncGenerator[Case]) -> AsyncGenerator[Case]:
    from toolfuzz.generate.twins import twins

    async with contextlib.aclosing(cases):
        async for case in cases:
            yield case
            for spelling, twin in twins(case).items():
                yield replace(twin, origin=f"twin:{spelling}:{case.id}")


def default_folder(models: Sequence[str]) -> Path:
    """Return ``reports/<time>-<models>``, a folder that doesn't exist yet."""
    names = "+".join(re.sub(r"[^A-Za-z0-9._-]+", "-", m) for m in models)[:60].strip("-.")
    base = Path("reports") / f"{time.strftime('%Y%m%d-%H%M%S')}-{names}"
    folder, n = base, 2
    while folder.exists():
        folder, n = base.with_name(f"{base.name}-{n}"), n + 1
    return folder


def write_summary(folder: Path, run: RunData, recordings: Recordings | None = None) -> JsonObject:
    """Summarise a run into ``summary.json`` beside its journal and return it.

    ``recordings`` are replayed through the official SDKs: ``clients``, by target.
    """
    summary = {**summarize(run), "folder": str(folder)}
    summary["clients"] = recordings.clients(run) if recordings else {}
    write_json(folder / "summary.json", summary)
    return summary


def _check_measured(summary: JsonObject, finished: RunFinished, folder: Path) -> None:
    targets = summary["targets"]
    if finished.reason == "interrupted" or any(t["judged"] for t in targets):
        return
    reasons = {r: n for t in targets for r, n in t["unjudged_reasons"].items()}
    worst = max(reasons, key=lambda r: reasons[r], default="no question was asked")
    raise EndpointError(
        f"nothing could be judged: {worst}", f"the answers are kept in {folder}/run.jsonl"
    )
