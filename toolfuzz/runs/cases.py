"""Which cases a run asks: the user's own tools are read, the rest is drawn."""

from collections.abc import AsyncGenerator, Iterator, Sequence, Set
from contextlib import aclosing
from dataclasses import replace

from toolfuzz.core.case import Case
from toolfuzz.generate import draw_ahead, draw_part
from toolfuzz.generate.tools import ToolSet, load, load_mcp, load_openapi
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.scenarios import dimensions_of, scenarios

__all__ = ["draw", "draw_portion", "load_tools"]


def load_tools(options: RunOptions) -> list[ToolSet]:
    """Read the user's own tools from all sources; raises UsageError."""
    return [
        *(load(spec, allow_remote_refs=options.allow_remote_refs) for spec in options.tools),
        *(load_mcp(spec) for spec in options.mcp),
        *(load_openapi(spec, inline_refs=options.inline_refs) for spec in options.openapi),
    ]


def draw(options: RunOptions, tool_sets: Sequence[ToolSet]) -> AsyncGenerator[Case]:
    """Draw the cases of a run ahead of their readers; with ``respell``, other spellings too.

    Of dimensions, ``cases`` scenarios are drawn of each, each with its control twin after it.
    """
    if names := dimensions_of(options):
        return scenarios(options, names)
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


def draw_portion(
    options: RunOptions, tool_sets: Sequence[ToolSet], number: int, most: int, known: Set[str]
) -> Iterator[Case]:
    """Draw the cases of a monitor's portion; none whose id is ``known``."""
    return draw_part(
        number,
        most,
        known=known,
        seed=options.seed,
        tools=tool_sets,
        probes=options.probes,
        features=options.features,
        offer=options.offer,
    )


async def _with_respelled(cases: AsyncGenerator[Case]) -> AsyncGenerator[Case]:
    from toolfuzz.generate.respell import respelled

    async with aclosing(cases):
        async for case in cases:
            yield case
            for spelling, other in respelled(case).items():
                yield replace(other, origin=f"respelled:{spelling}:{case.id}")
