"""``toolfuzz run``: ask, judge, count."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.conclusion import conclude_gates
from toolfuzz.analyze.rates import Rate
from toolfuzz.analyze.sequential import GateDecision, gate
from toolfuzz.commands._dry_run import print_plan
from toolfuzz.commands._forecast import announced
from toolfuzz.commands._given import (
    parse_headers,
    run_options_from,
)
from toolfuzz.commands._kept import kept
from toolfuzz.commands._live import live
from toolfuzz.commands._missing import say_unread
from toolfuzz.commands._outcome import exit_with, settled
from toolfuzz.commands._reports import write_wanted
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable, shell_command
from toolfuzz.report.next_steps import asked_again
from toolfuzz.report.terminal import print_summary
from toolfuzz.report.write import parse_wanted
from toolfuzz.runs.journal import has_journal
from toolfuzz.runs.options import HIDING, RunOptions
from toolfuzz.runs.prices import prices
from toolfuzz.runs.resume import resumed_options, started
from toolfuzz.runs.run import run as run_options
from toolfuzz.runs.scenarios import dimensions_of
from toolfuzz.runs.server import serving
from toolfuzz.runs.summary import default_folder
from toolfuzz.runs.targets import plan_targets
from toolfuzz.runs.trust import require_trust
from toolfuzz.system.specs import command_without_secrets

_MAY_CHANGE = (
    "headers", "tools_headers", "timeout", "max_reply", "concurrency", "rpm", "tpm",
    "engine_python", "workers", "ray", "max_calls", "max_time", "max_tokens", "max_cost", "price",
    *HIDING,
)  # fmt: skip


def run(
    command: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    resume: str | None,
    trust: bool,
    reports: tuple[str, ...],
    fail_under: float | None,
    inconclusive: str | None,
    minimize: bool,
    **given: Any,
) -> None:
    """Do what ``toolfuzz run`` does."""
    if command and minimize:
        raise UsageError("--minimize asks when the server is ended", "start the server yourself")
    options = _resumed(Path(resume), given, trust=trust) if resume else run_options_from(given)
    planned = _as_if_served(options) if command else options
    if dry_run:
        print_plan(planned, as_json=as_json)
        return
    folder = Path(resume) if resume else options.out or default_folder(options.models)
    begun = folder if resume else None
    options = options.but(out=None if resume else folder)
    wanted = parse_wanted(reports)
    if not quiet:
        targets = plan_targets(planned.models, planned.access)
        say_unread({target.format for target in targets})
        if dimensions_of(options) and not resume:
            for line in announced(options, targets):
                click.echo(line, err=True)
    with kept(lambda: _how_to_go_on(folder, command, options)):
        summary, interrupted = live(
            lambda tell, stop: _asked(command, options, tell=tell, stop=stop, resume=begun),
            quiet=quiet,
            prices=prices(options.price),
        )
    if fail_under is not None and not interrupted:
        summary["gates"] = _gates(summary, fail_under, inconclusive)
        summary["conclusion"] = conclude_gates(summary)
    gates = summary.get("gates", [])
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    else:
        print_summary(summary, own=True)
    write_wanted(wanted, Path(summary["folder"]), summary, as_json=as_json)
    if spent := summary.get("budget"):
        click.echo(f"ended by {spent}", err=True)
    if spent or interrupted:
        click.echo(_how_to_go_on(folder, command, options), err=True)
    if interrupted:
        click.get_current_context().exit(interrupted)
    if minimize and "budget" not in summary and any(t["defects"] for t in summary["targets"]):
        # It loads what takes as long to load as the rest of a small run.
        from toolfuzz.commands.minimize import minimize_after

        left = options.limits.less(**summary.get("spent", {}))
        minimize_after(Path(summary["folder"]), options.access, left, quiet=quiet or as_json)
    if gates and not as_json:
        click.echo()
        for entry in gates:
            click.echo(f"{printable(entry['target'])}: {entry['reason']}")
    exit_with(_worst([entry["settled"] for entry in gates]))


def _as_if_served(options: RunOptions) -> RunOptions:
    """Return options that may name any model, as those of a server that isn't started yet do."""
    return options.but(base_url=options.base_url or "http://127.0.0.1/v1")


async def _asked(command: Sequence[str], options: RunOptions, **how: Any) -> JsonObject:
    if not command:
        return await run_options(options, **how)
    options.check()
    async with serving(command, options) as served:
        return await run_options(served, **how)


def _how_to_go_on(folder: Path, served_by: Sequence[str], options: RunOptions) -> str:
    if not has_journal(folder):
        return ""
    again = shell_command("toolfuzz", "run", "--resume", folder, *asked_again(options.settings()))
    shown = shell_command(*command_without_secrets(served_by))
    server = f" -- {shown}" if served_by else ""
    return f"what was answered is kept; go on with: {again}{server}"


def _resumed(run: Path, given: dict[str, Any], *, trust: bool) -> RunOptions:
    given = {name: value for name, value in given.items() if value not in (None, ())}
    settings = started(run).settings
    again = {name: given[name] for name in _MAY_CHANGE if name in given}
    if other := [n for n in given.keys() - again.keys() if _plain(given[n]) != settings.get(n)]:
        raise UsageError(
            f"--resume takes the options of the run; it can't change {', '.join(sorted(other))}",
            "leave them out, or start another run",
        )
    require_trust({n: v for n, v in settings.items() if n not in given}, trust=trust)
    if "headers" in again:
        again["headers"] = parse_headers(again["headers"])
    if "tools_headers" in again:
        again["tools_headers"] = parse_headers(again["tools_headers"], "--tools-header")
    return resumed_options(run, **again)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _gates(summary: JsonObject, under: float, inconclusive: str | None) -> list[JsonObject]:
    return [
        {
            "target": t["target"],
            "name": f"success at least {under:.1%}",
            "outcome": decision.outcome,
            "settled": settled(decision.outcome, inconclusive),
            "reason": decision.reason,
        }
        for t in summary["targets"]
        for decision in [_gate(t, under)]
    ]


def _gate(target: JsonObject, under: float) -> GateDecision:
    measured = Rate(**{name: target[name] for name in Rate.__dataclass_fields__})
    given_up = target["given_up"] is not None
    return gate(measured, under, unjudged=target["unjudged"], given_up=given_up)


def _worst(outcomes: list[str]) -> str:
    return next((o for o in ("FAIL", "INCONCLUSIVE") if o in outcomes), "PASS")
