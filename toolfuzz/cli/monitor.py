"""``toolfuzz monitor``: does the endpoint still call tools as it did?"""

import json
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.watch import USUAL
from toolfuzz.cli._budget import say_spent_out
from toolfuzz.cli._kept import kept
from toolfuzz.cli._live import live
from toolfuzz.cli.options import (
    budget_options,
    endpoint_options,
    judge_options,
    run_options_from,
    seed_option,
    tool_options,
)
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

_CALLS = 20

EPILOG = f"""\b
Examples:
  toolfuzz monitor -m sim/clean --dir watch            the first portion: a baseline
  toolfuzz monitor -m glm-4.7 --dir watch/glm          each day the same command
  toolfuzz monitor -m glm-4.7 --dir watch/glm --tools my_tools.json
  toolfuzz monitor -m glm-4.7 --dir watch/glm --new-baseline    after an alarm

\b
In a crontab:
  17 4 * * *  toolfuzz monitor -m glm-4.7 --dir ~/watch/glm --quiet || mail -s …

The first portion has {USUAL.baseline} calls, each later one {_CALLS}, and more when they look \
worse.
monitor.html in the folder shows the series, monitor.json holds it. See docs/monitoring.md.

\b
Exit codes: 0 no alarm · 1 an alarm, until --new-baseline · 4 the endpoint is unusable
            2 usage, a folder that watches something else, or a clock that ran backwards
            3 a budget ended it before the portion was whole; the next call goes on with it
"""

_CODES = {
    "baseline": EXIT_PASSED,
    "quiet": EXIT_PASSED,
    "alarm": EXIT_GATE_FAILED,
    "outage": EXIT_INVALID_RUN,
    None: EXIT_INTERRUPTED,
}


@click.command(epilog=EPILOG)
@endpoint_options
@budget_options
@click.option(
    "--dir", "folder", metavar="FOLDER", help="What the monitor knows (reports/monitor-<model>)."
)
@click.option("--calls", type=int, default=_CALLS, metavar="N", show_default=True,
              help="Calls of a portion.")  # fmt: skip
@click.option(
    "--most-calls", type=int, default=USUAL.most, metavar="N", show_default=True,
    help="At most so many when they look worse; as many as --calls: never more.",
)  # fmt: skip
@click.option(
    "--baseline-calls", type=int, metavar="N",
    help=f"Answers that say what is usual ({USUAL.baseline}); fewer see less.",
)  # fmt: skip
@click.option(
    "--margin", type=click.FloatRange(0, 1, max_open=True), metavar="SHARE",
    help="How much more often it may fail (0); for endpoints that vary from day to day: 0.03.",
)  # fmt: skip
@click.option(
    "--new-baseline", is_flag=True,
    help="Begin anew: the alarm is known, or the tools, options or toolfuzz changed.",
)  # fmt: skip
@tool_options
@seed_option
@judge_options
@click.option("--json", "as_json", is_flag=True, help="Print monitor.json.")
@click.option("--quiet", is_flag=True, help="No progress; only the result.")
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
    """Watch an endpoint: a few calls each time, an alarm when it became worse.

    One call of the command asks one portion of new questions; let cron or a scheduled job call it.
    It compares with the folder's own baseline, and may be looked at at any time: whatever comes by
    chance, less than one endpoint in a hundred gives a false alarm in a year.
    """
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
