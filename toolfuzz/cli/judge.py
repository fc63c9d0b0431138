"""``toolfuzz judge``: recorded exchanges, judged offline."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from toolfuzz.cli._again import expect_options
from toolfuzz.cli.options import judge_options
from toolfuzz.config import load_config
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable, shell_command
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.expecting import by_hand
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.offline import Judged, judge_file
from toolfuzz.runs.rejudged import keeping

_ORDER = ("pass", "fail", "unjudged", "bad lines")

EPILOG = """\b
A line is one exchange:
  {"id": "1", "format": "FORMAT", "request": {…the body…},
   "response": {"status": 200, "body": {…}}    or  {"status": 200, "sse": "data: …"},
   "expect": {"calls": [{"name": "f", "arguments": {…}}]}   or {"no_call": true}; optional}

\b
What else is read, known by its content: a run's run.jsonl, HAR, results of batches, logs of LiteLLM
and Inspect, observations of Langfuse, results of the public vendor verifiers, OTLP/JSON, ATIF,
sessions of Claude Code and Codex. docs/judging.md says what is judged of each.

\b
Examples:
  toolfuzz judge exchanges.jsonl
  toolfuzz judge exchanges.jsonl --strict --ignore F | jq 'select(.status == "fail")'
  toolfuzz judge reports/20261123-101500-glm-4.7/run.jsonl --json
  toolfuzz judge batch-output.jsonl --requests batch-input.jsonl
  zcat exchanges.jsonl.gz | toolfuzz judge -
  toolfuzz judge traffic.har --out reports/traffic     a run, for bug, minimize, show, corpus add
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
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def judge(
    file: Path,
    expect: Path | None,
    expect_values: tuple[str, ...],
    requests: Path | None,
    out: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Judge recorded exchanges: one verdict a line as JSON, a summary on stderr.

    FILE may be `-` for standard input. Without `expect` only what the schema and the wire prove is
    reported.
    """
    said = {name: value for name, value in given.items() if value not in (None, ())}
    policy = Policy(**{**load_config().given("judge"), **said})
    policy.check()
    if file.is_dir():
        file = find_journal(file)
    printed = _Printed(file, as_json)
    with keeping(file, out, policy) as keep:
        told = by_hand(expect, expect_values)
        for item in judge_file(file, policy, told, requests=requests):
            if isinstance(item, BadEntry):
                printed.bad(item)
            else:
                keep(item)
                printed.verdict(item)
    printed.summary()
    if out:
        shown = shell_command("toolfuzz", "show", out)
        click.echo(f"kept in {printable(str(out))}; next: {shown}", err=True)


@dataclass(slots=True)
class _Printed:
    """What is printed of a file: verdicts on stdout, all else on stderr."""

    file: Path
    as_json: bool
    verdicts: list[JsonObject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    slugs: Counter[str] = field(default_factory=Counter)
    rebuilt: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    undeclared: int = 0

    def bad(self, entry: BadEntry) -> None:
        self.tally["bad lines"] += 1
        self._note(entry.number, entry.reason)

    def verdict(self, item: Judged) -> None:
        recorded = item.recorded
        if recorded.note:
            self.notes[recorded.note] += 1
            if self.notes[recorded.note] == 1:
                self._note(recorded.number, recorded.note)
        if recorded.rebuilt_from:
            self.rebuilt[recorded.rebuilt_from] += 1
        undeclared = {tool.name for tool in recorded.case.tools if not tool.declared}
        self.undeclared += sum(call.name in undeclared for call in item.judgement.reply.calls)
        verdict = _verdict(item)
        self.tally[verdict["status"]] += 1
        self.slugs.update({f["slug"] for f in verdict["findings"]})
        if self.as_json:
            self.verdicts.append(verdict)
        else:
            click.echo(json.dumps(verdict))

    def _note(self, number: int, what: str) -> None:
        click.echo(f"{self.file}:{number}: {printable(what)}", err=True)

    def summary(self) -> None:
        tally, slugs = self.tally, self.slugs
        judged = sum(tally.values()) - tally["bad lines"]
        if not judged:
            raise UsageError(
                f"{self.file} holds nothing that could be judged",
                "`toolfuzz judge --help` shows what a line looks like",
            )
        if self.as_json:
            counts = {"judged": judged, **tally, "defects": dict(slugs.most_common())}
            click.echo(json.dumps({"summary": counts, "verdicts": self.verdicts}, indent=2))
        click.echo(" · ".join(f"{tally[name]} {name}" for name in _ORDER if tally[name]), err=True)
        for slug, count in slugs.most_common():
            click.echo(f"  {count:6}  {slug}", err=True)
        for note, count in self.notes.items():
            if count > 1:
                click.echo(f"{count} of these: {printable(note)}", err=True)
        for tool, count in self.rebuilt.items():
            click.echo(
                f"{count} of these as {tool} kept them, without the bytes: only calls, their "
                "arguments and the schemas were judged, not the wire format",
                err=True,
            )
        if self.undeclared:
            click.echo(
                f"calls of tools whose schema isn't here: {self.undeclared}; their arguments were "
                "held to none",
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
        verdict["reason"] = item.redaction.text(judgement.reason)
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
        for f in item.findings
    ]
    return verdict
