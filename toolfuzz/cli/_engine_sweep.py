"""``toolfuzz engines sweep``: an engine's parsers through its releases."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli.options import workers_option

__all__ = ["sweep_command"]


EPILOG = """\b
Examples:
  toolfuzz engines sweep sglang --since 0.5.6
  toolfuzz engines sweep sglang --since 0.5.6 --parser glm45,qwen3_coder \\
      --cases 100 -o sweep
  toolfuzz engines sweep mlx-lm --release 0.32.0,0.32.2 --workers 4 --cuts all
  toolfuzz engines sweep sglang --since 0.5.6 -o sweep \\
      --ray 10.0.0.1:6379 --workers 32

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
@click.option("-q", "--quiet", is_flag=True, help="No progress; only the result.")
def sweep_command(**given: Any) -> None:
    """Try an engine's parsers through its releases: what is right where, and the top defect."""
    from toolfuzz.commands._engine_sweep import sweep_command as do

    do(**given)
