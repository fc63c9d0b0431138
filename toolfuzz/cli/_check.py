"""From the flags of ``toolfuzz check`` to a decision on the screen and an exit code."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from toolfuzz.analyze.check import CheckRule
from toolfuzz.analyze.sequential import SequentialTest
from toolfuzz.cli._live import Work, live
from toolfuzz.cli._outcome import exit_with
from toolfuzz.cli._reports import write_wanted
from toolfuzz.cli.options import run_options_from
from toolfuzz.config import load_config
from toolfuzz.core.errors import EXIT_INTERRUPTED, UsageError
from toolfuzz.report.decision import print_check
from toolfuzz.report.write import parse_wanted
from toolfuzz.runs.baseline import CheckOptions
from toolfuzz.runs.check import check_against, check_alone
from toolfuzz.runs.run import RunOptions
from toolfuzz.runs.targets import Access

__all__ = ["run_check"]

_SPARE = 5 / 4
"""More cases than calls at the cap, since some answers can't be judged."""


def run_check(given: dict[str, Any]) -> None:
    """Check, print, exit with the outcome's code; raises ToolfuzzError."""
    flags = {k: v for k, v in given.items() if v not in (None, ())}
    configured = load_config().given("check")
    if "accept" in flags or "reject" in flags:
        configured.pop("baseline", None)
    flags = {**configured, **flags}
    wanted = parse_wanted(flags.get("reports", ()))
    resume = bool(flags.get("resume"))
    work = _alone(flags, resume) if "accept" in flags or "reject" in flags else _paired(flags)
    summary, interrupted = live(work, quiet=flags["quiet"])
    check = summary["check"]
    if flags["as_json"]:
        click.echo(json.dumps({**check, "targets": summary["targets"]}, indent=2))
    else:
        print_check(summary)
    write_wanted(wanted, Path(summary["folder"]), summary)
    if interrupted and check["outcome"] is None:
        click.get_current_context().exit(EXIT_INTERRUPTED)
    exit_with(check["outcome"], flags.get("inconclusive"))


def _paired(flags: dict[str, Any]) -> Work:
    if "baseline" not in flags:
        raise UsageError(
            "nothing to check against",
            "add --baseline RUN_OR_MODEL, or --accept 0.99 --reject 0.95",
        )
    rule = CheckRule(margin=flags["margin"]) if "margin" in flags else CheckRule()
    run = _run_options(flags, rule.looks[-1])
    baseline_access = Access(
        base_url=flags.get("baseline_url"),
        api=flags.get("baseline_api"),
        key_env=flags.get("baseline_key_env"),
        params=run.access.params,
        stream=run.access.stream,
        concurrency=run.access.concurrency,
        timeout=run.access.timeout,
        engine_python=run.access.engine_python,
    )
    options = CheckOptions(
        run,
        flags["baseline"],
        flags.get("baseline_model"),
        baseline_access,
        rule,
        frozenset(flags) | load_config().given("run", "judge").keys(),
        flags["force"],
        flags["resume"],
    )
    return lambda tell, stop: check_against(options, tell=tell, stop=stop)


def _alone(flags: dict[str, Any], resume: bool) -> Work:
    if "baseline" in flags:
        raise UsageError(
            "--baseline and --accept are two different checks",
            "leave out one: --accept and --reject judge a model by itself",
        )
    if not {"accept", "reject"} <= flags.keys():
        raise UsageError("--accept and --reject belong together", "--accept 0.99 --reject 0.95")
    try:
        test = SequentialTest(flags["accept"], flags["reject"])
    except ValueError as error:
        raise UsageError(
            f"--accept {flags['accept']} --reject {flags['reject']}: {error}",
            "for example: --accept 0.99 --reject 0.95",
        ) from None
    run = _run_options(flags, round(test.cap * _SPARE))
    return lambda tell, stop: check_alone(run, test, resume=resume, tell=tell, stop=stop)


def _run_options(flags: dict[str, Any], cases: int) -> RunOptions:
    run = run_options_from(flags)
    if len(run.models) != 1:
        raise UsageError(
            f"check takes one candidate, not {len(run.models)}",
            "name it with -m MODEL; `toolfuzz compare` sets several runs side by side",
        )
    # How often and how much to ask is the rule's; toolfuzz.toml speaks of runs there.
    return replace(run, cases=flags.get("cases", cases), repeat=1)
