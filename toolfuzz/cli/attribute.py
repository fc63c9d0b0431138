"""``toolfuzz attribute``: what goes with the failures, what causes them, on which layer."""

from pathlib import Path
from typing import Any

import click

EPILOG = """\b
Examples:
  toolfuzz attribute reports/20261123-101500-glm-4.7             nothing is asked
  toolfuzz attribute RUN --confirm                               ask: cause and layer
  toolfuzz attribute RUN --confirm --engine engine/sglang@0.5.23:glm47

Without --confirm features are only associated with failing. With it each feature is taken away
while all else is kept, and the case is asked streamed and not, in the endpoint's other wire
formats, and with its tools spelled anew; --engine also puts its perfect text to a real parser.
Without it a parser of the model's family is taken if a release is fetched (`engines list`).
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@click.option("--confirm", is_flag=True, help="Ask the model again; needed to speak of a cause.")
@click.option("--most", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
              help="Distinct failures, the commonest first.")  # fmt: skip
@click.option("--max-calls", type=click.IntRange(min=1), default=300, show_default=True,
              metavar="N", help="Calls per failure.")  # fmt: skip
@click.option("--engine", "engines", multiple=True, metavar="engine/…",
              help="Parser on trial to compare with; repeatable.")  # fmt: skip
@click.option("--engine-python", metavar="PATH", help="Python in which an engine/… is installed.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def attribute(run: Path, **options: Any) -> None:
    """Say which schema features go with a run's failures, and with --confirm which cause them."""
    from toolfuzz.cli._attribute import attribute_run

    attribute_run(run, **options)
