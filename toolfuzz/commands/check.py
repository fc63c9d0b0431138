"""``toolfuzz check``: may this model replace that one?"""

import json
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.check import CheckRule
from toolfuzz.commands._budget import same_command, say_spent_out
from toolfuzz.commands._given import (
    run_options_from,
)
from toolfuzz.commands._kept import kept
from toolfuzz.commands._live import Work, live
from toolfuzz.commands._outcome import exit_with, settled
from toolfuzz.commands._reports import write_wanted
from toolfuzz.config import load_config
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import shell_command
from toolfuzz.report.decision import print_check
from toolfuzz.report.write import parse_wanted
from toolfuzz.runs.check import check_against, check_alone
from toolfuzz.runs.check_options import CheckOptions, alone, beside, tried_alone
from toolfuzz.runs.journal import has_journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.prices import prices
from toolfuzz.runs.summary import default_folder


def check(**given: Any) -> None:
    """Do what ``toolfuzz check`` does."""
    flags = {k: v for k, v in given.items() if v not in (None, ())}
    configured = load_config().given("check")
    if "accept" in flags or "reject" in flags:
        configured.pop("baseline", None)
    flags = {**configured, **flags}
    wanted = parse_wanted(flags.get("reports", ()))
    resume = bool(flags.get("resume"))
    alone = "accept" in flags or "reject" in flags
    work, folder = _alone(flags, resume) if alone else _paired(flags)
    with kept(lambda: _how_to_go_on(folder)):
        summary, interrupted = live(work, quiet=flags["quiet"], prices=prices(flags.get("price")))
    check = summary["check"]
    check["settled"] = settled(check["outcome"], flags.get("inconclusive"))
    if flags["as_json"]:
        told = {name: summary[name] for name in ("conclusion", "targets")}
        click.echo(json.dumps({**check, **told}, indent=2))
    else:
        print_check(summary, own=True)
    write_wanted(wanted, Path(summary["folder"]), summary, as_json=flags["as_json"])
    if check["outcome"] is None:
        say_spent_out(check.get("budget", ""), _resuming(flags, summary["folder"]))
    if interrupted and check["outcome"] is None:
        click.get_current_context().exit(interrupted)
    exit_with(check["settled"])


def _resuming(flags: dict[str, Any], folder: str) -> str:
    out = () if "out" in flags else ("--out", folder)
    return same_command(*out, *(() if flags["resume"] else ("--resume",)))


def _how_to_go_on(folder: Path | None) -> str:
    if folder is None or not has_journal(folder):
        return ""
    again = shell_command("--out", folder, "--resume")
    return f"what was answered is kept; the same command with {again} goes on"


def _paired(flags: dict[str, Any]) -> tuple[Work, Path | None]:
    if "baseline" not in flags:
        raise UsageError(
            "nothing to check against",
            "add --baseline RUN_OR_MODEL, or --accept 0.99 --reject 0.95",
        )
    rule = CheckRule(**{n: flags[n] for n in ("margin", "allow_new_defects") if n in flags})
    run = _run_options(flags, rule.looks[-1])
    baseline_access = beside(
        run.access,
        base_url=flags.get("baseline_url"),
        format=flags.get("baseline_format"),
        key_env=flags.get("baseline_key_env"),
    )
    options = CheckOptions(
        run=run,
        baseline=flags["baseline"],
        baseline_model=flags.get("baseline_model"),
        baseline_access=baseline_access,
        rule=rule,
        given=frozenset(flags) | load_config().given("run", "judge").keys(),
        force=flags["force"],
        resume=flags["resume"],
        trust=flags["trust"],
    )
    return lambda tell, stop: check_against(options, tell=tell, stop=stop), run.out


def _alone(flags: dict[str, Any], resume: bool) -> tuple[Work, Path | None]:
    test = alone(flags.get("accept"), flags.get("reject"), baseline="baseline" in flags)
    run = _run_options(flags, tried_alone(test))
    return lambda tell, stop: check_alone(run, test, resume=resume, tell=tell, stop=stop), run.out


def _run_options(flags: dict[str, Any], cases: int) -> RunOptions:
    run = run_options_from(flags)
    if len(run.models) != 1:
        raise UsageError(
            f"check takes one candidate, not {len(run.models)}",
            "name it with -m MODEL; `toolfuzz compare` sets several runs side by side",
        )
    if run.out is None and not flags.get("resume"):
        run = run.but(out=default_folder([f"check-{run.models[0]}"]))
    # How often and how much to ask is the rule's; toolfuzz.toml speaks of runs there.
    return run.but(cases=flags.get("cases", cases), repeat=1)
