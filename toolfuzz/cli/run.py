"""``toolfuzz run``: ask, judge, count."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.conclusion import conclude_gates
from toolfuzz.analyze.rates import Rate
from toolfuzz.analyze.sequential import GateDecision, gate
from toolfuzz.cli._dry_run import print_plan
from toolfuzz.cli._forecast import announced
from toolfuzz.cli._kept import kept
from toolfuzz.cli._live import live
from toolfuzz.cli._missing import say_unread
from toolfuzz.cli._outcome import exit_with, settled
from toolfuzz.cli._reports import write_wanted
from toolfuzz.cli._values import parse_headers
from toolfuzz.cli.options import (
    asking_workers,
    budget_options,
    case_options,
    endpoint_options,
    inconclusive_option,
    judge_options,
    repeat_option,
    report_option,
    run_options_from,
    trust_option,
)
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

EPILOG = """\b
Examples:
  toolfuzz run -m sim/glm-4.7                          the embedded simulated endpoint, no key
  toolfuzz run -m glm-4.7 -m claude-opus --cases 200   two hosted models, same cases
  toolfuzz run -m qwen3 --base-url http://127.0.0.1:8000/v1 --both-streams
  toolfuzz run -m qwen3 --both-streams -- llama-server -m qwen3.gguf --jinja --port {port}
  toolfuzz run -m claude-opus --format FORMAT --tools my_tools.json
  toolfuzz run -m glm-4.7 --cases 500 --dry-run        what it would ask and cost
  toolfuzz run --resume reports/20261123-101500-glm-4.7

A run that measured exits 0 whatever it found, unless --fail-under makes it a gate: then 0 when
the whole 95% interval is at or above the limit, 1 when it is below, 3 when the limit is inside.
"""


@click.command(epilog=EPILOG)
@endpoint_options
@asking_workers
@budget_options
@case_options
@repeat_option
@judge_options
@click.option(
    "--respell", "--twins", "respell", is_flag=True, default=None,
    help="Ask each case also under other spellings of its schema ($ref inlined, …).",
)  # fmt: skip
@click.option("--out", metavar="DIR", help="Folder for the run (reports/<time>-<models>).")
@click.option(
    "--resume",
    metavar="RUN",
    help="Go on with an interrupted run, options as then; budgets begin anew.",
)
@trust_option
@click.option("--dry-run", is_flag=True, help="Print the plan: cases, requests, tokens, price.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the table.")
@report_option
@click.option(
    "--fail-under", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="RATE",
    help="Gate on the interval of the success rate (0.98): exit 0, 1 or 3.",
)  # fmt: skip
@inconclusive_option
@click.option("--minimize", is_flag=True,
              help="Then shrink the commonest failures, as `toolfuzz minimize` does.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress; only the result.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ...]")
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
    """Ask models to call tools, judge what comes back, print success rates.

    Without --tools, schemas and values are generated. The run's folder holds every byte
    (run.jsonl) and the figures (summary.json). COMMAND starts the server that is asked, with a
    free {port}; it is ended with the run.
    """
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
        from toolfuzz.cli.minimize import minimize_after

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
