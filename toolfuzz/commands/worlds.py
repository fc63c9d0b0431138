"""``toolfuzz worlds``: what dimensions are asked on, and the proofs of it."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from pathlib import Path

import click

from toolfuzz.commands._live import cancelled_by_signals
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.errors import EXIT_GATE_FAILED, UsageError
from toolfuzz.core.text import printable
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, find
from toolfuzz.generate.dimensions.proving import Proven, prove_pair, refuted
from toolfuzz.pools.calls import in_order
from toolfuzz.report.console import print_rows
from toolfuzz.runs.workers import open_callers
from toolfuzz.worlds.family import Family


def prove(
    file: Path | None,
    cases: int,
    names: tuple[str, ...],
    level: int | None,
    seed: int,
    workers: int | None,
    ray: str | None,
    as_json: bool,
) -> None:
    """Do what ``toolfuzz worlds prove`` does."""
    if file is not None:
        _prove_file(file)
        return
    families = [find(name) for name in names] or [*all_dimensions().values()]
    pairs = [(family, seed, k, level) for family in families for k in range(cases)]
    if ray is None and workers in (None, 1):
        found = asyncio.run(cancelled_by_signals(_told(_here(pairs))))
    else:
        work = _told(_by_workers(pairs, workers or 1, ray))
        found = asyncio.run(cancelled_by_signals(work))
    if as_json:
        click.echo(json.dumps([_to_json(one) for one in found], indent=2))
    else:
        _print(found)
    if not all(one.holds for one in found):
        sys.exit(EXIT_GATE_FAILED)


def draw(name: str, level: int | None, seed: int, twin: bool) -> None:
    """Do what ``toolfuzz worlds draw`` does."""

    case = draw_pair(find(name), seed, 0, level)[twin]
    click.echo(json.dumps(case_to_json(case), indent=2, ensure_ascii=False))


Pair = tuple[Family, int, int, int | None]


async def _here(pairs: Iterable[Pair]) -> AsyncGenerator[Proven]:

    for pair in pairs:
        yield prove_pair(*pair)
        # Ctrl-C is seen between two.
        await asyncio.sleep(0)


async def _by_workers(
    pairs: Iterable[Pair], workers: int, ray: str | None
) -> AsyncGenerator[Proven]:

    async with (
        open_callers(workers, ray) as callers,
        aclosing(in_order(callers, prove_pair, iter(pairs), ahead=2 * workers)) as proved,
    ):
        async for one in proved:
            yield one


async def _told(proved: AsyncGenerator[Proven]) -> list[Proven]:
    """Return what was proved of each dimension, and tell of it on the way."""
    found: dict[str, Proven] = {}
    async with aclosing(proved) as pairs:
        async for pair in pairs:
            name = pair.family.name
            if name in found:
                found[name].add(pair)
            else:
                found[name] = pair
            if sys.stderr.isatty():
                click.echo(f"\r{name}: {found[name].worlds} worlds ", nl=False, err=True)
    if sys.stderr.isatty():
        click.echo(f"\r{' ' * 40}\r", nl=False, err=True)
    return [*found.values()]


def _prove_file(file: Path) -> None:

    case = case_with_defect(file).case
    if case.world is None:
        raise UsageError(f"{file}: the case has no world", "`toolfuzz worlds draw` prints one")
    wrong = refuted(case)
    if wrong:
        click.echo(f"not proved — {printable(wrong)}")
        sys.exit(EXIT_GATE_FAILED)
    click.echo("proved: all claims about this world hold")


def _print(found: list[Proven]) -> None:

    dimensions = [f"{one.family.name} {one.level}" for one in found]
    rows = [
        (proof, *(f"{one.held[proof]}/{one.tried[proof]}" for one in found))
        for proof in found[0].tried
    ]
    rows.append(("random callers that passed", *(f"{one.lucky}/{one.callers}" for one in found)))
    rows.append(("thrown away while drawing", *(str(one.anew) for one in found)))
    rows.append(("worlds a second", *(f"{one.worlds / one.seconds:.0f}" for one in found)))
    print_rows(("dimension and level", *dimensions), rows)
    for one in found:
        for name, wrong in one.wrong.items():
            click.echo(f"{one.family.name}, {name}: {printable(wrong)}")
    click.echo("held of tried; worlds and their control twins (an ignored burden has none there)")


def _to_json(one: Proven) -> dict[str, object]:
    return {
        "dimension": one.family.name,
        "level": one.level,
        "worlds": one.worlds,
        "proofs": {n: {"held": one.held[n], "tried": one.tried[n]} for n in one.tried},
        "wrong": one.wrong,
        "random_callers": {"passed": one.lucky, "tried": one.callers},
        "thrown_away": one.anew,
        "worlds_per_second": one.worlds / one.seconds,
        "holds": one.holds,
    }
