"""``toolfuzz monitor``: does the endpoint still call tools as it did?"""

import json
from pathlib import Path
from typing import Any

import click

from toolfuzz.commands._budget import say_spent_out
from toolfuzz.commands._given import (
    run_options_from,
)
from toolfuzz.commands._kept import kept
from toolfuzz.commands._live import live
from toolfuzz.core.errors import (
    EXIT_GATE_FAILED,
    EXIT_INCONCLUSIVE,
    EXIT_INTERRUPTED,
    EXIT_INVALID_RUN,
    EXIT_PASSED,
    UsageError,
)
from toolfuzz.core.text import file_name
from toolfuzz.report.monitor import print_monitor, write_page
from toolfuzz.runs.monitor import MonitorOptions
from toolfuzz.runs.monitor import monitor as ask_portion
from toolfuzz.runs.prices import prices

_CODES = {
    "baseline": EXIT_PASSED,
    "quiet": EXIT_PASSED,
    "alarm": EXIT_GATE_FAILED,
    "outage": EXIT_INVALID_RUN,
    None: EXIT_INTERRUPTED,
}


def monitor(
    folder: str | None,
    calls: int,
    most_calls: int,
    baseline_calls: int | None,
    margin: float | None,
    new_baseline: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Do what ``toolfuzz monitor`` does."""
    run = run_options_from(given)
    if len(run.models) != 1:
        raise UsageError(
            f"monitor watches one model, not {len(run.models)}",
            "name it with -m MODEL; each model has a --dir of its own",
        )
    where = Path(folder) if folder else Path("reports") / f"monitor-{file_name(run.models[0])}"
    options = MonitorOptions(run, where, calls, most_calls, baseline_calls, margin, new_baseline)
    with kept(lambda: "what was answered is kept; the same command goes on"):
        result, interrupted = live(
            lambda tell, stop: ask_portion(options, tell=tell, stop=stop),
            quiet=quiet,
            prices=prices(run.price),
        )
    page = write_page(result)
    if as_json:
        click.echo(json.dumps(result, indent=2))
    else:
        print_monitor(result, page)
    spent_out = result.get("budget", "")
    say_spent_out(spent_out)
    code = interrupted or _CODES[result["outcome"]]
    # A portion that a budget ended was not interrupted; nothing can be said of it yet.
    ended = spent_out and result["outcome"] is None and not interrupted
    click.get_current_context().exit(EXIT_INCONCLUSIVE if ended else code)
