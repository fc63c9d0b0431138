"""``toolfuzz minimize``: the smallest case that still fails."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import again_options, expect_options
from toolfuzz.cli._complete import complete_runs
from toolfuzz.cli.options import askings_option, budget_options

EPILOG = """\b
Examples:
  toolfuzz minimize reports/20261123-101500-glm-4.7
  toolfuzz minimize reports/20261123-101500-glm-4.7 3fa1c2 --askings 120
  toolfuzz minimize RUN --most 1 --max-cost 0.50

Interrupt it, or let a budget end it, and give the same command again: it goes on where it stood,
and no answer is asked for twice. Exit codes: 0 something was minimized, 3 nothing came again,
130 interrupted.
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN", shell_complete=complete_runs)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
              help="Distinct failures to minimize, the commonest first.")  # fmt: skip
@askings_option
@budget_options
@expect_options
@again_options
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; only the result.")
def minimize(**given: Any) -> None:
    """Shrink the failing cases of a run, asking the model again.

    Schema, tools, prompt and expected value shrink together. An endpoint that fails only some of
    the time is asked often enough to be sure.
    """
    from toolfuzz.commands.minimize import minimize as do

    do(**given)
