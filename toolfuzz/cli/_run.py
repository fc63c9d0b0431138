"""Running a campaign under a terminal: the table, the reports and the gate at the end."""

import json
from pathlib import Path

import click

from toolfuzz.analyze.rates import Rate
from toolfuzz.analyze.sequential import GateDecision, gate
from toolfuzz.cli._live import live
from toolfuzz.cli._minimize import minimize_after
from toolfuzz.cli._outcome import exit_with
from toolfuzz.cli._reports import write_wanted
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EXIT_INTERRUPTED
from toolfuzz.core.text import printable
from toolfuzz.report.terminal import print_summary
from toolfuzz.report.write import parse_wanted
from toolfuzz.runs.run import RunOptions, run_options

__all__ = ["run_with_progress"]


def run_with_progress(
    options: RunOptions,
    *,
    as_json: bool,
    quiet: bool,
    reports: tuple[str, ...] = (),
    fail_under: float | None = None,
    inconclusive: str | None = None,
    resume: Path | None = None,
    minimize: bool = False,
) -> None:
    """Run, show progress on stderr, print the result on stdout; exits 130 when interrupted.

    With ``fail_under`` it exits 1 or 3 when a target's interval lies below or across it.
    """
    wanted = parse_wanted(reports)
    summary, interrupted = live(
        lambda tell, stop: run_options(options, tell=tell, stop=stop, resume=resume), quiet=quiet
    )
    gates = [] if fail_under is None else _gates(summary, fail_under)
    if as_json:
        click.echo(json.dumps(summary | ({"gates": gates} if gates else {}), indent=2))
    else:
        print_summary(summary)
    write_wanted(wanted, Path(summary["folder"]), summary)
    if interrupted:
        click.get_current_context().exit(EXIT_INTERRUPTED)
    if minimize and any(t["defects"] for t in summary["targets"]):
        minimize_after(Path(summary["folder"]), options.access, quiet=quiet or as_json)
    if gates and not as_json:
        click.echo()
        for entry in gates:
            click.echo(f"{printable(entry['target'])}: {entry['reason']}")
    exit_with(_worst([entry["outcome"] for entry in gates]), inconclusive)


def _gates(summary: JsonObject, under: float) -> list[JsonObject]:
    return [
        {"target": t["target"], "outcome": decision.outcome, "reason": decision.reason}
        for t in summary["targets"]
        for decision in [_gate(t, under)]
    ]


def _gate(target: JsonObject, under: float) -> GateDecision:
    return gate(Rate(**{name: target[name] for name in Rate.__dataclass_fields__}), under)


def _worst(outcomes: list[str]) -> str:
    return next((o for o in ("FAIL", "INCONCLUSIVE") if o in outcomes), "PASS")
