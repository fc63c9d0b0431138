"""``toolfuzz observe``: a proxy that judges what an agent and its endpoint say to each other."""

import asyncio
from pathlib import Path
from typing import Any

import click

from toolfuzz.cli.options import judge_options

EPILOG = """\b
Examples:
  toolfuzz observe --upstream https://api.anthropic.com &
  ANTHROPIC_BASE_URL=http://127.0.0.1:8400 claude
  toolfuzz observe --upstream http://127.0.0.1:8000/v1       a server of your own
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
def observe(upstream: str, port: int, out: Path | None, quiet: bool, **given: Any) -> None:
    """Pass an agent's calls on to its endpoint and judge them on the way, until Ctrl-C."""
    from toolfuzz.system.extras import require

    require("server", "toolfuzz observe")
    from toolfuzz.config import load_config
    from toolfuzz.core.text import printable
    from toolfuzz.judge.policy import Policy
    from toolfuzz.report.terminal import print_summary
    from toolfuzz.report.traffic import traffic
    from toolfuzz.runs.observe import Watching, watch

    said = {name: value for name, value in given.items() if value not in (None, ())}
    policy = Policy(**{**load_config().given("judge"), **said})
    policy.check()
    show = traffic(quiet=quiet)

    def announce(url: str) -> None:
        click.echo(f"passing on to {upstream}; give your agent this address in its place:")
        click.echo(url)

    def warn(message: str) -> None:
        show.note(printable(message))

    watching = Watching(upstream, port, out, policy, announce, show.tell, warn)
    with show:
        summaries = asyncio.run(watch(watching))
    for summary in summaries:
        print_summary(summary)
