"""``toolfuzz plan``: what a run would cover, without asking anybody."""

from typing import Any

import click

from toolfuzz.cli.options import case_options, repeat_option

EPILOG = """\b
Examples:
  toolfuzz plan --cases 200
  toolfuzz plan --cases 200 --strength 3
  toolfuzz plan --tools my_tools.json
"""


@click.command(epilog=EPILOG)
@case_options
@repeat_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def plan(**given: Any) -> None:
    """Show what so many cases cover: pairs and triples of schema features, shapes, tokens."""
    from toolfuzz.commands.plan import plan as do

    do(**given)
