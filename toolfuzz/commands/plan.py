"""``toolfuzz plan``: what a run would cover, without asking anybody."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

import click

from toolfuzz.commands._dry_run import drawn_cases
from toolfuzz.commands._given import run_options_from
from toolfuzz.core.text import printable
from toolfuzz.generate.plan import describe_plan
from toolfuzz.report.console import print_rows
from toolfuzz.report.tools import left_out, sources
from toolfuzz.runs.cases import left_out as skips
from toolfuzz.runs.cases import load_tools, told_of


def plan(as_json: bool, **given: Any) -> None:
    """Do what ``toolfuzz plan`` does."""
    options = run_options_from(given)
    options.check()
    tool_sets = load_tools(options)
    cases = asyncio.run(drawn_cases(options, tool_sets))
    facts = asdict(describe_plan(cases, options.features))
    if tool_sets:
        mine = {(s.origin, tool.name) for s in tool_sets for tool in s.tools}
        called = {(c.origin, e.tool) for c in cases for t in c.turns for e in t.expect.calls} & mine
        own: dict[str, Any] = {
            "tools": sum(len(s.tools) for s in tool_sets),
            "tools_called": len(called),
            "sources": told_of(options, tool_sets)["sources"],
            "left_out": [
                {n: getattr(skip, n) for n in ("tool", "pointer", "reason", "source")}
                for skip in skips(tool_sets)
            ],
        }
        facts = {k: v for k, v in facts.items() if k not in ("pairwise", "three_way")} | own
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    skipped, loaded = facts.pop("left_out", []), facts.pop("sources", [])
    rows = [(_NAMES.get(k, k.replace("_", " ")), _fact(v)) for k, v in facts.items()]
    print_rows(("", ""), rows)
    if loaded:
        told = {"sources": loaded, "skipped": skipped}
        click.echo(printable(f"loaded {'; '.join(sources(told))}"))
    for skip in skipped:
        click.echo(printable(left_out(skip)))


_NAMES = {
    "rows": "different rows of features",
    "pairwise": "pairwise coverage",
    "three_way": "3-way coverage",
    "shapes": "different shapes of schemas",
    "mean_request_tokens": "mean request tokens (estimate)",
}


def _fact(value: Any) -> str:
    return f"{value:.1%}" if isinstance(value, float) and value <= 1 else str(value)
