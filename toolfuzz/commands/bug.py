"""``toolfuzz bug``: failures as reports for an issue tracker."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from toolfuzz.commands._again import access_again, expected
from toolfuzz.commands._budget import say_spent_out, within
from toolfuzz.commands._given import limits_from
from toolfuzz.commands.attribute import attribute_failures
from toolfuzz.commands.minimize import study_run
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable
from toolfuzz.evidence.bug import slug_of, title, write_report
from toolfuzz.evidence.details import FailureDetails, open_details
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.failures import endpoint_failures
from toolfuzz.evidence.kept import ATTRIBUTION_NAME, RESULT_NAME, study_folder
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.targets import plan_targets


def bug(
    run: Path,
    cases: tuple[str, ...],
    models: tuple[str, ...],
    most: int,
    ask: bool,
    askings: int,
    template: str,
    subject: str,
    since: str | None,
    out: Path | None,
    **given: Any,
) -> None:
    """Do what ``toolfuzz bug`` does."""
    limits = limits_from(given)
    run, cases = expected(run, given, cases)
    data = load_run(run, keep_exchanges=True)
    found = [f for f in endpoint_failures(data, cases) if not models or f.target in models][:most]
    if not found:
        raise UsageError("the run has no failure to report", "`toolfuzz report RUN` shows it")
    spent_out = ""
    # A parser costs nothing, and there is no layer but its own.
    parsers = [f for f in found if not data.nature(f.target).over_http]
    if ask or parsers:
        access = access_again(data, given)
        wanted = found if ask else parsers
        unstudied = [f for f in wanted if not (study_folder(run, f) / RESULT_NAME).exists()]
        unclear = [
            f for f in wanted
            if f not in parsers and not (study_folder(run, f) / ATTRIBUTION_NAME).exists()
        ]  # fmt: skip

        async def asked(budget: Budget) -> None:
            if unstudied:
                await study_run(run, data, access, budget, found=unstudied)
            if unclear and not budget.spent_out:
                await attribute_failures(run, data, access, budget, unclear)

        names = list(dict.fromkeys(f.target for f in (*unstudied, *unclear)))
        if names:
            _, spent_out = within(limits, plan_targets(names, access), askings, asked)
    folder = out or (run if run.is_dir() else run.parent) / "bugs"
    numbers: dict[str, int] = {}
    of_parsers: list[tuple[FailureDetails, Path]] = []
    for failure in found:
        slug = failure.symptom.slug
        numbers[slug] = numbers.get(slug, 0) + 1
        details = replace(open_details(run, data, failure), subject=subject)
        if details.nature.over_http:
            path = write_report(details, folder, numbers[slug], template)
            click.echo(f"{printable(str(path))}   {title(details)}")
        else:
            of_parsers.append((details, folder / f"{slug_of(details)}-{numbers[slug]}"))
    if of_parsers:
        _write_of_parsers(of_parsers, template, given["engine_python"], since)
    if any(not (study_folder(run, f) / RESULT_NAME).exists() for f in found):
        click.echo("next: `toolfuzz bug RUN --ask` makes the cases minimal and looks for the layer")
    say_spent_out(spent_out)


def _write_of_parsers(
    found: list[tuple[FailureDetails, Path]],
    template: str,
    engine_python: str | None,
    since: str | None,
) -> None:
    from toolfuzz.evidence.engine.looking import look, through_releases
    from toolfuzz.evidence.engine.report import similar_to, write_parser_report

    looked = [asyncio.run(look(details, engine_python=engine_python)) for details, _ in found]
    for (details, stem), evidence in zip(found, looked, strict=True):
        path = write_parser_report(
            details,
            evidence,
            stem,
            template=template,
            similar=similar_to(evidence, looked),
            since=asyncio.run(through_releases(details, since)) if since else "",
        )
        click.echo(f"{printable(str(path))}   {printable(evidence.title)}")
