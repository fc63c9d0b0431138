"""``toolfuzz judge``: recorded exchanges, judged offline."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import expect_options
from toolfuzz.cli.options import judge_options, workers_option

EPILOG = """\b
A line is one exchange:
  {"id": "1", "format": "FORMAT", "request": {…the body…},
   "response": {"status": 200, "body": {…}},   or "sse": "data: …" for "body"
   "expect": {"calls": [{"name": "f", "arguments": {…}}]}}

`expect` may be {"no_call": true}. Without it only what the schema and the wire prove is reported.

What else is read, known by its content: a run's run.jsonl, HAR, results of batches, logs of LiteLLM
and Inspect, observations of Langfuse, results of the public vendor verifiers, OTLP/JSON, ATIF,
sessions of Claude Code and Codex. docs/judging.md says what is judged of each.

\b
Examples:
  toolfuzz judge exchanges.jsonl
  toolfuzz judge exchanges.jsonl --strict --ignore F
  toolfuzz judge reports/20261123-101500-glm-4.7/run.jsonl --json
  toolfuzz judge batch-output.jsonl --requests batch-input.jsonl
  toolfuzz judge reports/20261123-101500-glm-4.7 --workers 8 --out again
  zcat exchanges.jsonl.gz | toolfuzz judge -
  toolfuzz judge traffic.har --out reports/traffic   a run, to be shown
  toolfuzz judge exchanges.jsonl --expect-value '7:/config={"env": "prod"}'
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@judge_options
@expect_options
@click.option("--requests", type=click.Path(path_type=Path), metavar="FILE",
              help="The input of a batch, of which FILE holds the results.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Keep what was judged as a run, in this new folder.")  # fmt: skip
@workers_option("Processes that judge, for the journals of runs (1).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def judge(**given: Any) -> None:
    """Judge recorded exchanges: one verdict a line as JSON, a summary on stderr.

    FILE may be `-` for standard input.
    """
    from toolfuzz.commands.judge import judge as do

    do(**given)
