"""``toolfuzz minimize``: the smallest case that still fails."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.load import RunData
from toolfuzz.commands._again import access_again, expected
from toolfuzz.commands._budget import say_spent_out, within
from toolfuzz.commands._given import limits_from
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import EXIT_INCONCLUSIVE, UsageError
from toolfuzz.core.text import printable, shortly
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.failures import Failure, endpoint_failures
from toolfuzz.evidence.kept import study_folder
from toolfuzz.evidence.minimize import Minimized, Standing
from toolfuzz.evidence.study import study_failure, study_to_json
from toolfuzz.evidence.tree import size
from toolfuzz.runs.access import Access
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.stored import stored_options
from toolfuzz.runs.targets import open_sources, plan_targets
from toolfuzz.worlds.spec import world_of

_AFTER_A_RUN = 3


def minimize(
    run: Path,
    cases: tuple[str, ...],
    models: tuple[str, ...],
    most: int,
    askings: int,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Do what ``toolfuzz minimize`` does."""
    limits = limits_from(given)
    run, cases = expected(run, given, cases)
    data = load_run(run)
    access = access_again(data, given)
    found = [f for f in endpoint_failures(data, cases) if not models or f.target in models][:most]
    if not found:
        raise UsageError("the run has no failure to minimize", "`toolfuzz report RUN` shows it")
    results, spent_out = _studied(run, data, access, limits, askings, found=found, quiet=quiet)
    if as_json:
        click.echo(json.dumps([entry for _, _, entry in results], indent=2))
    else:
        for failure, result, _ in results:
            _print(failure, result, study_folder(run, failure))
    say_spent_out(spent_out)
    if not any(result.confirmed for _, result, _ in results):
        click.get_current_context().exit(EXIT_INCONCLUSIVE)


def minimize_after(run: Path, access: Access, limits: Limits, *, quiet: bool) -> None:
    """Minimize what a run that has just ended found; with ``quiet`` only the files are written."""
    data = load_run(run)
    if not (found := endpoint_failures(data)[:_AFTER_A_RUN]):
        return
    results, spent_out = _studied(run, data, access, limits, found=found, quiet=quiet)
    if not quiet:
        for failure, result, _ in results:
            _print(failure, result, study_folder(run, failure))
    say_spent_out(spent_out, f"toolfuzz minimize {shlex.quote(printable(str(run)))}")


_Results = list[tuple[Failure, Minimized, JsonObject]]


def _studied(
    run: Path,
    data: RunData,
    access: Access,
    limits: Limits,
    askings: int = 500,
    *,
    found: list[Failure],
    quiet: bool,
) -> tuple[_Results, str]:
    targets = plan_targets(list(dict.fromkeys(f.target for f in found)), access)
    return within(
        limits,
        targets,
        askings,
        lambda budget: study_run(run, data, access, budget, found=found, quiet=quiet),
    )


async def study_run(
    run: Path,
    data: RunData,
    access: Access,
    budget: Budget,
    *,
    found: list[Failure],
    quiet: bool = False,
) -> _Results:
    """Minimize failures of a run, one after the other, until all is spent that may be.

    Each may make all of the budget's askings.
    """
    settings = data.started.settings
    policy = stored_options(settings).policy
    targets = list(dict.fromkeys(f.target for f in found))
    results = []
    seed, purse = settings.get("seed", 0), budget.purse
    async with open_sources(targets, access, seed=seed, purse=purse) as sources:
        by_name = {p.target.name: p for p in sources}
        for failure in found:
            if budget.spent_out:
                break
            source = by_name[failure.target]
            result = await study_failure(
                failure,
                source,
                study_folder(run, failure),
                budget.anew(),
                started=data.started.started,
                policy=policy,
                slots=access.at_once,
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
            f"{failure.symptom.slug}: {standing.stage} · size {standing.size} of "
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
    shape = failure.symptom.shape or "any shape"
    heading = f"{failure.symptom.slug} on {shortly(failure.target)} · {shape}"
    click.secho(printable(heading), bold=True)
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
        click.echo(f"  ended     {printable(result.reason)}")
    for tool in case.tools:
        click.echo(f"  tool      {printable(tool.name)}  {printable(json.dumps(tool.parameters))}")
    if case.world is not None:
        _print_world(case, result.neighbour is not None, result.neighbour_asked)
        click.echo(f"  kept in   {printable(str(folder))}")
        return
    for number, turn in enumerate(case.turns, 1):
        label = "expected" if len(case.turns) == 1 else f"turn {number}"
        for call in turn.expect.calls:
            wanted = printable(json.dumps(call.arguments, ensure_ascii=False))
            if not case.knows_arguments(number - 1):
                wanted = f"{printable(call.tool)} with any arguments that its schema allows"
            click.echo(f"  {label:8}  {wanted}")
        if not turn.expect.calls:
            what = "no call" if turn.expect.kind == "no_call" else "not known"
            click.echo(f"  {label:8}  {what}")
    if result.neighbour:
        near = result.neighbour
        shown = "; ".join(printable(json.dumps(t.parameters)) for t in near.tools)
        click.echo(f"  passes    {shown}   ({result.neighbour_asked} of {result.neighbour_asked})")
        for call in near.calls:
            click.echo(f"            {printable(json.dumps(call.arguments, ensure_ascii=False))}")
    if result.needs_nothing:
        click.echo("  passes    nothing near it: it seems to fail whatever is sent")
    click.echo(f"  kept in   {printable(str(folder))}")


def _print_world(case: Case, passes: bool, asked: int) -> None:
    world = world_of(case)
    calls = sum(map(len, world.gold))
    click.echo(
        f"  world     {world.dimension}, level {world.level}: {calls} calls on a shortest way"
    )
    for message in case.turns[0].messages:
        click.echo(f"  says      {printable(message.content)}")
    if passes:
        click.echo(f"  passes    its control twin   ({asked} of {asked})")
