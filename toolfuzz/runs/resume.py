"""Going on with a run that was cut off: its options come from its journal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.runs.options import HIDING, RunOptions
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.stored import require_headers, stored_options
from toolfuzz.system.specs import HIDDEN, without_secrets

__all__ = ["resumed_options", "started"]


def resumed_options(run: Path, **again: Any) -> RunOptions:
    """Return the options of an interrupted run, so that it can go on.

    ``again`` gives what a journal never keeps (the values of ``headers`` and ``tools_headers``,
    secrets in ``mcp`` and ``openapi``) or what may change on the way (``timeout``, ``max_reply``,
    ``concurrency``, ``rpm``, ``tpm``, ``engine_python``, ``workers``, ``ray``). Raises UsageError
    when there is no run to go on with, or a header of then is missing.
    """
    settings = started(run).settings
    if "monitor" in settings:
        raise UsageError(f"{run} is a portion of a monitor", "`toolfuzz monitor` goes on with it")
    for option in ("headers", "tools_headers"):
        require_headers(settings, again.get(option, {}), option=option)
    stored = stored_options(settings)
    for name in HIDING:
        _check_hidden(name, getattr(stored, name), again.get(name, ()))
    return stored.but(**again)


def _check_hidden(name: str, then: Sequence[str], now: Sequence[str]) -> None:
    """See that what was stored without its secrets is given again, and is the same."""
    if now and [without_secrets(spec) for spec in now] != list(then):
        raise UsageError(f"--{name} names another server than then: {', '.join(then)}")
    if not now and (hidden := [spec for spec in then if HIDDEN in spec]):
        raise UsageError(
            f"a journal never keeps what stood for {HIDDEN} in --{name} {hidden[0]!r}",
            f"give all of --{name} again as then",
        )


def started(run: Path) -> RunStarted:
    """Return how a run began; raises UsageError when it isn't a run's folder."""
    first = next(read_journal(run), None)
    if not isinstance(first, RunStarted) or "cases" not in first.settings:
        raise UsageError(f"{run} is not the folder of a run", "give the folder that --out named")
    return first
