"""``toolfuzz observe``: a proxy that judges what an agent and its endpoint say to each other."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli.options import judge_options

EPILOG = """\b
Examples:
  toolfuzz observe --upstream https://api.anthropic.com &
  ANTHROPIC_BASE_URL=http://127.0.0.1:8400 claude
  toolfuzz observe --upstream http://127.0.0.1:8000/v1    a server of your own
  codex -c 'openai_base_url="http://127.0.0.1:8400/v1"'
  toolfuzz show reports/…-observed; toolfuzz bug reports/…-observed

Give the agent the address that is printed in the place of its endpoint's. Bytes pass unchanged and
at once, keys are never written. Without a known answer only what the wire, the schemas and the
history prove is reported.
"""


@click.command(epilog=EPILOG)
@click.option("--upstream", required=True, metavar="URL", help="The endpoint, as a client has it.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(0, 65535))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the run (reports/<time>-observed).")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="No table.")
@judge_options
def observe(**given: Any) -> None:
    """Pass an agent's calls on to its endpoint and judge them on the way, until Ctrl-C."""
    from toolfuzz.system.extras import require

    require("server", "toolfuzz observe")
    from toolfuzz.commands.observe import observe as do

    do(**given)
