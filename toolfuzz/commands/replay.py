"""``toolfuzz replay``: is a known failure still there?"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from toolfuzz.commands._again import expected
from toolfuzz.commands._given import run_options_from
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import (
    EXIT_GATE_FAILED,
    EXIT_INCONCLUSIVE,
    EXIT_PASSED,
    EndpointError,
    UsageError,
)
from toolfuzz.core.nature import nature_of
from toolfuzz.core.text import printable
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.examiner import Budget, open_examiner
from toolfuzz.evidence.failures import endpoint_failures, not_one_sided, of_gateway
from toolfuzz.evidence.kept import RESULT_NAME, read_study, study_folder
from toolfuzz.evidence.replay import EASY, KnownFailure, Replayed, askings, replay_known, worst
from toolfuzz.runs.access import Access
from toolfuzz.runs.expecting import by_hand
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.targets import open_sources
from toolfuzz.sources.engine import with_less_around
from toolfuzz.sources.source import SourceSpec

EXIT_CODES = {
    "FIXED": EXIT_PASSED,
    "STILL FAILS": EXIT_GATE_FAILED,
    "INCONCLUSIVE": EXIT_INCONCLUSIVE,
}


def replay(what: Path, times: int | None, as_json: bool, **given: Any) -> None:
    """Do what ``toolfuzz replay`` does."""
    options = run_options_from(given)
    known = known_failures(what, given)
    found = ask_again(options.models, options.access, known, times=times, modes=given["stream"])
    if as_json:
        click.echo(json.dumps([replayed_to_json(model, r) for model, r in found], indent=2))
    else:
        for model, r in found:
            click.secho(f"{r.outcome:12}", bold=True, nl=False)
            click.echo(f"  {printable(f'{r.known.name} on {model}')}: {printable(r.words)}")
    if not any(r.asked for _, r in found):
        raise EndpointError(
            f"nothing could be judged: {found[0][1].reason}", "is the model still served there?"
        )
    code = EXIT_CODES[worst([r.outcome for _, r in found])]
    click.get_current_context().exit(code)


def known_failures(what: Path, given: JsonObject) -> list[KnownFailure]:
    """Read what is to be asked: a case file, a bug report, or the failures of a run.

    Of a run the minimal cases are taken where there are any. ``given`` are a command's
    ``expect_options``.
    """
    if what.suffix == ".md":
        what = what.with_suffix(".json")
    if what.suffix == ".json":
        known = case_with_defect(what)
        if of_gateway(known.slug or ""):
            raise not_one_sided()
        return [_expecting(known, given)]
    find_journal(what)
    what, _ = expected(what, given)
    found = []
    for failure in endpoint_failures(load_run(what)):
        result = study_folder(what, failure) / RESULT_NAME
        case, seen = failure.example, None
        if result.exists():
            minimized = read_study(result)
            case = minimized.case if minimized.confirmed else case
            seen = minimized.seen
        slug = failure.symptom.slug
        name = f"{slug} ({case.id[:6]})"
        found.append(KnownFailure(name, case, slug, failure.streams[0], seen))
    if not found:
        raise UsageError("the run has no failure to ask again", "`toolfuzz report RUN` shows it")
    return found


def _expecting(known: KnownFailure, given: JsonObject) -> KnownFailure:
    told = by_hand(given["expect"], given["expect_values"])
    if told is None:
        return known
    case = told.of(known.case, known.case.at(-1).expect.calls, known.name)
    told.check()
    return known if case is None else replace(known, case=case)


def ask_again(
    models: Sequence[str],
    access: Access,
    known: Sequence[KnownFailure],
    *,
    times: int | None,
    modes: str | None = None,
) -> list[tuple[str, Replayed]]:
    """Ask every model all of it; ``modes`` overrides the stream mode of the known failures."""
    return asyncio.run(_ask_again(models, access, known, times, modes))


async def _ask_again(
    models: Sequence[str],
    access: Access,
    known: Sequence[KnownFailure],
    times: int | None,
    modes: str | None,
) -> list[tuple[str, Replayed]]:
    found = []
    async with open_sources(models, replace(access, stream="plain")) as sources:
        for source in sources:
            for one in known:
                for stream in _streams(one, modes):
                    done = await _replay(source, one, stream, times)
                    found.append((source.target.name, done))
    return found


async def _replay(
    source: SourceSpec, one: KnownFailure, stream: bool, times: int | None
) -> Replayed:
    deterministic = nature_of(source.target).deterministic
    # Beside each question that the server fails at, an easy one shows whether it is well.
    for written in with_less_around(source):
        budget = Budget(2 * askings(one, times))
        async with open_examiner(written, stream=stream, budget=budget, answered=EASY) as examiner:
            done = await replay_known(
                replace(one, stream=stream), examiner, times, deterministic=deterministic
            )
        if done.failed:
            break
    return done


def _streams(known: KnownFailure, modes: str | None) -> tuple[bool, ...]:
    if modes is None:
        return (bool(known.stream),)
    return {"plain": (False,), "stream": (True,), "both": (False, True)}[modes]


def replayed_to_json(model: str, done: Replayed) -> JsonObject:
    """Return one result for ``--json``."""
    low, high = done.interval
    return {
        "model": model,
        "name": done.known.name,
        "case": done.known.case.id,
        "slug": done.known.slug,
        "stream": done.known.stream,
        "outcome": done.outcome,
        "failed": done.failed,
        "otherwise": done.otherwise,
        "asked": done.asked,
        "unjudged": done.unjudged,
        "low": low,
        "high": high,
        "seen": None if done.known.seen is None else asdict(done.known.seen),
        "needed": done.known.passes_needed,
        "reason": done.reason,
    }
