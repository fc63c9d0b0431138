"""``toolfuzz run``: ask, judge, count."""

from typing import Any

import click

from toolfuzz.cli.options import (
    asking_workers,
    budget_options,
    case_options,
    endpoint_options,
    inconclusive_option,
    judge_options,
    repeat_option,
    report_option,
    trust_option,
)

EPILOG = """\b
Examples:
  toolfuzz run -m sim/glm-4.7              a simulated endpoint, no key
  toolfuzz run -m glm-4.7 -m claude-opus   two hosted models, the same cases
  toolfuzz run -m qwen3 --base-url http://127.0.0.1:8000/v1 --both-streams
  toolfuzz run -m qwen3 --both-streams \\
      -- llama-server -m qwen3.gguf --jinja --port {port}
  toolfuzz run -m claude-opus --format FORMAT --tools my_tools.json
  toolfuzz run -m glm-4.7 --cases 500 --dry-run   what it would ask and cost
  toolfuzz run --resume reports/20261123-101500-glm-4.7

A run that measured exits 0 whatever it found, unless --fail-under makes it a gate: then 0 when
the whole 95% interval is at or above the limit, 1 when it is below, 3 when the limit is inside.
"""


@click.command(epilog=EPILOG)
@endpoint_options
@asking_workers
@budget_options
@case_options
@repeat_option
@judge_options
@click.option(
    "--respell", "--twins", "respell", is_flag=True, default=None,
    help="Ask each case also under other spellings of its schema ($ref inlined, …).",
)  # fmt: skip
@click.option("--out", metavar="DIR", help="Folder for the run (reports/<time>-<models>).")
@click.option(
    "--resume",
    metavar="RUN",
    help="Go on with an interrupted run, options as then; budgets begin anew.",
)
@trust_option
@click.option("--dry-run", is_flag=True, help="Print the plan: cases, requests, tokens, price.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the table.")
@report_option
@click.option(
    "--fail-under", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="RATE",
    help="Gate on the interval of the success rate (0.98): exit 0, 1 or 3.",
)  # fmt: skip
@inconclusive_option
@click.option("--minimize", is_flag=True,
              help="Then shrink the commonest failures, as `toolfuzz minimize` does.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="No progress; only the result.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ...]")
def run(**given: Any) -> None:
    """Ask models to call tools, judge what comes back, print success rates.

    Without --tools, schemas and values are generated. The run's folder holds every byte
    (run.jsonl) and the figures (summary.json). COMMAND starts the server that is asked, with a
    free {port}; it is ended with the run.
    """
    from toolfuzz.commands.run import run as do

    do(**given)
