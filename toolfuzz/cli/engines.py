"""``toolfuzz engines``: serving engines whose parsers can be put on trial."""

from typing import Any

import click

from toolfuzz.cli._engine_bisect import bisect
from toolfuzz.cli._engine_sweep import sweep_command
from toolfuzz.cli._lazy import WholeGroup

EPILOG = """\b
Examples:
  toolfuzz engines list
  toolfuzz engines fetch sglang@0.5.6
  toolfuzz run -m engine/sglang@0.5.6:glm45 -m engine/sglang@0.5.23:glm45 \\
      --both-streams
  toolfuzz engines bisect bugs/object-as-json-string-1.json
  toolfuzz engines sweep sglang --since 0.5.6 --parser glm45,qwen3_coder
  toolfuzz engines remove sglang@0.5.6
"""


@click.group(cls=WholeGroup, epilog=EPILOG)
def engines() -> None:
    """Serving engines whose parsers can be tried: their releases, and what broke between them."""


engines.add_command(bisect)


engines.add_command(sweep_command)


@engines.command("list", epilog="Example: toolfuzz engines list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(**given: Any) -> None:
    """List families, the parsers that read them, fetched engines, and what was last found."""
    from toolfuzz.commands.engines import list_ as do

    do(**given)


@engines.command(epilog="Example: toolfuzz engines fetch sglang@0.5.23")
@click.argument("release", metavar="ENGINE@VERSION")
def fetch(**given: Any) -> None:
    """Fetch one release through pip into the cache; our own environment stays as it is."""
    from toolfuzz.commands.engines import fetch as do

    do(**given)


@engines.command(epilog="Example: toolfuzz engines remove sglang@0.5.23")
@click.argument("release", metavar="ENGINE@VERSION")
def remove(**given: Any) -> None:
    """Delete a fetched release from the cache."""
    from toolfuzz.commands.engines import remove as do

    do(**given)
