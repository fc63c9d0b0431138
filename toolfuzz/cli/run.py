"""``toolfuzz run``: ask, judge, count."""

from typing import Any

import click

from toolfuzz.cli.options import case_options, endpoint_options, judge_options, run_options_from

EPILOG = """\b
Examples:
  toolfuzz run -m sim/glm-4.7                          the embedded simulated endpoint, no key
  toolfuzz run -m glm-4.7 -m claude-opus --cases 200   two hosted models, same cases
  toolfuzz run -m qwen3 --base-url http://127.0.0.1:8000/v1 --both-streams
  toolfuzz run -m claude-opus --api anthropic-messages --tools my_tools.json
  toolfuzz run -m glm-4.7 --cases 500 --dry-run        what it would ask and cost

A run that measured exits 0 whatever it found; use `toolfuzz check` for a gate.
"""


@click.command(epilog=EPILOG)
@endpoint_options
@case_options
@judge_options
@click.option("--out", metavar="DIR", help="Folder for the run (reports/<time>-<models>).")
@click.option("--dry-run", is_flag=True, help="Print the plan: cases, requests, tokens, price.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the table.")
@click.option("--quiet", is_flag=True, help="No progress; only the result.")
def run(dry_run: bool, as_json: bool, quiet: bool, **given: Any) -> None:
    """Ask models to call tools, judge what comes back, print success rates.

    Without --tools, schemas and values are generated. The run's folder holds every byte
    (run.jsonl) and the figures (summary.json).
    """
    options = run_options_from(given)
    if dry_run:
        from toolfuzz.cli._plan import print_plan

        print_plan(options, as_json=as_json)
        return
    from toolfuzz.cli._run import run_with_progress

    run_with_progress(options, as_json=as_json, quiet=quiet)
