"""``toolfuzz engines sweep``: an engine's parsers through its releases."""

import asyncio
import json
import os
from pathlib import Path

import click

from toolfuzz.cli._kept import kept
from toolfuzz.cli._live import cancelled_by_signals
from toolfuzz.cli.options import workers_option
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

__all__ = ["sweep_command"]

EPILOG = """\b
Examples:
  toolfuzz engines sweep sglang --since 0.5.6
  toolfuzz engines sweep sglang --since 0.5.6 --parser glm45,qwen3_coder --cases 100 -o sweep
  toolfuzz engines sweep mlx-lm --release 0.32.0,0.32.2 --workers 4 --cuts all
  toolfuzz engines sweep sglang --since 0.5.6 --ray 10.0.0.1:6379 --workers 32 -o sweep

The folder holds table.md, table.json and a run for each parser of each release
(`toolfuzz report`, `bug` and `minimize` take its folder). A sweep that was ended goes on with the
same command and --out.
"""


def _listed(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[str, ...]:
    names = (value or "").split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


@click.command("sweep", epilog=EPILOG)
@click.argument("engine")
@click.option("--since", metavar="VERSION", help="Oldest release.")
@click.option("--until", metavar="VERSION", help="Newest release  [default: the newest there is].")
@click.option("--release", "named", metavar="VERSION,…", callback=_listed,
              help="These releases instead.")  # fmt: skip
@click.option("--parser", "parsers", metavar="NAME,…", callback=_listed,
              help="Parsers  [default: all that can be tried].")  # fmt: skip
@click.option("--cases", type=click.IntRange(min=1), default=60, show_default=True, metavar="N",
              help="Cases per parser, each plain and streamed.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, metavar="N")
@click.option("--cuts", metavar="NAME,…", callback=_listed,
              help="Increments, as in `toolfuzz run`.")  # fmt: skip
@workers_option("Runs side by side, each by a process of its own  [default: one a processor].")
@click.option("-o", "--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder (reports/<time>-sweep-ENGINE).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print table.json.")
@click.option("--quiet", is_flag=True, help="No progress; only the result.")
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
    """Try an engine's parsers through its releases: what is right where, and the top defect."""
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
