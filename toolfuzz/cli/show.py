"""``toolfuzz show``: what failed in a run, and one question of it as it was."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import expect_options
from toolfuzz.cli._complete import complete_runs

EPILOG = """\b
Examples:
  toolfuzz show reports/20261123-101500-glm-4.7    what failed
  toolfuzz show RUN 3                              the third of these
  toolfuzz show RUN 3fa1c2                         a case, by its id
  toolfuzz show RUN --defect value-nulled --all    all that show it
  toolfuzz show RUN 3 --raw > reply.txt            the bytes that came
  toolfuzz show RUN 3fa1c2 --expect-value '/config={"env": "prod"}'
  toolfuzz show RUN/bugs/value-nulled-1.json       a case file

What came is shown as it came, also with what the official SDKs that are installed make of it. The
key in the shell command is the name of its variable.
"""


@click.command(epilog=EPILOG)
@click.argument(
    "what", type=click.Path(path_type=Path), metavar="RUN|CASE.json", shell_complete=complete_runs
)
@click.argument("case", required=False, metavar="[CASE]")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--defect", "slugs", multiple=True, metavar="SLUG", help="Only what fails by this.")
@click.option("--all", "whole", is_flag=True, help="List every failure.")
@expect_options
@click.option("--raw", is_flag=True, help="Of one reply: its bytes alone, whole.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(**given: Any) -> None:
    """Show the failures of a run, or one case: what was asked, expected and got, byte by byte.

    CASE is a number in the list of failures, or the beginning of a case's id; then its failing
    replies are shown, one for each model and stream mode.
    """
    from toolfuzz.commands.show import show as do

    do(**given)
