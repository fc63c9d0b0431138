"""``toolfuzz monitor``: does the endpoint still call tools as it did?"""

from typing import Any

import click

from toolfuzz.cli.options import (
    budget_options,
    endpoint_options,
    judge_options,
    seed_option,
    tool_options,
)

_CALLS = 20
# The usual rule's (analyze.watch.USUAL), which a test holds them to: importing it takes longer.
_BASELINE, _MOST = 500, 400

EPILOG = f"""\b
Examples:
  toolfuzz monitor -m sim/clean --dir watch     the first portion: a baseline
  toolfuzz monitor -m glm-4.7 --dir watch/glm   each day the same command
  toolfuzz monitor -m glm-4.7 --dir watch/glm --tools my_tools.json
  toolfuzz monitor -m glm-4.7 --dir watch/glm --new-baseline   after an alarm

\b
In a crontab:
  17 4 * * *  toolfuzz monitor -m glm-4.7 --dir ~/watch/glm --quiet

The first portion has {_BASELINE} calls, each later one {_CALLS}, and more when they look worse.
monitor.html in the folder shows the series, monitor.json holds it. See docs/monitoring.md.

\b
Exit codes: 0 no alarm · 1 an alarm, until --new-baseline
            2 usage, a folder that watches something else, or a clock that
              ran backwards
            3 a budget ended it before the portion was whole; the next call
              goes on with it
            4 the endpoint is unusable
"""


@click.command(epilog=EPILOG)
@endpoint_options
@budget_options
@click.option(
    "--dir", "folder", metavar="FOLDER", help="What the monitor knows (reports/monitor-<model>)."
)
@click.option("--calls", type=int, default=_CALLS, metavar="N", show_default=True,
              help="Calls of a portion.")  # fmt: skip
@click.option(
    "--most-calls", type=int, default=_MOST, metavar="N", show_default=True,
    help="At most so many when they look worse; as many as --calls: never more.",
)  # fmt: skip
@click.option(
    "--baseline-calls", type=int, metavar="N",
    help=f"Answers that say what is usual ({_BASELINE}); fewer see less.",
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
@click.option("-q", "--quiet", is_flag=True, help="No progress; only the result.")
def monitor(**given: Any) -> None:
    """Watch an endpoint: a few calls each time, an alarm when it became worse.

    One call of the command asks one portion of new questions; let cron or a scheduled job call it.
    It compares with the folder's own baseline, and may be looked at at any time: whatever comes by
    chance, less than one endpoint in a hundred gives a false alarm in a year.
    """
    from toolfuzz.commands.monitor import monitor as do

    do(**given)
