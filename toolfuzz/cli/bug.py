"""``toolfuzz bug``: failures as reports for an issue tracker."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import again_options, expect_options
from toolfuzz.cli._complete import complete_runs
from toolfuzz.cli.options import askings_option, budget_options

EPILOG = """\b
Examples:
  toolfuzz bug reports/20261123-101500-glm-4.7
  toolfuzz bug RUN --ask                      minimize and attribute first
  toolfuzz bug RUN --most 1 --template form   in the shape of GitHub's forms

Each report is NAME.md with NAME.json (the case, for `toolfuzz replay`) and NAME.http (the whole
exchange) beside it; of an engine's parser, NAME.py (a script that needs the engine alone). Read it
before you post it: it quotes what the server said.
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN", shell_complete=complete_runs)
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
              help="Causes to report, the commonest (of engines the worst) first.")  # fmt: skip
@click.option("--ask", is_flag=True,
              help="Minimize and attribute first what isn't yet; this asks the model.")  # fmt: skip
@askings_option
@budget_options
@click.option("--template", default="issue", show_default=True, metavar="issue|form|FILE",
              help="Shape of the report; FILE is a Jinja template.")  # fmt: skip
@click.option("--subject", default="", metavar="TEXT",
              help="Software under test, for the title: vLLM 0.11, hermes parser.")  # fmt: skip
@click.option("--since", metavar="VERSION",
              help="Of an engine: find the release that broke it, from this one on.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder (RUN/bugs).")
@expect_options
@again_options
def bug(**given: Any) -> None:
    """Write a bug report for each distinct cause of a run's failures.

    The same defect at the same schema shape is one cause. Without --ask no model is asked anything;
    an engine's parser, which costs nothing, is always asked for the smallest case.
    """
    from toolfuzz.commands.bug import bug as do

    do(**given)
