"""``toolfuzz worlds``: what dimensions are asked on, and the proofs of it."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._complete import complete_dimensions
from toolfuzz.cli._lazy import WholeGroup
from toolfuzz.cli.options import workers_option

EPILOG = """\b
Examples:
  toolfuzz worlds prove --cases 300 --workers 4
  toolfuzz worlds prove --dimension scope --level 6
  toolfuzz worlds draw plan --level 3 > world.json
  toolfuzz worlds prove world.json
"""


@click.group(cls=WholeGroup, epilog=EPILOG)
def worlds() -> None:
    """Prove the worlds that dimensions are asked on, or draw one to begin with."""


@worlds.command(epilog=EPILOG)
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[CASE.json]")
@click.option("--cases", type=click.IntRange(min=1), default=50, show_default=True, metavar="N",
              help="Worlds of each dimension, each with its control twin.")  # fmt: skip
@click.option("--dimension", "names", multiple=True, metavar="NAME", help="Only this one.",
              shell_complete=complete_dimensions)  # fmt: skip
@click.option("--level", type=int, metavar="N", help="How hard they are (the usual level).")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Other worlds.")
@workers_option("Processes that draw and prove (1).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def prove(**given: Any) -> None:
    """Try the seven claims about drawn worlds, or about one file.

    Exits 1 when one doesn't hold.
    """
    from toolfuzz.commands.worlds import prove as do

    do(**given)


@worlds.command(epilog="Example: toolfuzz worlds draw plan --level 3 > world.json")
@click.argument("name", metavar="DIMENSION", shell_complete=complete_dimensions)
@click.option("--level", type=int, metavar="N", help="How hard it is (the usual level).")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Another one.")
@click.option("--twin", is_flag=True, help="Its control twin.")
def draw(**given: Any) -> None:
    """Print a world as a case file, to be changed by hand."""
    from toolfuzz.commands.worlds import draw as do

    do(**given)
