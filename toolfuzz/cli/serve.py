"""``toolfuzz serve``: the simulated endpoint, for people's own client tests."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._complete import complete_faults, complete_profiles

EPILOG = """\b
Examples:
  toolfuzz serve --profile glm-4.7 --port 8399
  toolfuzz serve --fault args-truncated@0.5   half of the replies are cut off
  toolfuzz serve --fault http-429~1           the first request is refused
  toolfuzz serve --script replies.toml        these replies, one by one
  toolfuzz serve --script CASE.json           the case of a report, strictly
  toolfuzz serve --port 0 --ready-file FILE   a free port, told in FILE

It speaks every wire format (`toolfuzz list formats`), plain and streamed, and logs a line for each
request. `toolfuzz list faults` and `toolfuzz list profiles` name what it can do wrong; a request's
model picks a profile or a fault (fault:NAME), too. It calls the tool that a prompt names, with the
JSON object that stands in the prompt.
"""


@click.command(epilog=EPILOG)
@click.option("--profile", default="clean", show_default=True, metavar="NAME",
              shell_complete=complete_profiles,
              help="What kind of endpoint.")  # fmt: skip
@click.option("--fault", "faults", multiple=True, metavar="NAME[@P][~N]",
              shell_complete=complete_faults,
              help="A perfect endpoint but for this: with probability P, in request N, N-M or N-; "
                   "repeatable.")  # fmt: skip
@click.option("--script", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE",
              help="Replies one by one (.toml), or always a report's case (.json).")  # fmt: skip
@click.option("--port", default=8399, show_default=True, type=click.IntRange(0, 65535),
              help="0: a free one.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="0.0.0.0 in a container.")  # fmt: skip
@click.option("--latency-ms", default=0.0, type=click.FloatRange(min=0), help="Delay per reply.")
@click.option("--seed", default=0, type=int, help="Same seed, same faults.")
@click.option("--json", "as_json", is_flag=True, help="Print where it is as a line of JSON.")
@click.option("--ready-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write that line to a file once it answers.")  # fmt: skip
def serve(**given: Any) -> None:
    """Serve a simulated model endpoint with known faults on 127.0.0.1, until Ctrl-C."""
    from toolfuzz.system.extras import require

    require("server", "toolfuzz serve")
    from toolfuzz.commands.serve import serve as do

    do(**given)
