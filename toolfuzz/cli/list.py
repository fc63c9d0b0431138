"""``toolfuzz list``: what there is to choose from."""

from typing import Any

import click

KINDS = (
    "models",
    "defects",
    "features",
    "probes",
    "dimensions",
    "formats",
    "profiles",
    "faults",
    "schemas",
)


@click.command("list", epilog="Example: toolfuzz list models")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(**given: Any) -> None:
    """List models, defects, features, probes, dimensions, formats, profiles, faults or schemas."""
    from toolfuzz.commands.list import list_ as do

    do(**given)
