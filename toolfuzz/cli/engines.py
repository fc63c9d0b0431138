"""``toolfuzz engines``: serving engines whose parsers can be put on trial."""

import click

EPILOG = """\b
Examples:
  toolfuzz engines list
  toolfuzz engines fetch sglang@0.5.6
  toolfuzz run -m engine/sglang@0.5.6:glm45 -m engine/sglang@0.5.23:glm45 --both-streams
  toolfuzz engines remove sglang@0.5.6
"""


@click.group(epilog=EPILOG)
def engines() -> None:
    """Fetch, list and remove serving engines whose parsers can be tried."""


@engines.command("list", epilog="Example: toolfuzz engines list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(as_json: bool) -> None:
    """List model families, the parsers that read them, and fetched engines."""
    from toolfuzz.cli._engines import print_engines

    print_engines(as_json=as_json)


@engines.command(epilog="Example: toolfuzz engines fetch sglang@0.5.23")
@click.argument("release", metavar="ENGINE@VERSION")
def fetch(release: str) -> None:
    """Fetch one release through pip into the cache; our own environment stays as it is."""
    from toolfuzz.cli._engines import fetch_engine

    fetch_engine(release)


@engines.command(epilog="Example: toolfuzz engines remove sglang@0.5.23")
@click.argument("release", metavar="ENGINE@VERSION")
def remove(release: str) -> None:
    """Delete a fetched release from the cache."""
    from toolfuzz.cli._engines import remove_engine

    remove_engine(release)
