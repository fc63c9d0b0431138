"""``toolfuzz corpus``: a team's own collection of failures."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import expect_options
from toolfuzz.cli._lazy import WholeGroup
from toolfuzz.cli.options import endpoint_options

EPILOG = """\b
Examples:
  toolfuzz corpus add reports/20261123-101500-glm-4.7 --note "broke the job"
  toolfuzz corpus add bugs/object-as-json-string-1.json --name import-config
  toolfuzz corpus list
  toolfuzz corpus run -m glm-4.7 -m minimax-m2.1
  toolfuzz corpus run --corpus starter -m my-model \\
      --base-url http://127.0.0.1:8000/v1

A corpus is a folder of JSON files, one case each; put it under version control. ``starter`` is
the name of the one that ships with toolfuzz: 27 documented defects, two worlds of each dimension.
"""


_where = click.option(
    "--corpus", "folder", default="corpus", show_default=True, metavar="DIR|starter",
    help="The folder.",
)  # fmt: skip


@click.group(cls=WholeGroup, epilog=EPILOG)
def corpus() -> None:
    """Keep failures as a benchmark of your own, portable between models and people."""


@corpus.command()
@click.argument("what", type=click.Path(path_type=Path), metavar="RUN|CASE.json|BUG")
@_where
@click.option("--name", metavar="NAME", help="Name of the case (defect and case id).")
@click.option("--note", "happened", metavar="TEXT", help="What happened.")
@click.option("--expected", metavar="TEXT", help="What should have happened.")
@click.option("--dimension", metavar="TEXT", help="What it is about (the defect's layer).")
@expect_options
def add(**given: Any) -> None:
    """Add a case, or each distinct failure of a run (its minimal case where there is one)."""
    from toolfuzz.commands.corpus import add as do

    do(**given)


@corpus.command("list")
@_where
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_cases(**given: Any) -> None:
    """List the cases with their notes."""
    from toolfuzz.commands.corpus import list_cases as do

    do(**given)


@corpus.command()
@_where
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(**given: Any) -> None:
    """Delete cases from the folder."""
    from toolfuzz.commands.corpus import remove as do

    do(**given)


@corpus.command("run")
@_where
@endpoint_options
@click.option("--times", type=click.IntRange(min=1), default=4, show_default=True, metavar="N",
              help="Askings per case.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def run_corpus(**given: Any) -> None:
    """Ask models all cases and print who passes which. Exits 0 whatever it finds."""
    from toolfuzz.commands.corpus import run_corpus as do

    do(**given)
