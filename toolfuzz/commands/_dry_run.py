"""``toolfuzz run --dry-run``: what a run would ask and cost."""

import asyncio
import json
import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from toolfuzz.analyze.price import PriceOf
from toolfuzz.commands._forecast import amount, print_scenarios
from toolfuzz.core.case import Case, JsonObject, Turn
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.talk import rehearsed
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.generate.tools import ToolSet
from toolfuzz.pools.question import modes
from toolfuzz.report.console import print_rows
from toolfuzz.runs.cases import draw, load_tools
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.prices import prices
from toolfuzz.runs.scenarios import dimensions_of
from toolfuzz.runs.targets import plan_targets
from toolfuzz.sources.registry import endpoints

__all__ = ["drawn_cases", "print_plan"]

# No tokenizer makes more than one token of a byte; in practice about four bytes make one.
BYTES_PER_TOKEN = 3


def print_plan(options: RunOptions, *, as_json: bool) -> None:
    """Print cases, requests, tokens (upper bound) and price per target."""
    options.check()
    targets = plan_targets(options.models, options.access)
    if dimensions_of(options):
        print_scenarios(options, targets, as_json=as_json)
        return
    cases = asyncio.run(drawn_cases(options, load_tools(options)))
    price = prices(options.price)
    plans = [_target_plan(target, cases, options.repeat, price) for target in targets]
    if as_json:
        click.echo(json.dumps(plans, indent=2))
        return
    header = ("target", "cases", "requests", "input tokens ≤", "output tokens ≤", "price ≤")
    print_rows(header, [tuple(amount(p[key]) for key in _COLUMNS) for p in plans])
    for plan in plans:
        if plan["skipped"]:
            click.echo(f"{plan['target']}: {plan['skipped']} more can't be asked and are skipped")
    click.echo("\nnothing was asked; leave --dry-run out to run this")


_COLUMNS = ("target", "cases", "requests", "input_tokens", "output_tokens", "price_usd")


async def drawn_cases(options: RunOptions, tool_sets: Sequence[ToolSet]) -> list[Case]:
    """Return the cases that a run with these options would ask."""
    return [case async for case in draw(options, tool_sets)]


def _target_plan(target: Target, cases: list[Case], repeat: int, prices: PriceOf) -> dict[str, Any]:
    ways = len(modes(target)) * repeat
    cap = wire_format(target.format).cap
    asked = [bodies for case in cases if (bodies := _bodies(target, case))]
    turns = [one for bodies in asked for one in bodies]
    sizes = [len(json.dumps(body, ensure_ascii=False).encode()) for _, body in turns]
    input_tokens = sum(math.ceil(size / BYTES_PER_TOKEN) for size in sizes) * ways
    output_tokens = sum(_output_bound(turn, cap(body)) for turn, body in turns) * ways
    return {
        "target": target.name,
        "cases": len(asked),
        "skipped": len(cases) - len(asked),
        "requests": len(turns) * ways,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "price_usd": prices(target.model, nature_of(target))(input_tokens, output_tokens),
    }


def _bodies(target: Target, case: Case) -> list[tuple[Turn, JsonObject]]:
    """Return the turns of a case with what is sent: none where the target can't be asked it.

    They end where the format has no word for one.
    """
    endpoint = endpoints().get(target.endpoint)
    if endpoint and endpoint.refused(case):
        return []
    format, bodies = wire_format(target.format), list[JsonObject]()
    with suppress(CannotAskError):
        for ask in rehearsed(case, model=target.model):
            bodies.append(format.request(ask, params=target.params).body)
    return list(zip(case.turns, bodies, strict=False))


def _output_bound(turn: Turn, cap: int | None) -> int:
    """Twice the expected calls and room for prose; a request's own cap when that is smaller."""
    calls = [call.arguments for call in turn.expect.calls]
    bound = 2 * len(json.dumps(calls)) // BYTES_PER_TOKEN + 400
    return min(bound, cap) if cap else bound
