"""``toolfuzz judge``: recorded exchanges, judged offline."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from toolfuzz.cli.options import judge_options
from toolfuzz.config import load_config
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.offline import Judged, judge_file

_ORDER = ("pass", "fail", "unjudged", "bad lines")

EPILOG = """\b
A line is one exchange:
  {"id": "1", "format": "FORMAT", "request": {…the body…},
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
  zcat exchanges.jsonl.gz | toolfuzz judge -
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@judge_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def judge(file: Path, as_json: bool, **given: Any) -> None:
    """Judge recorded exchanges: one verdict a line as JSON, a summary on stderr.

    FILE may be `-` for standard input. Without `expect` only what the schema and the wire prove is
    reported.
    """
    said = {name: value for name, value in given.items() if value not in (None, ())}
    policy = Policy(**{**load_config().given("judge"), **said})
    policy.check()
    if file.is_dir():
        file /= JOURNAL_NAME
    verdicts: list[JsonObject] = []
    tally: Counter[str] = Counter()
    slugs: Counter[str] = Counter()
    rebuilt: Counter[str] = Counter()
    for item in judge_file(file, policy):
        if isinstance(item, BadEntry):
            tally["bad lines"] += 1
            click.echo(f"{file}:{item.number}: {printable(item.reason)}", err=True)
            continue
        recorded = item.recorded
        if recorded.note:
            click.echo(f"{file}:{recorded.number}: {printable(recorded.note)}", err=True)
        if recorded.rebuilt_from:
            rebuilt[recorded.rebuilt_from] += 1
        verdict = _verdict(item)
        tally[verdict["status"]] += 1
        slugs.update({f["slug"] for f in verdict["findings"]})
        if as_json:
            verdicts.append(verdict)
        else:
            click.echo(json.dumps(verdict))
    judged = sum(tally.values()) - tally["bad lines"]
    if not judged:
        raise UsageError(
            f"{file} holds nothing that could be judged",
            "`toolfuzz judge --help` shows what a line looks like",
        )
    if as_json:
        counts = {"judged": judged, **tally, "defects": dict(slugs.most_common())}
        click.echo(json.dumps({"summary": counts, "verdicts": verdicts}, indent=2))
    click.echo(" · ".join(f"{tally[name]} {name}" for name in _ORDER if tally[name]), err=True)
    for slug, count in slugs.most_common():
        click.echo(f"  {count:6}  {slug}", err=True)
    for tool, count in rebuilt.items():
        click.echo(
            f"{count} of these as {tool} kept them, without the bytes: only calls, their arguments "
            "and the schemas were judged, not the wire format",
            err=True,
        )


def _verdict(item: Judged) -> JsonObject:
    recorded, judgement = item.recorded, item.judgement
    verdict: JsonObject = {"id": recorded.id}
    if recorded.source:
        verdict["target"] = recorded.source
        verdict["stream"] = judgement.reply.stream
    verdict["status"] = judgement.status
    if judgement.reason:
        verdict["reason"] = judgement.reason
    if recorded.note:
        verdict["note"] = recorded.note
    if recorded.rebuilt_from:
        verdict["rebuilt_from"] = recorded.rebuilt_from
    verdict["findings"] = [
        {
            "slug": f.slug,
            "severity": f.severity,
            "call": f.call,
            "pointer": f.pointer,
            "message": f.message,
            "expected": f.expected,
            "actual": f.actual,
        }
        for f in judgement.findings
    ]
    return verdict
