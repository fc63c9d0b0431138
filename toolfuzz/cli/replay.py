"""``toolfuzz replay``: is a known failure still there?"""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import expect_options
from toolfuzz.cli.options import endpoint_options

EPILOG = """\b
Examples:
  toolfuzz replay bugs/object-as-json-string-1.json -m glm-4.7
  toolfuzz replay bugs/object-as-json-string-1.md -m sim/glm-4.7 --times 32
  toolfuzz replay reports/20261123-101500-glm-4.7 -m minimax-m2.1

\b
Exit codes: 0 fixed · 1 still fails · 3 inconclusive · 4 endpoint unusable
"""


@click.command(epilog=EPILOG)
@click.argument("what", type=click.Path(path_type=Path), metavar="CASE.json|BUG|RUN")
@endpoint_options
@expect_options
@click.option("--times", type=click.IntRange(min=1), metavar="N",
              help="Askings per case  [default: as many as can call it fixed].")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def replay(**given: Any) -> None:
    """Ask a known failure again: FIXED, STILL FAILS or INCONCLUSIVE, with interval.

    It is asked in the stream mode in which it failed, unless --stream or --no-stream says else.
    """
    from toolfuzz.commands.replay import replay as do

    do(**given)
