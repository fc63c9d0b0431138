"""``toolfuzz bug``: failures as reports for an issue tracker."""

from pathlib import Path
from typing import Any

import click

EPILOG = """\b
Examples:
  toolfuzz bug reports/20261123-101500-glm-4.7
  toolfuzz bug RUN --ask                       minimize and attribute first
  toolfuzz bug RUN --most 1 --template form    in the shape of GitHub's issue forms

Each report is NAME.md with NAME.json (the case, for `toolfuzz replay`) and NAME.http (the whole
exchange) beside it. Read it before you post it: it quotes what the server said.
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
              help="Distinct causes to report, the commonest first.")  # fmt: skip
@click.option("--ask", is_flag=True,
              help="Minimize and attribute first what isn't yet; this asks the model.")  # fmt: skip
@click.option("--max-calls", type=click.IntRange(min=1), default=500, show_default=True,
              metavar="N", help="Calls per cause with --ask.")  # fmt: skip
@click.option("--template", default="issue", show_default=True, metavar="issue|form|FILE",
              help="Shape of the report; FILE is a Jinja template.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder (RUN/bugs).")
@click.option("--engine-python", metavar="PATH", help="Python in which an engine/… is installed.")
def bug(run: Path, **options: Any) -> None:
    """Write a bug report for each distinct cause of a run's failures.

    The same defect at the same schema shape is one cause. Nothing is asked without --ask.
    """
    from toolfuzz.cli._bug import write_reports

    write_reports(run, **options)
