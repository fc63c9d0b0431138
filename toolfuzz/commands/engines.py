"""``toolfuzz engines``: serving engines whose parsers can be put on trial."""

import json
from dataclasses import asdict

import click

from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable
from toolfuzz.engines import store
from toolfuzz.engines.found import last_found
from toolfuzz.engines.known import engines as known_engines
from toolfuzz.engines.known import fetchable
from toolfuzz.engines.native import families
from toolfuzz.engines.store import cache_folder, cached, parsers_of
from toolfuzz.report.console import print_rows


def list_(as_json: bool) -> None:
    """Do what ``toolfuzz engines list`` does."""
    releases = [
        {"release": f"{c.engine}@{c.version}", "bytes": c.size, "parsers": parsers_of(c)}
        for c in cached()
    ]
    found = last_found()
    known = [
        {"family": f.name, "models": f.title, "parsers": list(f.parsers)}
        for f in families().values()
    ]
    if as_json:
        told = [asdict(one) for one in found]
        click.echo(json.dumps({"families": known, "fetched": releases, "found": told}, indent=2))
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
    if found:
        click.echo()
        rows = [(one.target, one.words()) for one in found]
        print_rows(("parser", "last found"), rows)
    installed = ", ".join(e.title for e in known_engines().values() if e.wheel is None)
    kept = printable(str(cache_folder()))
    click.echo(f"\nkept in {kept}; where it is installed: {installed} (--engine-python)")


def fetch(release: str) -> None:
    """Do what ``toolfuzz engines fetch`` does."""
    engine, version = _parts(release)
    click.echo(f"fetching {engine} {version} …", err=True)
    place = store.fetch(engine, version)
    found = next((parsers_of(c) for c in cached() if c.path == place), [])
    click.echo(f"{engine}@{version} is there; parsers: {', '.join(found) or 'none known'}")
    if found:
        click.echo(f"try it: toolfuzz run -m engine/{engine}@{version}:{found[0]} --both-streams")


def remove(release: str) -> None:
    """Do what ``toolfuzz engines remove`` does."""
    engine, version = _parts(release)
    store.remove(engine, version)
    click.echo(f"removed {engine}@{version}")


def _parts(release: str) -> tuple[str, str]:
    engine, found, version = release.removeprefix("engine/").partition("@")
    if not found or not version:
        name, wheel = next(iter(fetchable().items()))
        example = f"{name}@{wheel.example}"
        raise UsageError(f"{release!r} is not ENGINE@VERSION", f"for example: {example}")
    return engine, version.partition(":")[0]
