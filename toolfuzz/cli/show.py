"""``toolfuzz show``: what failed in a run, and one question of it as it was."""

import json
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.load import RunData, question
from toolfuzz.cli._again import expect_options, expected
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import brief, clip, shell_command
from toolfuzz.core.verdict import Verdict
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.failures import Failure, failures
from toolfuzz.evidence.relay.sides import sides_in
from toolfuzz.evidence.showing import shown_case, shown_reply
from toolfuzz.report.console import print_rows
from toolfuzz.report.showing import print_question
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import load_run

EPILOG = """\b
Examples:
  toolfuzz show reports/20261123-101500-glm-4.7             what failed, a line a cause
  toolfuzz show reports/20261123-101500-glm-4.7 3fa1c2      one case: asked, expected, got, bytes
  toolfuzz show RUN 3fa1c2 --expect-value '/config={"env": "prod"}'
  toolfuzz show RUN/bugs/object-as-json-string-1.json       a case file

What came is shown as it came, also with what the official SDKs that are installed make of it. The
key in the shell command is the name of its variable.
"""


@click.command(epilog=EPILOG)
@click.argument("what", type=click.Path(path_type=Path), metavar="RUN|CASE.json")
@click.argument("case", required=False, metavar="[CASE]")
@click.option("-m", "--model", "models", multiple=True, metavar="MODEL", help="Only this model.")
@expect_options
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(
    what: Path, case: str | None, models: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Show the failures of a run, or one case: what was asked, expected and got, byte by byte.

    Of a case that failed the failing replies are shown, one for each model and stream mode.
    """
    if what.suffix in (".json", ".md"):
        shown = [shown_case(case_with_defect(what.with_suffix(".json")).case)]
    else:
        cases = (case,) if case else ()
        what, left = expected(what, given, cases)
        data = load_run(what, keep_exchanges=bool(case))
        if not case:
            _list(what, [f for f in failures(data) if not models or f.target in models], as_json)
            return
        shown = _shown(what, data, *(left or data.cases), models=models)
    if as_json:
        click.echo(json.dumps(shown, indent=2))
        return
    for number, entry in enumerate(shown):
        if number:
            click.echo()
        print_question(entry)


def _shown(what: Path, data: RunData, *cases: str, models: tuple[str, ...]) -> list[JsonObject]:
    ids = [id_ for id_ in data.cases if any(id_.startswith(part) for part in cases)]
    if len(ids) != 1:
        raise UsageError(
            f"the run has {'no' if not ids else 'more than one'} case {cases[0]!r}",
            ", ".join(ids[:5]) or "`toolfuzz show RUN` names those that failed",
        )
    verdicts = [
        verdict
        for verdict in (*data.verdicts, *data.respelled)
        if verdict.case_id == ids[0] and (not models or verdict.target in models)
    ]
    failed = [verdict for verdict in verdicts if verdict.status == "fail"]
    first: dict[tuple[str, bool], Verdict] = {}
    for verdict in failed or verdicts:
        first.setdefault((verdict.target, verdict.stream), verdict)
    if not first:
        return [shown_case(data.cases[ids[0]])]
    sides = sides_in(find_journal(what)) if "trial" in data.started.settings else {}
    return [shown_reply(data, v, sides.get(question(v), ())) for v in first.values()]


def _list(what: Path, found: list[Failure], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([_entry(failure) for failure in found], indent=2))
        return
    if not found:
        click.echo("nothing failed")
        return
    header = ("defect", "cases", "case", "on", "where", "got")
    print_rows(header, [_row(failure) for failure in found])
    click.echo(f"next: {shell_command('toolfuzz', 'show', what, found[0].example.id[:6])}")


def _row(failure: Failure) -> tuple[str, ...]:
    finding = failure.finding
    modes = ("" if stream is False else " (streamed)" for stream in failure.streams)
    return (
        failure.symptom.slug,
        str(failure.cases),
        failure.example.id[:6],
        failure.target + next(modes),
        f"{'' if not finding.turn else f'turn {finding.turn + 1} '}{finding.pointer or '/'}",
        brief(finding.actual, 48) if finding.actual is not None else clip(finding.message, 48),
    )


def _entry(failure: Failure) -> JsonObject:
    return {
        "slug": failure.symptom.slug,
        "shape": failure.symptom.shape,
        "target": failure.target,
        "streams": list(failure.streams),
        "cases": failure.cases,
        "case": failure.example.id,
        "turn": failure.finding.turn,
        "pointer": failure.finding.pointer,
        "expected": failure.finding.expected,
        "actual": failure.finding.actual,
        "message": failure.finding.message,
    }
