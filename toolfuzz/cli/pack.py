"""``toolfuzz pack``: the journals of runs that are over, in less space."""

from pathlib import Path

import click

from toolfuzz.cli._complete import complete_runs

EPILOG = """\b
Examples:
  toolfuzz pack reports/20261123-101500-glm-4.7
  toolfuzz pack reports/*

A packed journal, run.jsonl.zst, is read wherever a plain one is, and unpacked where a run is gone
on with. `zstd -d --rm run.jsonl.zst` unpacks it, and what `zstd --rm run.jsonl` packed is read as
well.
"""


@click.command(epilog=EPILOG)
@click.argument(
    "runs",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN...",
    shell_complete=complete_runs,
)
def pack(runs: tuple[Path, ...]) -> None:
    """Pack the journals of runs with zstd: about a twentieth of the space."""
    from toolfuzz.core.text import printable
    from toolfuzz.runs.packing import pack as pack_journal

    for run in runs:
        before, after = pack_journal(run)
        click.echo(printable(f"{run}: {before:,} bytes, now {after:,}"))
