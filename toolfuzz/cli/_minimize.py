"""Minimizing a run's failures under a terminal."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.price import price_of
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EXIT_INCONCLUSIVE, UsageError
from toolfuzz.core.text import printable
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.failures import Failure, failures
from toolfuzz.evidence.minimize import Minimized, Standing
from toolfuzz.evidence.study import study_failure, study_folder, study_to_json
from toolfuzz.evidence.tree import size
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.journal import read_journal
from toolfuzz.runs.targets import Access, access_of_run, open_participants

__all__ = ["minimize_after", "minimize_run", "study_run", "with_note"]

T = TypeVar("T")


def minimize_run(
    run: Path,
    *,
    cases: tuple[str, ...],
    models: tuple[str, ...],
    most: int,
    max_calls: int,
    max_seconds: float | None,
    max_cost: float | None,
    concurrency: int,
    engine_python: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Minimize and print; exits 3 when nothing came again.

    Raises UsageError when the run holds no failure.
    """
    data = collect(read_journal(run))
    budget = Budget(
        calls=max_calls,
        seconds=max_seconds or float("inf"),
        dollars=float("inf") if max_cost is None else max_cost,
    )
    access = replace(access_of_run(data), concurrency=concurrency, engine_python=engine_python)
    found = [f for f in failures(data, cases) if not models or f.target in models][:most]
    if not found:
        raise UsageError("the run has no failure to minimize", "`toolfuzz report RUN` shows it")
    results = with_note(study_run(run, data, access, budget, found=found, quiet=quiet))
    if as_json:
        click.echo(json.dumps([entry for _, _, entry in results], indent=2))
    else:
        for failure, result, _ in results:
            _print(failure, result, study_folder(run, failure))
    if not any(result.confirmed for _, result, _ in results):
        click.get_current_context().exit(EXIT_INCONCLUSIVE)


def minimize_after(run: Path, access: Access, *, quiet: bool, most: int = 3) -> None:
    """Minimize what a run that has just ended found; with ``quiet`` only the files are written."""
    data = collect(read_journal(run))
    if not (found := failures(data)[:most]):
        return
    results = with_note(study_run(run, data, access, Budget(), found=found, quiet=quiet))
    if not quiet:
        for failure, result, _ in results:
            _print(failure, result, study_folder(run, failure))


def with_note(work: Coroutine[Any, Any, T]) -> T:
    """Run it; when interrupted, say that nothing is lost."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        click.echo("\nall answers are kept; give the same command again to go on", err=True)
        raise


async def study_run(
    run: Path,
    data: RunData,
    access: Access,
    budget: Budget,
    *,
    found: list[Failure],
    quiet: bool = False,
) -> list[tuple[Failure, Minimized, JsonObject]]:
    """Minimize failures of a run, one after the other; each may spend the whole budget."""
    settings = data.started.settings
    policy = Policy(**settings.get("policy", {}))
    targets = list(dict.fromkeys(f.target for f in found))
    results = []
    async with open_participants(targets, access, seed=settings.get("seed", 0)) as participants:
        by_name = {p.target.name: p for p in participants}
        for failure in found:
            participant = by_name[failure.target]
            result = await study_failure(
                failure,
                participant,
                study_folder(run, failure),
                replace(
                    budget,
                    price=price_of(participant.target.model, data.nature(failure.target)),
                    spent_calls=0,
                ),
                started=data.started.started,
                policy=policy,
                slots=access.concurrency,
                report=_teller(failure, quiet),
            )
            if not quiet and sys.stderr.isatty():
                click.echo(err=True)
            results.append(
                (failure, result, study_to_json(failure, result, stream=failure.streams[0]))
            )
    return results


def _teller(failure: Failure, quiet: bool) -> Any:
    live = sys.stderr.isatty() and not quiet
    last = [""]

    def tell(standing: Standing) -> None:
        rate = "–" if standing.rate is None else f"{standing.rate:.0%}"
        line = (
            f"{failure.culprit.slug}: {standing.stage} · size {standing.size} of "
            f"{standing.original_size} · {standing.calls} calls in {standing.rounds} rounds · "
            f"fails {rate}"
        )
        if live:
            click.echo(f"\r\x1b[K{printable(line)}", nl=False, err=True)
        elif not quiet and standing.stage != last[0]:
            click.echo(printable(line), err=True)
        last[0] = standing.stage

    return tell


def _print(failure: Failure, result: Minimized, folder: Path) -> None:
    case = result.case
    click.secho(
        f"{failure.culprit.slug} on {printable(failure.target)}"
        f" · {failure.culprit.shape or 'any shape'}",
        bold=True,
    )
    click.echo(
        f"  size      {size(result.original)} → {size(case)}"
        f"   ({result.calls} calls in {result.rounds} rounds)"
    )
    if result.asked:
        click.echo(
            f"  reproduces {result.reproduced} of {result.asked}"
            f"   (95% interval {result.low:.0%} – {result.high:.0%})"
        )
    if result.reason:
        click.echo(f"  ended     {result.reason}")
    for tool in case.tools:
        click.echo(f"  tool      {printable(tool.name)}  {printable(json.dumps(tool.parameters))}")
    for call in case.turns[0].expect.calls:
        click.echo(f"  expected  {printable(json.dumps(call.arguments, ensure_ascii=False))}")
    if result.neighbour:
        near = result.neighbour
        click.echo(
            "  passes    " + "; ".join(printable(json.dumps(t.parameters)) for t in near.tools)
        )
        for call in near.turns[0].expect.calls:
            click.echo(f"            {printable(json.dumps(call.arguments, ensure_ascii=False))}")
    click.echo(f"  kept in   {folder}")
