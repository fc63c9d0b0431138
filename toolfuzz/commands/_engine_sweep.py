"""``toolfuzz engines sweep``: an engine's parsers through its releases."""

import asyncio
import json
import os
from pathlib import Path

import click

from toolfuzz.commands._kept import kept
from toolfuzz.commands._live import cancelled_by_signals
from toolfuzz.core.errors import EXIT_INCONCLUSIVE, UsageError
from toolfuzz.core.text import printable, shell_command
from toolfuzz.engines.releases import released_between, releases
from toolfuzz.engines.spec import check_version, parse_spec, version_key
from toolfuzz.report.console import print_rows
from toolfuzz.report.progress import clock
from toolfuzz.report.sweep import sweep_markdown, sweep_rows
from toolfuzz.report.words import percent
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.summary import default_folder
from toolfuzz.runs.sweep import Standing, Sweep, sweep
from toolfuzz.system.files import write_private


def sweep_command(
    engine: str,
    since: str | None,
    until: str | None,
    named: tuple[str, ...],
    parsers: tuple[str, ...],
    cases: int,
    seed: int,
    cuts: tuple[str, ...],
    workers: int | None,
    ray: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Do what ``toolfuzz engines sweep`` does."""
    for parser in parsers:
        parse_spec(f"engine/{engine}:{parser}")
    options = RunOptions.read({"stream": "both", "cases": cases, "seed": seed, "cuts": cuts})
    folder = out or default_folder([f"sweep-{engine}"])
    plan = Sweep(
        engine,
        tuple(_versions(engine, since, until, named)),
        folder,
        options,
        parsers,
        workers or os.cpu_count() or 1,
        ray,
    )
    again = f"the same command with {shell_command('--out', folder)}"
    with kept(lambda: f"what was run is kept; go on with: {again}"):
        work = sweep(plan, tell=(lambda standing: None) if quiet else _tell)
        result = asyncio.run(cancelled_by_signals(work))
    write_private(folder / "table.md", sweep_markdown(result))
    if as_json:
        click.echo(json.dumps(result, indent=2))
    else:
        print_rows(("parser", "releases", "right", "of", "defects"), sweep_rows(result))
        click.echo(f"\nkept in {printable(str(folder))} (table.md, table.json, a run a cell)")
    if not any(cell["judged"] for cell in result["cells"]):
        click.get_current_context().exit(EXIT_INCONCLUSIVE)


def _versions(
    engine: str, since: str | None, until: str | None, named: tuple[str, ...]
) -> list[str]:
    if named and not (since or until):
        for version in named:
            check_version(version)
        return sorted(named, key=version_key)
    if named or not since:
        raise UsageError("which releases?", "--since VERSION, or --release VERSION,VERSION")
    return released_between(releases(engine), since, until)


def _tell(standing: Standing) -> None:
    cell = standing.cell
    name = f"{cell.version} {cell.parser}".strip()
    said = cell.reason or cell.state
    if cell.state == "done":
        worst = next((f", {slug} {count}" for slug, count in cell.defects.items()), "")
        said = f"{percent(cell.rate)} of {cell.judged} right{worst}"
    left = "" if standing.left is None else f" · {clock(standing.left)} left"
    click.echo(
        printable(
            f"{standing.done} of {standing.total} · {clock(standing.elapsed)}{left} · "
            f"{name}: {said}{' (kept)' if cell.kept else ''}"
        ),
        err=True,
    )
