"""``toolfuzz engines bisect``: which release broke it, and which one mended it."""

from pathlib import Path
from typing import Any

import click

__all__ = ["bisect"]


EPILOG = """\b
Examples:
  toolfuzz engines bisect bugs/object-as-json-string-1.json
  toolfuzz engines bisect RUN sglang --case 3fa1c2 --since 0.5.0
  toolfuzz engines bisect CASE.json sglang:glm45 --all

Releases are fetched as they are needed, and kept. What lies between two releases that answer alike
isn't tried, unless --all says so. Exit codes: 0 the failure was seen, 3 no release shows it.
"""


@click.command(epilog=EPILOG)
@click.argument("what", type=click.Path(path_type=Path), metavar="BUG.json|RUN")
@click.argument("engine", required=False, metavar="[ENGINE[:PARSER]]")
@click.option("--case", default="", metavar="ID", help="Of a run: the failing case.")
@click.option("--since", metavar="VERSION", help="Oldest release to try.")
@click.option("--until", metavar="VERSION", help="Newest release to try.")
@click.option("--all", "every", is_flag=True, help="Try each release.")
@click.option("--offline", is_flag=True, help="Only releases that are fetched.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def bisect(**given: Any) -> None:
    """Put a failure to an engine's releases: which broke it, which mended it.

    BUG.json is what `toolfuzz bug` or `toolfuzz minimize` wrote; text, increments and the right
    answer are those that failed.
    """
    from toolfuzz.commands._engine_bisect import bisect as do

    do(**given)
