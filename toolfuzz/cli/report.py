"""``toolfuzz report``: a run's results again, from its journal alone."""

from pathlib import Path

import click

EPILOG = """\b
Examples:
  toolfuzz report reports/20261123-101500-glm-4.7
  toolfuzz report reports/20261123-101500-glm-4.7 --json
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def report(run: Path, as_json: bool) -> None:
    """Print a run's table again. RUN is its folder or its run.jsonl."""
    import json

    from toolfuzz.analyze.load import collect
    from toolfuzz.analyze.rates import summarize
    from toolfuzz.campaign.journal import read_journal
    from toolfuzz.report.terminal import print_summary

    summary = {**summarize(collect(read_journal(run))), "folder": str(run)}
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    else:
        print_summary(summary)
