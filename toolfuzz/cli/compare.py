"""``toolfuzz compare``: runs side by side."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._complete import complete_runs

EPILOG = """\b
Examples:
  toolfuzz compare reports/monday reports/friday
  toolfuzz compare reports/* --format md > comparison.md
  toolfuzz compare reports/* --format html --out comparison.html

Rows with a letter in common can't be told apart by these runs. Differences are measured on the
cases that both were asked, where they share enough of them.
"""


@click.command(epilog=EPILOG)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...",
    shell_complete=complete_runs,
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["table", "md", "csv", "json", "html"]),
    default="table", show_default=True,
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.")
def compare(**given: Any) -> None:
    """Set the targets of several runs side by side. RUN is a folder or its run.jsonl."""
    from toolfuzz.commands.compare import compare as do

    do(**given)
