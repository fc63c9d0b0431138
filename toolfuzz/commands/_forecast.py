"""What a run over dimensions will cost, said before anything is asked."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.text import printable
from toolfuzz.report.console import print_rows
from toolfuzz.runs.forecast import DimensionCost, forecast
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.prices import prices
from toolfuzz.runs.scenarios import is_adaptive

__all__ = ["amount", "announced", "print_scenarios"]

_COLUMNS = ("conversations", "calls", "input_tokens", "output_tokens", "price_usd")


def print_scenarios(options: RunOptions, targets: Sequence[Target], *, as_json: bool) -> None:
    """Print conversations, calls, tokens and price for each dimension of each target."""
    plans = [plan for target in targets for plan in _plans(options, target)]
    if as_json:
        click.echo(json.dumps(plans, indent=2))
        return
    header = ("target", "dimension", "conversations", "calls ≈", "input tokens ≈",
              "output tokens ≈", "price ≈")  # fmt: skip
    print_rows(
        header,
        [(p["target"], p["dimension"], *(amount(p[key]) for key in _COLUMNS)) for p in plans],
    )
    if is_adaptive(options):
        click.echo(
            "\nhalf of the conversations are control twins; a strong model is asked more difficult "
            "scenarios, which cost more"
        )
    click.echo("\nnothing was asked; leave --dry-run out to run this")


def _plans(options: RunOptions, target: Target) -> list[dict[str, Any]]:
    costs = forecast(options, target)
    if len(costs) > 1:
        costs.append(_all(costs))
    price = prices(options.price)(target.model, nature_of(target))
    return [
        {
            "target": target.name,
            **asdict(cost),
            "price_usd": price(cost.input_tokens, cost.output_tokens),
        }
        for cost in costs
    ]


def _all(costs: Sequence[DimensionCost]) -> DimensionCost:
    return DimensionCost(
        "all",
        sum(cost.conversations for cost in costs),
        sum(cost.calls for cost in costs),
        sum(cost.input_tokens for cost in costs),
        sum(cost.output_tokens for cost in costs),
    )


def announced(options: RunOptions, targets: Sequence[Target]) -> Iterator[str]:
    """Yield a line for each target: about what its scenarios will cost."""
    for target in targets:
        plans = _plans(options, target)
        if not plans:
            continue
        whole = plans[-1]
        tokens = whole["input_tokens"] + whole["output_tokens"]
        yield printable(
            f"{target.name}: {whole['conversations']:,} conversations, about {whole['calls']:,} "
            f"calls and {_millions(tokens)} tokens; price: {amount(whole['price_usd'])}"
        )


def _millions(tokens: int) -> str:
    return f"{tokens / 1e6:.1f} million" if tokens >= 1e6 else f"{tokens:,}"


def amount(value: Any) -> str:
    """Return a cell of a plan as a word."""
    match value:
        case None:
            return "unknown"
        case float():
            return f"${value:.2f}"
        case int():
            return f"{value:,}"
        case _:
            return str(value)
