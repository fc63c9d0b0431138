"""Which cases a run asks: the user's own tools are read, the rest is drawn."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.generate import dimension_names, draw_ahead
from toolfuzz.generate.tools import ToolSet, load, load_mcp, load_openapi
from toolfuzz.runs.options import RunOptions

__all__ = ["dimensions_of", "draw", "load_tools"]

_ALL = "dimensions"


def load_tools(options: RunOptions) -> list[ToolSet]:
    """Read the user's own tools from all sources; raises UsageError."""
    return [
        *(load(spec, allow_remote_refs=options.allow_remote_refs) for spec in options.tools),
        *(load_mcp(spec) for spec in options.mcp),
        *(load_openapi(spec, inline_refs=options.inline_refs) for spec in options.openapi),
    ]


def draw(options: RunOptions, tool_sets: Sequence[ToolSet]) -> AsyncGenerator[Case]:
    """Draw the cases of a run ahead of their readers; with ``respell``, other spellings too.

    Of dimensions, ``cases`` scenarios are drawn in all, each with its control twin after it.
    """
    if dimensions := dimensions_of(options):
        return _scenarios(options, dimensions)
    cases = draw_ahead(
        options.cases,
        seed=options.seed,
        tools=tool_sets,
        probes=options.probes,
        features=options.features,
        strength=options.strength,
        offer=options.offer,
    )
    return _with_respelled(cases) if options.respell else cases


async def _with_respelled(cases: AsyncGenerator[Case]) -> AsyncGenerator[Case]:
    from toolfuzz.generate.respell import respelled

    async with aclosing(cases):
        async for case in cases:
            yield case
            for spelling, other in respelled(case).items():
                yield replace(other, origin=f"respelled:{spelling}:{case.id}")


def dimensions_of(options: RunOptions) -> tuple[str, ...]:
    """Return the dimensions that are asked for; none when the probes are ordinary ones.

    Raises UsageError for a mix of both, and for what doesn't go with dimensions.
    """
    known = dimension_names()
    named = [name for given in options.probes for name in given.split(",")]
    wanted = [one for name in named for one in (known if name == _ALL else [name])]
    if not any(name in known for name in wanted):
        if options.level is not None:
            raise UsageError("--level is of dimensions", "try --probe plan --level 7")
        return ()
    if other := [name for name in wanted if name not in known]:
        told = f"--probe {other[0]} is no dimension, and dimensions are run by themselves"
        raise UsageError(told, f"dimensions are {', '.join(known)}")
    if options.tools or options.mcp or options.openapi or options.features:
        told = "dimensions are asked on worlds with tools of their own"
        raise UsageError(told, "leave out the tools and features")
    return tuple(dict.fromkeys(wanted))


async def _scenarios(options: RunOptions, names: Sequence[str]) -> AsyncGenerator[Case]:
    from toolfuzz.generate.dimensions import draw_pair, find

    for k in range(options.cases):
        family = find(names[k % len(names)])
        pair = await asyncio.to_thread(
            draw_pair, family, options.seed, k // len(names), options.level
        )
        for case in pair:
            yield case
