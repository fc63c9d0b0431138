"""``toolfuzz report``: a run's results again, from its journal alone."""

import json
from pathlib import Path

import click

from toolfuzz.commands._reports import write_wanted
from toolfuzz.core.case import JsonObject
from toolfuzz.report.decision import print_check
from toolfuzz.report.relay.terminal import print_trial
from toolfuzz.report.terminal import print_summary
from toolfuzz.report.write import parse_wanted
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.summary import summary_of


def report(run: Path, as_json: bool, reports: tuple[str, ...], quiet: bool) -> None:
    """Do what ``toolfuzz report`` does."""

    wanted = parse_wanted(reports)
    data = load_run(run, keep_exchanges=True)
    summary = summary_of(run, data)
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    elif not quiet:
        _print(summary)
    write_wanted(wanted, run, summary, data, as_json=as_json)


def _print(summary: JsonObject) -> None:

    if "trial" in summary:
        print_trial(summary)
    elif "check" in summary:
        print_check(summary)
    else:
        print_summary(summary)
