"""``toolfuzz minimize``: the smallest case that still fails."""

from pathlib import Path
from typing import Any

import click

EPILOG = """\b
Examples:
  toolfuzz minimize reports/20261123-101500-glm-4.7
  toolfuzz minimize reports/20261123-101500-glm-4.7 3fa1c2 --max-calls 120
  toolfuzz minimize RUN --most 1 --max-cost 0.50

Interrupt it and give the same command again: it goes on where it stood, and no answer is asked
for twice. Exit codes: 0 something was minimized, 3 nothing came again, 130 interrupted.
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
              help="Distinct failures to minimize, the commonest first.")  # fmt: skip
@click.option("--max-calls", type=click.IntRange(min=1), default=500, show_default=True,
              metavar="N", help="Calls per failure.")  # fmt: skip
@click.option("--max-seconds", type=float, metavar="S", help="Time per failure.")
@click.option("--max-cost", type=float, metavar="USD", help="Money per failure, where known.")
@click.option("--concurrency", type=click.IntRange(min=1), default=16, show_default=True,
              metavar="N", help="Questions under way.")  # fmt: skip
@click.option("--engine-python", metavar="PATH", help="Python in which an engine/… is installed.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--quiet", is_flag=True, help="No progress; only the result.")
def minimize(run: Path, **options: Any) -> None:
    """Shrink the failing cases of a run, asking the model again.

    Schema, tools, prompt and expected value shrink together. An endpoint that fails only some of
    the time is asked often enough to be sure.
    """
    from toolfuzz.cli._minimize import minimize_run

    minimize_run(run, **options)
