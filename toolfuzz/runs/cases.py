"""Which cases a run asks: the user's own tools are read, the rest is drawn."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence, Set
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseSkipped
from toolfuzz.generate import draw_ahead, draw_part
from toolfuzz.generate.size import input_tokens
from toolfuzz.generate.tools import ToolSet, chosen, load, load_mcp, load_openapi
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.scenarios import dimensions_of, scenarios
from toolfuzz.system.variables import filled

__all__ = ["begun", "draw", "draw_portion", "left_out", "load_tools", "own_questions", "told_of"]


def load_tools(options: RunOptions) -> list[ToolSet]:
    """Read the user's own tools from all sources, those that are wanted; raises UsageError."""
    headers = _tools_headers(options)
    found = [
        *(load(spec, allow_remote_refs=options.allow_remote_refs) for spec in options.tools),
        *(load_mcp(spec, headers=headers) for spec in options.mcp),
        *(
            load_openapi(spec, headers=headers, inline_refs=options.inline_refs)
            for spec in options.openapi
        ),
    ]
    if (options.include or options.exclude) and not found:
        raise UsageError(
            "--include and --exclude choose among tools of your own", "name some: --tools FILE"
        )
    used = chosen(_told_apart(found), options.include, options.exclude)
    if used:
        # What knows the services loads what asks them.
        from toolfuzz.runs.offered import check_offer

        check_offer(options, used)
    return used


def _tools_headers(options: RunOptions) -> dict[str, str]:
    """Return the headers for addresses of tools, with the variables' values in them.

    They go to one server alone: what is secret there is nobody else's business.
    """
    headers = {
        name: filled(text, f"--tools-header {name}") for name, text in options.tools_headers.items()
    }
    places = [spec for spec in (*options.mcp, *options.openapi) if "://" in spec]
    hosts = {_server(spec) for spec in places if spec.startswith("http")}
    if headers and len(hosts) != 1:
        raise UsageError(
            f"--tools-header is for one server, and --mcp and --openapi name {len(hosts)} URLs",
            "servers of an mcp.json have headers of their own: --mcp mcp.json#NAME",
        )
    return headers


def _server(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url


def _told_apart(found: list[ToolSet]) -> list[ToolSet]:
    """Name sources by where they are, of which several have a name: two files in two folders."""
    origins = Counter(one.origin for one in found)
    return [
        replace(one, origin=f"tools:{one.place}") if origins[one.origin] > 1 else one
        for one in found
    ]


def told_of(options: RunOptions, tool_sets: Sequence[ToolSet]) -> JsonObject:
    """Return what the journal says of the user's tools and questions beside the options.

    ``sources``: each has its ``source`` (the origin of its cases), its ``place`` without secrets,
    the names of its ``tools`` and how many were ``not_chosen``. ``questions``: how many of the
    user's own each target is asked.
    """
    sources = [
        {
            "source": one.origin,
            "place": one.place,
            "tools": [tool.name for tool in one.tools],
            "not_chosen": len(one.not_chosen),
        }
        for one in tool_sets
    ]
    told: JsonObject = {"sources": sources} if sources else {}
    if options.prompts:
        told["questions"] = len(own_questions(options, tool_sets))
    return told


def left_out(tool_sets: Sequence[ToolSet]) -> list[CaseSkipped]:
    """Return what of the user's tools can't be asked for, and why."""
    return [
        CaseSkipped(skip.tool, skip.pointer, skip.reason, source=one.origin)
        for one in tool_sets
        for skip in one.skipped
    ]


def draw(options: RunOptions, tool_sets: Sequence[ToolSet]) -> AsyncGenerator[Case]:
    """Draw the cases of a run ahead of their readers; with ``respell``, other spellings too.

    Of dimensions, ``cases`` scenarios are drawn of each, each with its control twin after it. Of
    the user's own questions, the first ``cases`` are asked. Raises UsageError.
    """
    if names := dimensions_of(options):
        return scenarios(options, names)
    if options.prompts:
        return _each(own_questions(options, tool_sets))
    drawn = draw_ahead(
        options.cases,
        seed=options.seed,
        tools=tool_sets,
        probes=options.probes,
        features=options.features,
        strength=options.strength,
        offer=options.offer,
        most_tokens=options.max_input,
        system=options.system or "",
        processes=min(options.workers, os.cpu_count() or 1),
    )
    cases = _with_respelled(drawn, options.max_input) if options.respell else drawn
    return cases if options.max_input is None else _some(cases, options.max_input)


@asynccontextmanager
async def begun(cases: AsyncGenerator[Case]) -> AsyncIterator[AsyncGenerator[Case]]:
    """Draw the first of the cases, and start what draws the rest, while its user does other things.

    They are closed at the end.
    """
    drawing = asyncio.create_task(_first(cases))

    async def each() -> AsyncGenerator[Case]:
        if (first := await drawing) is not None:
            yield first
        async for case in cases:
            yield case

    async with aclosing(cases), aclosing(each()) as all_of_them:
        try:
            yield all_of_them
        finally:
            drawing.cancel()
            await asyncio.gather(drawing, return_exceptions=True)


async def _first(cases: AsyncGenerator[Case]) -> Case | None:
    return await anext(cases, None)


def own_questions(options: RunOptions, tool_sets: Sequence[ToolSet]) -> list[Case]:
    """Return the user's own questions that are asked; raises UsageError."""
    for name in ("probes", "features", "respell"):
        if getattr(options, name):
            flag = {"probes": "probe", "features": "feature"}.get(name, name)
            raise UsageError(f"--{flag} is of drawn questions", f"leave out --prompts or --{flag}")
    # What is drawn is imported by what draws it.
    from toolfuzz.generate.own import read_questions
    from toolfuzz.generate.system import with_system

    found = read_questions(options.prompts, tool_sets, options.offer)
    asked = [with_system(case, options.system or "") for case in found]
    most = options.max_input
    fitting = [case for case in asked if most is None or input_tokens(case) <= most]
    if most is not None and not fitting:
        raise _too_long(most)
    return fitting[: options.cases]


async def _each(cases: Sequence[Case]) -> AsyncGenerator[Case]:
    for case in cases:
        yield case


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
        most_tokens=options.max_input,
        system=options.system or "",
    )


async def _some(cases: AsyncGenerator[Case], most_tokens: int) -> AsyncGenerator[Case]:
    """Raise UsageError where none fits."""
    some = False
    async with aclosing(cases):
        async for case in cases:
            some = True
            yield case
    if not some:
        raise _too_long(most_tokens)


def _too_long(most_tokens: int) -> UsageError:
    return UsageError(
        f"no case's prompt fits into --max-input {most_tokens}",
        f"try --max-input {max(1000, 4 * most_tokens)}, or fewer and smaller tools",
    )


async def _with_respelled(
    cases: AsyncGenerator[Case], most_tokens: int | None
) -> AsyncGenerator[Case]:
    from toolfuzz.generate.respell import respelled

    async with aclosing(cases):
        async for case in cases:
            yield case
            for spelling, other in respelled(case).items():
                if most_tokens and input_tokens(other) > most_tokens:
                    continue
                yield replace(other, origin=f"respelled:{spelling}:{case.id}")
