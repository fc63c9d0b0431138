"""``toolfuzz report``: a run's results again, from its journal alone."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._complete import complete_runs
from toolfuzz.cli.options import report_option

EPILOG = """\b
Examples:
  toolfuzz report reports/20261123-101500-glm-4.7
  toolfuzz report reports/20261123-101500-glm-4.7 --json
  toolfuzz report reports/20261123-101500-glm-4.7 --report junit=junit.xml
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN", shell_complete=complete_runs)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@report_option
@click.option("-q", "--quiet", is_flag=True, help="No table; only the reports.")
def report(**given: Any) -> None:
    """Print a run's table again. RUN is its folder or its run.jsonl."""
    from toolfuzz.commands.report import report as do

    do(**given)
