"""A gateway's trial from start to reports: ask, tell causes apart, make their cases smaller."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.analyze.relay import Cause, causes_of
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import shell_command
from toolfuzz.evidence.relay.minimal import find_minimal
from toolfuzz.evidence.relay.report import write_reports
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.trial import Trial, ask_cases, on_trial, spent_out

__all__ = ["Tried", "try_gateway"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial came to: the run's summary (see ``trial_figures``), and its causes."""

    summary: JsonObject
    causes: Sequence[Cause]


async def try_gateway(trial: Trial, *, most_askings: int = 300) -> Tried:
    """Try a gateway; ``most_askings`` are spent on the smallest case of each cause that fails.

    Raises UsageError and EndpointError.
    """
    async with on_trial(trial) as gateway:
        summary = await ask_cases(gateway)
        folder = Path(summary["folder"])
        run = load_run(folder)
        causes = causes_of(run)
        grave = [cause for cause in causes if cause.severity == "error"]
        try:
            if most_askings and grave:
                await find_minimal(gateway, run, grave, folder, most_askings)
        except asyncio.CancelledError:
            trial.note(f"what was found is kept: {shell_command('toolfuzz', 'report', folder)}")
            raise
        finally:
            write_reports(folder, run, causes)
    if ended := spent_out(gateway):
        summary["budget"] = ended
    return Tried(summary, causes)
