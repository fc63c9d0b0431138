"""Judging a file of exchanges and printing the verdicts."""

import json
from collections import Counter
from pathlib import Path

import click

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.offline import BadLine, Judged, judge_lines

__all__ = ["judge_file"]


def judge_file(path: Path, policy: Policy, *, as_json: bool) -> None:
    """Print verdicts on stdout and a summary on stderr; raises UsageError if nothing was judged."""
    policy.check()
    if path.is_dir():
        path /= JOURNAL_NAME
    verdicts: list[JsonObject] = []
    tally: Counter[str] = Counter()
    slugs: Counter[str] = Counter()
    for item in judge_lines(path, policy):
        if isinstance(item, BadLine):
            tally["bad lines"] += 1
            click.echo(f"{path}:{item.number}: {printable(item.reason)}", err=True)
            continue
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
            f"{path} holds nothing that could be judged",
            "`toolfuzz judge --help` shows what a line looks like",
        )
    if as_json:
        counts = {"judged": judged, **tally, "defects": dict(slugs.most_common())}
        click.echo(json.dumps({"summary": counts, "verdicts": verdicts}, indent=2))
    click.echo(" · ".join(f"{tally[name]} {name}" for name in _ORDER if tally[name]), err=True)
    for slug, count in slugs.most_common():
        click.echo(f"  {count:6}  {slug}", err=True)


_ORDER = ("pass", "fail", "unjudged", "bad lines")


def _verdict(item: Judged) -> JsonObject:
    judgement = item.judgement
    verdict: JsonObject = {"id": item.id}
    if item.source:
        verdict["target"] = item.source
        verdict["stream"] = judgement.reply.stream
    verdict["status"] = judgement.status
    if judgement.reason:
        verdict["reason"] = judgement.reason
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
