"""``toolfuzz observe``: a proxy that judges what an agent and its endpoint say to each other."""

import asyncio
from pathlib import Path
from typing import Any

import click

from toolfuzz.config import load_config
from toolfuzz.core.text import printable
from toolfuzz.judge.policy import Policy
from toolfuzz.report.terminal import print_summary
from toolfuzz.report.traffic import traffic
from toolfuzz.runs.observe import Watching, watch


def observe(upstream: str, port: int, out: Path | None, quiet: bool, **given: Any) -> None:
    """Do what ``toolfuzz observe`` does."""

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
