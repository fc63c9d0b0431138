"""``toolfuzz report``: a run's results again, from its journal alone."""

from pathlib import Path

import click

from toolfuzz.cli._complete import complete_runs
from toolfuzz.cli.options import report_option
from toolfuzz.core.case import JsonObject

EPILOG = """\b
Examples:
  toolfuzz report reports/20261123-101500-glm-4.7
  toolfuzz report reports/20261123-101500-glm-4.7 --json
  toolfuzz report reports/20261123-101500-glm-4.7 --report junit=junit.xml --report badge
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN", shell_complete=complete_runs)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@report_option
@click.option("--quiet", is_flag=True, help="No table; only the reports.")
def report(run: Path, as_json: bool, reports: tuple[str, ...], quiet: bool) -> None:
    """Print a run's table again. RUN is its folder or its run.jsonl."""
    import json

    from toolfuzz.cli._reports import write_wanted
    from toolfuzz.report.write import parse_wanted
    from toolfuzz.runs.reading import load_run
    from toolfuzz.runs.summary import summary_of

    wanted = parse_wanted(reports)
    data = load_run(run, keep_exchanges=True)
    summary = summary_of(run, data)
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    elif not quiet:
        _print(summary)
    write_wanted(wanted, run, summary, data, as_json=as_json)


def _print(summary: JsonObject) -> None:
    from toolfuzz.report.decision import print_check
    from toolfuzz.report.relay.terminal import print_trial
    from toolfuzz.report.terminal import print_summary

    if "trial" in summary:
        print_trial(summary)
    elif "check" in summary:
        print_check(summary)
    else:
        print_summary(summary)
