"""What ``toolfuzz engines`` prints and does."""

import json

import click

from toolfuzz.core.errors import UsageError
from toolfuzz.engines.native import families
from toolfuzz.engines.store import FETCHABLE, cache_folder, cached, fetch, parsers_of, remove
from toolfuzz.report.terminal import print_rows

__all__ = ["fetch_engine", "print_engines", "remove_engine"]


def print_engines(*, as_json: bool) -> None:
    """Print the families and what is fetched."""
    releases = [
        {"release": f"{c.engine}@{c.version}", "bytes": c.size, "parsers": parsers_of(c)}
        for c in cached()
    ]
    known = [
        {"family": f.name, "models": f.title, "parsers": list(f.parsers)}
        for f in families().values()
    ]
    if as_json:
        click.echo(json.dumps({"families": known, "fetched": releases}, indent=2))
        return
    print_rows(
        ("family", "models", "parsers"),
        [(f.name, f.title, ", ".join(f.parsers)) for f in families().values()],
    )
    click.echo()
    if releases:
        print_rows(
            ("fetched", "size", "parsers"),
            [
                (f"{c.engine}@{c.version}", f"{c.size / 1e6:.0f} MB", ", ".join(parsers_of(c)))
                for c in cached()
            ],
        )
    else:
        click.echo("no release is fetched yet: toolfuzz engines fetch sglang@0.5.23")
    click.echo(f"\nkept in {cache_folder()}; vLLM is tried where it is installed (--engine-python)")


def fetch_engine(release: str) -> None:
    """Fetch a release and say what it holds."""
    engine, version = _parts(release)
    click.echo(f"fetching {engine} {version} …", err=True)
    place = fetch(engine, version)
    found = next((parsers_of(c) for c in cached() if c.path == place), [])
    click.echo(f"{engine}@{version} is there; parsers: {', '.join(found) or 'none known'}")
    if found:
        click.echo(f"try it: toolfuzz run -m engine/{engine}@{version}:{found[0]} --both-streams")


def remove_engine(release: str) -> None:
    """Delete a release."""
    engine, version = _parts(release)
    remove(engine, version)
    click.echo(f"removed {engine}@{version}")


def _parts(release: str) -> tuple[str, str]:
    engine, found, version = release.removeprefix("engine/").partition("@")
    if not found or not version:
        example = f"{FETCHABLE[0]}@0.5.23"
        raise UsageError(f"{release!r} is not ENGINE@VERSION", f"for example: {example}")
    return engine, version.partition(":")[0]
