"""Writing the reports that ``--report`` asked for, from the journal in the folder."""

from collections.abc import Sequence
from pathlib import Path

import click

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.write import Wanted, write_reports
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import load_run

__all__ = ["write_wanted"]


def write_wanted(
    wanted: Sequence[Wanted],
    run: Path,
    summary: JsonObject,
    data: RunData | None = None,
    *,
    as_json: bool = False,
) -> None:
    """Write the reports into the run's folder or where they were wanted, and name them.

    ``data`` is the run, with its exchanges, where it was read before. ``as_json``: standard output
    holds JSON, so that what a report has to say there goes to standard error (GitHub reads both).
    """
    if not wanted:
        return
    journal = find_journal(run)
    data = data or load_run(journal, keep_exchanges=True)
    paths, announced = write_reports(wanted, data, summary, journal.parent)
    if announced:
        click.echo(announced, nl=False, err=as_json)
    for path in paths:
        click.echo(f"wrote {printable(str(path))}", err=True)
