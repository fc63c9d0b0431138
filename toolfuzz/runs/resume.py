"""Going on with a run that was cut off: its options come from its journal."""

from pathlib import Path
from typing import Any

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.runs.journal import read_journal
from toolfuzz.runs.options import RunOptions, stored_options

__all__ = ["resumed_options", "started"]


def resumed_options(run: Path, **again: Any) -> RunOptions:
    """Return the options of an interrupted run, so that it can go on.

    ``again`` gives what a journal never keeps (the values of ``headers``) or what may change on
    the way (``timeout``, ``concurrency``, ``engine_python``). Raises UsageError when there is no
    run to go on with, or a header of then is missing.
    """
    settings = started(run).settings
    given = {name.lower() for name in again.get("headers", {})}
    if missing := [name for name in settings.get("headers", ()) if name.lower() not in given]:
        raise UsageError(
            f"the run was started with headers that a journal never keeps: {', '.join(missing)}",
            f"give them again: --header '{missing[0]}: VALUE'",
        )
    return stored_options(settings).but(**again)


def started(run: Path) -> RunStarted:
    """Return how a run began; raises UsageError when it isn't a run's folder."""
    first = next(read_journal(run), None)
    if not isinstance(first, RunStarted) or "cases" not in first.settings:
        raise UsageError(f"{run} is not the folder of a run", "give the folder that --out named")
    return first
