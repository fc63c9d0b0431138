"""``toolfuzz attribute``: what goes with the failures, what causes them, on which layer."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import again_options, expect_options
from toolfuzz.cli._complete import complete_runs
from toolfuzz.cli.options import askings_option, budget_options

EPILOG = """\b
Examples:
  toolfuzz attribute reports/20261123-101500-glm-4.7    nothing is asked
  toolfuzz attribute RUN --confirm                      ask: cause and layer
  toolfuzz attribute RUN --confirm --engine engine/sglang@0.5.23:glm47

Without --confirm features are only associated with failing. With it each feature is taken away
while all else is kept, and the case is asked streamed and not, in the endpoint's other wire
formats, and with its tools spelled anew; --engine also puts its perfect text to a real parser.
Without it a parser of the model's family is taken if a release is fetched (`engines list`).
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN", shell_complete=complete_runs)
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--confirm", is_flag=True, help="Ask the model again; needed to speak of a cause.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
              help="Distinct failures, the commonest first.")  # fmt: skip
@askings_option
@budget_options
@click.option("--engine", "engines", multiple=True, metavar="engine/…",
              help="Parser on trial to compare with; repeatable.")  # fmt: skip
@expect_options
@again_options
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def attribute(**given: Any) -> None:
    """Say which schema features go with a run's failures, and with --confirm which cause them."""
    from toolfuzz.commands.attribute import attribute as do

    do(**given)
