"""A run from ready-made options to its summary."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.analyze.recordings import Recordings
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import Event, RunStarted, VerdictReached
from toolfuzz.engines.found import Found, remember
from toolfuzz.generate.tools import ToolSet
from toolfuzz.judge.clients import load_clients
from toolfuzz.runs.campaign import MOST_HANGS, Campaign, run_campaign
from toolfuzz.runs.cases import begun, draw, left_out, load_tools, told_of
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.purse import permits_within, purse_of
from toolfuzz.runs.record import Record
from toolfuzz.runs.resume import started
from toolfuzz.runs.scenarios import adaptive_feeds, is_adaptive, questions
from toolfuzz.runs.summary import check_measured, default_folder, write_summary
from toolfuzz.runs.targets import Source, open_sources, plan_targets
from toolfuzz.runs.workers import open_pool
from toolfuzz.sources.engine import EngineSource

__all__ = ["run"]


async def run(
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
    options.check()
    stop = stop or asyncio.Event()
    targets = plan_targets(options.models, options.access)
    purse = purse_of(options.limits, targets, stop)
    tool_sets = load_tools(options)
    drawn = draw(options, tool_sets)
    async with (
        aclosing(drawn) if is_adaptive(options) else begun(drawn) as cases,
        open_sources(
            options.models,
            options.access,
            seed=options.seed,
            purse=purse,
            # Importing them takes as long as the simulator takes to start.
            meanwhile=lambda: load_clients({target.format for target in targets}),
        ) as sources,
        open_pool(options, sources) as pool,
    ):
        folder = resume or options.out or default_folder(options.models)
        opening = started(resume) if resume else _opening(options, sources, tool_sets)
        with Record(folder, opening, resume=resume is not None) as record:
            if resume is None:
                record.append(left_out(tool_sets))
            recordings = Recordings()
            if resume:
                recordings.look_back(record.run(keep_exchanges=True))

            def note(event: Event) -> None:
                recordings.take(event)
                tell(event)

            tell(opening)
            for reached in _known(record):
                tell(reached)
            # What went wrong on the way is asked again when a run is resumed.
            answered = record.answered()
            campaign = Campaign(
                sources,
                adaptive_feeds(options, record) or cases,
                record,
                options.repeat,
                options.policy,
                note,
                answered,
                record.begun,
                pool,
                permits=permits_within(purse),
                purse=purse,
                most_hangs=MOST_HANGS,
            )
            finished = await run_campaign(campaign, stop=stop)
            summary = write_summary(folder, record.run(), recordings)
    if purse:
        summary |= purse.told
    check_measured(summary, finished, folder)
    _remember(sources, summary)
    return summary


def _remember(sources: Sequence[Source], summary: JsonObject) -> None:
    """Keep what was found of engines' parsers for ``toolfuzz engines list``."""
    releases = {p.target.name: p.release for p in sources if isinstance(p, EngineSource)}
    for target in summary["targets"]:
        if (release := releases.get(target["target"])) and target["judged"]:
            counted = [(slug, found["replies"]) for slug, found in target["defects"].items()]
            counted.sort(key=lambda one: (-one[1], one[0]))
            judged, passed = target["judged"], target["passed"]
            day = time.strftime("%Y-%m-%d", time.gmtime(summary["started"]))
            remember(Found(release, day, summary["cases"], judged, passed, tuple(counted)))


def _known(record: Record) -> Iterator[VerdictReached]:
    """Give what a run that is gone on with needn't ask again, so that progress counts it."""
    answered = record.answered()
    for verdict in record.run().verdicts:
        if (verdict.case_id, verdict.target, verdict.repeat) in answered:
            yield VerdictReached(verdict)


def _opening(
    options: RunOptions, sources: Sequence[Source], tool_sets: Sequence[ToolSet]
) -> RunStarted:
    targets = tuple(p.target for p in sources)
    settings = {**options.settings(), **questions(options), **told_of(options, tool_sets)}
    return RunStarted(time.time(), __version__, targets, settings)
