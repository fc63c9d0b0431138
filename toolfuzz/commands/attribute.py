"""``toolfuzz attribute``: what goes with the failures, what causes them, on which layer."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.screen import Association, associations
from toolfuzz.commands._again import access_again, expected
from toolfuzz.commands._budget import say_spent_out, within
from toolfuzz.commands._given import limits_from
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import ToolfuzzError, UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.text import printable, shortly
from toolfuzz.evidence.attribution import Other, attribute_failure, attribution_to_json
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.failures import Failure, endpoint_failures
from toolfuzz.evidence.kept import ATTRIBUTION_NAME, RESULT_NAME, read_study, study_folder
from toolfuzz.evidence.model_parser import parser_of_model
from toolfuzz.formats import format_names
from toolfuzz.runs.access import Access
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.purse import Purse
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.stored import stored_options
from toolfuzz.runs.targets import open_sources, plan_targets
from toolfuzz.sources.registry import resolve

_MOST_SHOWN = 5


def attribute(
    run: Path,
    models: tuple[str, ...],
    confirm: bool,
    most: int,
    askings: int,
    engines: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Do what ``toolfuzz attribute`` does."""
    limits = limits_from(given)
    run, _ = expected(run, given)
    data = load_run(run)
    found = [f for f in endpoint_failures(data) if not models or f.target in models][:most]
    if not found:
        raise UsageError("the run has no failure to attribute", "`toolfuzz report RUN` shows it")
    found = [f for f in found if f.example.world is None]
    if not found:
        raise UsageError(
            "these failures came up in worlds, which have control twins in the place of this",
            "`toolfuzz minimize RUN` looks for the smallest world and shows its twin",
        )
    results, spent_out = list[JsonObject](), ""
    if confirm:
        access = access_again(data, given)
        targets = plan_targets(sorted({f.target for f in found}), access)
        results, spent_out = within(
            limits,
            targets,
            askings,
            lambda budget: attribute_failures(run, data, access, budget, found, engines),
        )
    looked_at = list(zip_longest(found, results))
    if as_json:
        entries = [_entry(data, f, r) for f, r in looked_at]
        click.echo(json.dumps(entries, indent=2))
    else:
        for failure, result in looked_at:
            _print(data, failure, result)
    say_spent_out(spent_out)
    if not (confirm or as_json):
        click.echo("next: --confirm takes the features away one by one, and names the layer")


async def attribute_failures(
    run: Path,
    data: RunData,
    access: Access,
    budget: Budget,
    found: Sequence[Failure],
    engines: Sequence[str] = (),
) -> list[JsonObject]:
    """Ask for cause and layer of each failure, and keep the results where its study is."""
    seed = data.started.settings.get("seed", 0)
    policy = stored_options(data.started.settings).policy
    results = []
    async with AsyncExitStack() as stack:
        names = sorted({f.target for f in found})
        purse = budget.purse
        opened = await stack.enter_async_context(
            open_sources(names, access, seed=seed, purse=purse)
        )
        targets = {p.target.name: p for p in opened}
        others = {
            n: await _formats(p.target, access, stack, seed, purse) for n, p in targets.items()
        }
        if engines:
            on_trial = await stack.enter_async_context(open_sources(engines, access, seed=seed))
            for known in others.values():
                known += [Other("parser", p.target.name, p) for p in on_trial]
        else:
            for name, source in targets.items():
                others[name] += await _family_parser(source.target, access, stack, seed)
        for failure in found:
            if budget.spent_out:
                break
            source = targets[failure.target]
            folder = study_folder(run, failure)
            minimal = _minimal(folder)
            attribution = await attribute_failure(
                failure,
                minimal or failure.case,
                None if minimal else failure.finding.pointer,
                source,
                others[failure.target],
                folder / "attribute",
                budget.anew(),
                started=data.started.started,
                suspects={f for a in _associated(data, failure) for f in a.features},
                policy=policy,
            )
            words = [a.words for a in _associated(data, failure)[:_MOST_SHOWN]]
            result = attribution_to_json(attribution, words)
            write_json(folder / ATTRIBUTION_NAME, result)
            results.append(result)
    return results


async def _formats(
    target: Target, access: Access, stack: AsyncExitStack, seed: int, purse: Purse | None
) -> list[Other]:
    """Open the same model in every other wire format that its endpoint answers in."""
    nature = nature_of(target)
    if not nature.over_http:
        return []
    names: Sequence[str] = format_names()
    if nature.remote and access.base_url is None:
        names = tuple(resolve(target.name)[0].format_urls)
    others = []
    for name in names:
        if name == target.format:
            continue
        reached = open_sources([target.name], replace(access, format=name), seed=seed, purse=purse)
        try:
            (source,) = await stack.enter_async_context(reached)
        except ToolfuzzError:
            # This server doesn't speak it: one comparison less.
            continue
        others.append(Other("format", f"the same as {name}", source))
    return others


async def _family_parser(
    target: Target, access: Access, stack: AsyncExitStack, seed: int
) -> list[Other]:
    """Open a parser of the model's family, if one is fetched."""
    spec = parser_of_model(target.model) if nature_of(target).over_http else None
    if spec is None:
        return []
    try:
        on_trial = open_sources([spec], replace(access, engine_python=None), seed=seed)
        (source,) = await stack.enter_async_context(on_trial)
    except ToolfuzzError:
        return []
    return [Other("family", spec, source)]


def _minimal(folder: Path) -> Case | None:
    path = folder / RESULT_NAME
    if not path.exists():
        return None
    minimized = read_study(path)
    return minimized.case if minimized.reproduced else None


def _associated(data: RunData, failure: Failure) -> list[Association]:
    found = associations(data, failure.target, failure.symptom.slug)
    return [a for a in found if a.associated]


def _entry(data: RunData, failure: Failure, result: JsonObject | None) -> JsonObject:
    return {
        "target": failure.target,
        "slug": failure.symptom.slug,
        "shape": failure.symptom.shape,
        "associated": [
            {"features": list(a.features), "lift": a.lift, "p": a.p, "q": a.q, "words": a.words}
            for a in _associated(data, failure)
        ],
        "confirmed": result,
    }


def _print(data: RunData, failure: Failure, result: JsonObject | None) -> None:
    shape = failure.symptom.shape or "any shape"
    heading = f"{failure.symptom.slug} on {shortly(failure.target)} · {shape}"
    click.secho(printable(heading), bold=True)
    for association in _associated(data, failure)[:_MOST_SHOWN]:
        click.echo(f"  associated  {printable(association.words)}")
    if not _associated(data, failure):
        click.echo("  associated  no feature clearly, with this many cases")
    if result is None:
        return
    for sentence in result["causes"]:
        click.echo(f"  cause       {printable(sentence)}")
    click.echo(f"  layer       {result['layer']}")
    for reason in result["reasons"]:
        click.echo(f"              {printable(reason)}")
    if result["history"]:
        click.echo(f"  history     {result['history']}")
    for trial in result["trials"]:
        click.echo(f"  asked       {printable(trial['what'])}: {trial['words']}")
    ended = f", ended early: {result['ended']}" if result["ended"] else ""
    click.echo(f"  spent       {result['calls']} calls{ended}")
