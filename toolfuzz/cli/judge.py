"""``toolfuzz judge``: recorded exchanges, judged offline."""

from pathlib import Path
from typing import Any

import click

from toolfuzz.cli.options import judge_options

EPILOG = """\b
A line is one exchange:
  {"id": "1", "api": "openai-chat", "request": {…the body…},
   "response": {"status": 200, "body": {…}}    or  {"status": 200, "sse": "data: …"},
   "expect": {"calls": [{"name": "f", "arguments": {…}}]}   or {"no_call": true}; optional}

\b
A run's run.jsonl is judged again with today's judge, and the results file of the public vendor
verifiers (one object a line with request and response) is read too.

\b
Examples:
  toolfuzz judge exchanges.jsonl
  toolfuzz judge exchanges.jsonl --strict --ignore F | jq 'select(.status == "fail")'
  toolfuzz judge reports/20261123-101500-glm-4.7/run.jsonl --json
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@judge_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def judge(file: Path, as_json: bool, **given: Any) -> None:
    """Judge recorded exchanges: one verdict a line as JSON, a summary on stderr.

    Without `expect` only what the schema and the wire prove is reported.
    """
    from toolfuzz.cli._judge import judge_file
    from toolfuzz.config import load_config
    from toolfuzz.judge.policy import Policy

    said = {name: value for name, value in given.items() if value not in (None, ())}
    judge_file(file, Policy(**{**load_config().given("judge"), **said}), as_json=as_json)
