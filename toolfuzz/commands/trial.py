"""``toolfuzz trial``: a gateway between cases and a strict upstream, both sides compared."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from toolfuzz.commands._budget import FLAGS, same_command, say_spent_out
from toolfuzz.commands._given import LIMITS, limits_from, parse_headers, parse_params
from toolfuzz.commands._live import cancelled_by_signals, ticking
from toolfuzz.commands._reports import write_wanted
from toolfuzz.core.errors import EXIT_GATE_FAILED, EXIT_INCONCLUSIVE, EXIT_INVALID_RUN, UsageError
from toolfuzz.core.text import printable
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.relay.known import read_known
from toolfuzz.evidence.relay.trial import try_gateway
from toolfuzz.formats import USUAL, full_name
from toolfuzz.report.progress import Progress, progress
from toolfuzz.report.relay.terminal import print_trial
from toolfuzz.report.relay.words import new
from toolfuzz.report.write import parse_wanted
from toolfuzz.runs.gateway import Gateway
from toolfuzz.runs.trial import Trial, check

T = TypeVar("T")


def trial(
    command: tuple[str, ...],
    config_template: Path | None,
    config_name: str | None,
    env: tuple[str, ...],
    headers: tuple[str, ...],
    params: tuple[str, ...],
    wait: float,
    known: Path | None,
    as_json: bool,
    fronts: tuple[str, ...],
    given: tuple[Path, ...],
    askings: int,
    quiet: bool,
    reports: tuple[str, ...],
    **options: Any,
) -> None:
    """Do what ``toolfuzz trial`` does."""

    wanted = parse_wanted(reports)
    limits = limits_from(options)
    options = {n: v for n, v in options.items() if v is not None and n not in LIMITS}
    doors = [full_name(name.strip()) for listed in fronts for name in listed.split(",")]
    gateway = None
    if command:
        config = config_template.read_text(encoding="utf-8") if config_template else None
        name = config_name or (config_template.name if config_template else "config")
        gateway = Gateway(command, _pairs(env), config, name, wait)
    show = progress(quiet=quiet)
    asked = Trial(
        **options, limits=limits, fronts=doors or (USUAL,), gateway=gateway,
        headers=parse_headers(headers),
        params=parse_params(params), given=[case_with_defect(path).case for path in given],
        accepted=read_known(known) if known else {}, tell=show.tell,
        note=lambda message: show.note(printable(message)),
    )  # fmt: skip
    check(asked)
    with show:
        work = _shown(try_gateway(asked, most_askings=askings), show)
        summary = asyncio.run(cancelled_by_signals(work)).summary
    if as_json:
        click.echo(json.dumps(summary["trial"]["causes"], indent=2))
    else:
        print_trial(summary)
    write_wanted(wanted, Path(summary["folder"]), summary, as_json=as_json)
    spent_out = summary.get("budget", "")
    say_spent_out(spent_out, same_command(without=(*FLAGS, "--out")))
    if new(summary["trial"]):
        click.get_current_context().exit(EXIT_GATE_FAILED)
    if spent_out:
        click.get_current_context().exit(EXIT_INCONCLUSIVE)
    if summary["finish_reason"] != "done" or not any(t["judged"] for t in summary["targets"]):
        click.get_current_context().exit(EXIT_INVALID_RUN)


async def _shown(work: Coroutine[Any, Any, T], show: Progress) -> T:
    async with ticking(show):
        return await work


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    if not all("=" in pair for pair in given):
        raise UsageError("--env needs NAME=VALUE", "for example: --env LOG_LEVEL=debug")
    return dict(pair.split("=", 1) for pair in given)
