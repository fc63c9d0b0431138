"""``toolfuzz show``: what failed in a run, and one question of it as it was."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.load import RunData, question
from toolfuzz.commands._again import expected
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.text import printable, shell_command
from toolfuzz.core.verdict import Verdict
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.listing import Failing, failing
from toolfuzz.evidence.relay.sides import sides_in
from toolfuzz.evidence.showing import raw_reply, shown_case, shown_reply
from toolfuzz.report.failed import print_failed
from toolfuzz.report.showing import print_question
from toolfuzz.report.words import count
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import load_run

_LINES = 40
"""Of a list, where not all of it was asked for."""


_LONGEST_NUMBER = 5
"""Digits: more are the beginning of an id."""


def show(
    what: Path,
    case: str | None,
    models: tuple[str, ...],
    slugs: tuple[str, ...],
    whole: bool,
    raw: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Do what ``toolfuzz show`` does."""
    if what.suffix in (".json", ".md"):
        shown = [shown_case(case_with_defect(what.with_suffix(".json")).case)]
        if raw:
            raise UsageError("--raw: a case file holds no reply", "give a run and a case of it")
    else:
        cases = (case,) if case else ()
        run, left = expected(what, given, cases)
        data = load_run(run, keep_exchanges=bool(case))
        found = failing(data, _wanted(data, models, slugs))
        if not case:
            if raw:
                raise UsageError("--raw shows one reply", "name it: `toolfuzz show RUN 1 --raw`")
            _list(what, data, found, whole=whole, as_json=as_json)
            return
        # Judged by what was said of it, a case has another id, and is the only one.
        case = left[0] if left else next(iter(data.cases))
        verdicts = _verdicts(data, found, case, models)
        if raw:
            _print_raw(data, verdicts)
            return
        shown = _shown(run, data, verdicts) or [shown_case(data.cases[_case_id(data, case)])]
    if as_json:
        click.echo(json.dumps(shown, indent=2))
        return
    for number, entry in enumerate(shown):
        if number:
            click.echo()
        print_question(entry)


def _wanted(data: RunData, models: tuple[str, ...], slugs: tuple[str, ...]) -> Any:
    targets = [target.name for target in data.started.targets]
    for name in models:
        if name not in targets:
            near = did_you_mean(name, targets) or f"it asked {', '.join(targets)}"
            raise UsageError(f"the run asked no {name!r}", near)
    seen = {f.slug for kind in data.verdicts.questions.kinds for f in kind}
    for slug in slugs:
        if slug not in seen:
            near = did_you_mean(slug, seen) or "`toolfuzz show RUN` names those that it has"
            raise UsageError(f"nothing in the run shows {slug!r}", near)
    return lambda target, slug: (not models or target in models) and (not slugs or slug in slugs)


def _verdicts(data: RunData, found: Failing, case: str, models: tuple[str, ...]) -> list[Verdict]:
    """Return what to show: a reply by its number, or of a case one for each model and mode."""
    if case.isdecimal() and len(case) <= _LONGEST_NUMBER:
        try:
            return [found.verdict(int(case))]
        except LookupError:
            if not any(id_.startswith(case) for id_ in data.cases):
                raise UsageError(
                    f"the list has no number {case}: {count(len(found), 'failure')}",
                    "`toolfuzz show RUN` numbers them; a case is named by its id",
                ) from None
    id_ = _case_id(data, case)
    rows = data.verdicts.questions
    of_case = lambda row: rows.cases.ids.texts[rows.case[row]] == id_  # noqa: E731
    verdicts = [
        verdict
        for answers in (data.verdicts, data.respelled)
        for verdict in answers.where(of_case)
        if not models or verdict.target in models
    ]
    first: dict[tuple[str, bool], Verdict] = {}
    for verdict in [v for v in verdicts if v.status == "fail"] or verdicts:
        first.setdefault((verdict.target, verdict.stream), verdict)
    return list(first.values())


def _case_id(data: RunData, part: str) -> str:
    ids = [id_ for id_ in data.cases if id_.startswith(part)]
    if len(ids) == 1:
        return ids[0]
    if ids:
        more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
        raise UsageError(f"the run has more than one case {part!r}", f"{', '.join(ids[:5])}{more}")
    known = {id_[: max(len(part), 6)]: id_ for id_ in data.cases}
    raise UsageError(
        f"the run has no case {part!r}",
        did_you_mean(part, known, most=2) or "`toolfuzz show RUN` names those that failed",
    )


def _shown(run: Path, data: RunData, verdicts: list[Verdict]) -> list[Any]:
    sides = sides_in(find_journal(run)) if "trial" in data.started.settings else {}
    return [shown_reply(data, v, sides.get(question(v), ())) for v in verdicts]


def _print_raw(data: RunData, verdicts: list[Verdict]) -> None:
    """Print one reply's bytes as they are; on a terminal with what would steer it spelled out."""
    if len(verdicts) != 1:
        ways = (f"{v.target} {'streamed' if v.stream else 'plain'}" for v in verdicts)
        raise UsageError(
            f"--raw shows one reply; there are {', '.join(ways) or 'none'}",
            "name a failure by its number in `toolfuzz show RUN`, or add -m MODEL",
        )
    body = raw_reply(data, verdicts[0])
    if sys.stdout.isatty():
        click.echo(printable(body.decode("utf-8", "backslashreplace"), keep_newlines=True))
    else:
        click.echo(body, nl=False)


def _list(what: Path, data: RunData, found: Failing, *, whole: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(list(found.entries()), indent=2))
        return
    if not len(found):
        click.echo("nothing failed")
        return
    click.echo(_headline(data, found))
    # Each cause has its lines, however rare it is.
    most = None if whole else max(_LINES // len(found.causes), 1)
    entries = list(found.entries(most))
    print_failed(entries if whole else entries[:_LINES], all_of_them=len(found))
    click.echo("\n".join(_next(what, found, listed=len(entries[: None if whole else _LINES]))))


def _headline(data: RunData, found: Failing) -> str:
    judged = count(len(data.verdicts.judged), "judged reply", "judged replies")
    causes = count(len(found.causes), "cause")
    return f"{len(found)} of {judged} failed, by {causes}; the worst first"


def _next(what: Path, found: Failing, *, listed: int) -> Iterator[str]:
    yield f"next: {shell_command('toolfuzz', 'show', what, 1)}"
    if listed < len(found):
        yield f"      {shell_command('toolfuzz', 'show', what, '--all')}"
