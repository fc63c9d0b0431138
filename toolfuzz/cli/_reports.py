"""Writing the reports that ``--report`` asked for, from the journal in the folder."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from toolfuzz.analyze.compare import conclude
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.write import Wanted, write_reports
from toolfuzz.runs.decision import CHECK_NAME, read_decision
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import load_run

__all__ = ["summary_of", "write_wanted"]


def summary_of(run: Path, data: RunData) -> JsonObject:
    """Return the summary of a run that was read; with ``check`` when it was a check's."""
    journal = find_journal(run)
    summary = {**summarize(data), "folder": str(journal.parent)}
    summary["clients"] = _clients(journal.with_name("summary.json"))
    check = journal.with_name(CHECK_NAME)
    if check.is_file():
        summary["check"] = read_decision(check)
    summary["conclusion"] = conclude(data, summary)
    return summary


def _clients(written: Path) -> JsonObject:
    """Return what users of the SDKs got, as it was found out at the run's end; {} if unknown."""
    try:
        clients = json.loads(written.read_text(encoding="utf-8")).get("clients")
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return clients if isinstance(clients, dict) else {}


def write_wanted(
    wanted: Sequence[Wanted], run: Path, summary: JsonObject, data: RunData | None = None
) -> None:
    """Write the reports into the run's folder or where they were wanted, and name them.

    ``data`` is the run, with its exchanges, where it was read before.
    """
    if not wanted:
        return
    journal = find_journal(run)
    data = data or load_run(journal, keep_exchanges=True)
    paths, announced = write_reports(wanted, data, summary, journal.parent)
    if announced:
        click.echo(announced, nl=False)
    for path in paths:
        click.echo(f"wrote {printable(str(path))}", err=True)
