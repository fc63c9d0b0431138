"""Writing the bug reports of a run."""

from dataclasses import replace
from pathlib import Path

import click

from toolfuzz.analyze.load import collect
from toolfuzz.cli._attribute import attribute_failures
from toolfuzz.cli._minimize import study_run, with_note
from toolfuzz.core.errors import UsageError
from toolfuzz.evidence.bug import title, write_report
from toolfuzz.evidence.dossier import open_dossier
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.failures import failures
from toolfuzz.evidence.study import ATTRIBUTION_NAME, RESULT_NAME, study_folder
from toolfuzz.runs.journal import read_journal
from toolfuzz.runs.targets import access_of_run

__all__ = ["write_reports"]


def write_reports(
    run: Path,
    *,
    cases: tuple[str, ...],
    models: tuple[str, ...],
    most: int,
    ask: bool,
    max_calls: int,
    template: str,
    out: Path | None,
    engine_python: str | None,
) -> None:
    """Write the reports and print where; raises UsageError when the run holds no failure."""
    data = collect(read_journal(run), keep_exchanges=True)
    found = [f for f in failures(data, cases) if not models or f.target in models][:most]
    if not found:
        raise UsageError("the run has no failure to report", "`toolfuzz report RUN` shows it")
    if ask:
        access = replace(access_of_run(data), concurrency=16, engine_python=engine_python)
        budget = Budget(calls=max_calls)
        unstudied = [f for f in found if not (study_folder(run, f) / RESULT_NAME).exists()]
        if unstudied:
            with_note(study_run(run, data, access, budget, found=unstudied))
        unclear = [f for f in found if not (study_folder(run, f) / ATTRIBUTION_NAME).exists()]
        if unclear:
            with_note(attribute_failures(run, data, access, budget, unclear))
    folder = out or (run if run.is_dir() else run.parent) / "bugs"
    numbers: dict[str, int] = {}
    for failure in found:
        slug = failure.culprit.slug
        numbers[slug] = numbers.get(slug, 0) + 1
        dossier = open_dossier(run, data, failure)
        path = write_report(dossier, folder, numbers[slug], template)
        click.echo(f"{path}   {title(dossier)}")
    if any(not (study_folder(run, f) / RESULT_NAME).exists() for f in found):
        click.echo("next: `toolfuzz bug RUN --ask` makes the cases minimal and looks for the layer")
