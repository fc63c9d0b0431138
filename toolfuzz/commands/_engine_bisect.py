"""``toolfuzz engines bisect``: which release broke it, and which one mended it."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import click

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EXIT_INCONCLUSIVE
from toolfuzz.core.text import printable
from toolfuzz.engines.history import History, Tried, history
from toolfuzz.engines.releases import at_hand, released_between, releases
from toolfuzz.engines.spec import parse_spec
from toolfuzz.evidence.on_engine import known_on_engine
from toolfuzz.report.console import print_rows


def bisect(
    what: Path,
    engine: str | None,
    case: str,
    since: str | None,
    until: str | None,
    every: bool,
    offline: bool,
    as_json: bool,
) -> None:
    """Do what ``toolfuzz engines bisect`` does."""
    failure = known_on_engine(what, engine, case)
    name = parse_spec(failure.spec).engine.name
    versions = released_between(at_hand(name) if offline else releases(name), since, until)
    found = asyncio.run(
        history(failure, versions, dense=not offline, every=every or offline, tell=_tell)
    )
    if as_json:
        click.echo(json.dumps(history_to_json(found, failure.spec), indent=2))
    else:
        print_rows(("release", "answer", "defects", "seconds"), [_row(one) for one in found.tried])
        click.echo(f"\n{printable(found.words)}")
    if not any(one.state == "wrong" for one in found.tried):
        click.get_current_context().exit(EXIT_INCONCLUSIVE)


def _tell(one: Tried) -> None:
    click.echo(printable(f"{one.version}: {one.state} ({one.seconds:.1f} s)"), err=True)


def _row(one: Tried) -> tuple[str, str, str, str]:
    return one.version, one.state, ", ".join(one.slugs) or one.reason, f"{one.seconds:.1f}"


def history_to_json(found: History, spec: str) -> JsonObject:
    """Return a history for ``--json``."""
    return {
        "slug": found.slug,
        "spec": spec,
        "broke": found.broke,
        "mended": found.mended,
        "words": found.words,
        "releases": len(found.versions),
        "tried": [asdict(one) for one in found.tried],
    }
