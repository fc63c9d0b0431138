"""Runs over dimensions: which are meant, at which level, and how many scenarios that makes."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate import dimension_names, probe_names
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.pools.calls import in_order
from toolfuzz.pools.processes import process_pool
from toolfuzz.runs.adaptive import AdaptiveFeed
from toolfuzz.runs.options import ALL_DIMENSIONS, RunOptions
from toolfuzz.runs.record import Record
from toolfuzz.worlds.family import Family

__all__ = ["adaptive_feeds", "dimensions_of", "is_adaptive", "questions", "scenarios"]


def dimensions_of(options: RunOptions) -> tuple[str, ...]:
    """Return the dimensions that are asked for; none when the probes are ordinary ones.

    Raises UsageError for a mix of both, for a level that one of them doesn't have, and for what
    doesn't go with dimensions.
    """
    if not options.probes:
        _ordinary(options)
        return ()  # loading all dimensions would take a tenth of a second
    known = dimension_names()
    named = [name.strip() for given in options.probes for name in given.split(",")]
    wanted = [one for name in named for one in (known if name == ALL_DIMENSIONS else [name])]
    _check_names(wanted, known)
    if not any(name in known for name in wanted):
        _ordinary(options)
        return ()
    if other := [name for name in wanted if name not in known]:
        told = f"--probe {other[0]} is no dimension, and dimensions are run by themselves"
        raise UsageError(told, f"dimensions are {', '.join(known)}")
    if options.tools or options.mcp or options.openapi or options.features:
        told = "dimensions are asked on worlds with tools of their own"
        raise UsageError(told, "leave out the tools and features")
    if options.prompts:
        raise UsageError("dimensions have questions of their own", "leave out --prompts or --probe")
    if options.system is not None:
        told = "scenarios say their rules in a system message of their own"
        raise UsageError(told, "leave out --system")
    if options.respell:
        raise UsageError("scenarios aren't asked under other spellings", "leave out --respell")
    if options.max_input is not None:
        told = "--max-input is of single questions; scenarios grow with every turn"
        raise UsageError(told, "leave it out, or try a lower --level")
    names = tuple(dict.fromkeys(wanted))
    if options.level is not None:
        _check_level(options.level, names)
    return names


def _ordinary(options: RunOptions) -> None:
    if options.level is not None:
        raise UsageError("--level is of dimensions", "try --probe plan --level 7")


def _check_names(names: Sequence[str], dimensions: Iterable[str]) -> None:
    known = {*probe_names(), *dimensions, ALL_DIMENSIONS}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no probe or dimension {name!r}",
                did_you_mean(name, known) or "toolfuzz list probes; toolfuzz list dimensions",
            )


def _check_level(level: int, names: Sequence[str]) -> None:
    for name in names:
        least, most = find(name).levels
        if not least <= level <= most:
            raise UsageError(
                f"--level {level}: {name} has the levels {least} to {most}",
                f"toolfuzz explain {name}",
            )


def is_adaptive(options: RunOptions) -> bool:
    """Whether every target is asked at the levels that suit it: ``dimensions``, without a level."""
    return ALL_DIMENSIONS in options.probes and options.level is None


def questions(options: RunOptions) -> JsonObject:
    """Return what the journal says of a run over dimensions beside its options.

    ``questions``: how many cases each target is asked.
    """
    names = dimensions_of(options)
    return {"questions": 2 * options.cases * len(names)} if names else {}


async def scenarios(options: RunOptions, names: Sequence[str]) -> AsyncGenerator[Case]:
    """Draw scenarios at one level, the dimensions in turn, each with its control twin after it.

    With ``workers`` so many processes draw, at most one a processor.
    """
    families = [find(name) for name in names]
    pairs = ((f, options.seed, k, options.level) for k in range(options.cases) for f in families)
    async with aclosing(_drawn(pairs, min(options.workers, os.cpu_count() or 1))) as drawn:
        async for pair in drawn:
            for case in pair:
                yield case


async def _drawn(
    pairs: Iterator[tuple[Family, int, int, int | None]], processes: int
) -> AsyncGenerator[tuple[Case, Case]]:
    if processes == 1:
        for pair in pairs:
            yield await asyncio.to_thread(draw_pair, *pair)
        return
    async with (
        process_pool(processes) as callers,
        aclosing(in_order(callers, draw_pair, pairs, ahead=2 * processes)) as drawn,
    ):
        async for pair in drawn:
            yield pair


def adaptive_feeds(options: RunOptions, record: Record) -> Callable[[str], AdaptiveFeed] | None:
    """Return what gives each target its own scenarios; None where all are asked the same."""
    if not is_adaptive(options):
        return None
    names = dimensions_of(options)
    before = list(record.verdicts())

    def feed(target: str) -> AdaptiveFeed:
        return AdaptiveFeed(
            names,
            options.cases,
            seed=options.seed,
            askings=options.repeat * (2 if options.stream == "both" else 1),
            before=(verdict for verdict in before if verdict.target == target),
        )

    return feed
