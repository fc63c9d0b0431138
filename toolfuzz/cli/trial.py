"""``toolfuzz trial``: a gateway between cases and a strict upstream, both sides compared."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from toolfuzz.cli._live import cancelled_by_signals, ticking
from toolfuzz.cli.options import budget_options, header_options, max_reply_option, report_option
from toolfuzz.core.errors import EXIT_GATE_FAILED, EXIT_INCONCLUSIVE, EXIT_INVALID_RUN, UsageError

if TYPE_CHECKING:
    from toolfuzz.report.progress import Progress

T = TypeVar("T")

EPILOG = """\b
Examples:
  toolfuzz trial --subject 'LiteLLM 1.108.7' --config-template conf.yaml \\
      -- litellm --config {config} --port {port}
  toolfuzz trial --subject gateway --front chat,messages,responses \\
      --url http://127.0.0.1:4000 --upstream-port 8401

In the command, --env, --header and the template, {port} is where the gateway has to listen,
{upstream} the base URL that it has to ask (it ends in /v1 and speaks every wire format; {origin}
without its path), {config} the file made of the template, {folder} where that is, a folder for the
gateway alone. What goes in is compared with what comes out, in both directions; a difference is the
gateway's.
"""


def _in_folder(context: click.Context, option: click.Parameter, path: str | None) -> str | None:
    """Refuse a path that leads out of the gateway's folder."""
    if path is not None and (Path(path).is_absolute() or ".." in Path(path).parts):
        raise click.BadParameter("a path below the gateway's folder is needed")
    return path


@click.command(epilog=EPILOG)
@click.option("--subject", required=True, metavar="TEXT", help="The gateway and its version.")
@click.option("--front", "fronts", multiple=True, metavar="FORMAT,…",
              help="Front doors: chat, messages, … (toolfuzz list formats; chat).")  # fmt: skip
@click.option("-m", "--model", "models", multiple=True, default=("scripted",), show_default=True,
              metavar="MODEL", help="A model's name as the gateway knows it.")  # fmt: skip
@click.option("--config-template", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE", help="The gateway's configuration.")  # fmt: skip
@click.option("--config-name", metavar="PATH", callback=_in_folder,
              help="What it is called in {folder} (as FILE is).")  # fmt: skip
@click.option("--env", "env", multiple=True, metavar="NAME=VALUE", help="For the gateway.")
@click.option("--url", metavar="URL", help="A gateway that runs already.")
@click.option("--upstream-port", type=click.IntRange(0, 65535), default=0, metavar="N",
              help="Where the upstream listens (any free port).")  # fmt: skip
@click.option(
    "--prefix", metavar="PATH", help="Before the formats' own paths (/v1; Gemini's /v1beta)."
)
@header_options
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE",
              help="A field of every request, like max_tokens=4096.")  # fmt: skip
@click.option("--cases", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--case", "given", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Ask this case, as one of a report; repeatable.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--askings", type=click.IntRange(min=0), default=300, show_default=True,
              metavar="N", help="Askings to make a cause's case smaller (0: none).")  # fmt: skip
@budget_options
@click.option("--timeout", type=float, default=60.0, show_default=True, metavar="SECONDS",
              help="For an answer.")  # fmt: skip
@max_reply_option
@click.option("--wait", type=float, default=60.0, show_default=True, metavar="SECONDS",
              help="For the gateway to listen.")  # fmt: skip
@click.option("--known", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE", help="Accepted causes (TOML); only others exit 1.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the run.")
@report_option
@click.option("--json", "as_json", is_flag=True, help="Print causes as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ...]")
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
    """Find out what a gateway changes on the way, in both directions."""
    from toolfuzz.system.extras import require

    require("server", "toolfuzz trial")
    from toolfuzz.cli._budget import FLAGS, same_command, say_spent_out
    from toolfuzz.cli._reports import write_wanted
    from toolfuzz.cli._values import parse_headers, parse_params
    from toolfuzz.cli.options import LIMITS, limits_from
    from toolfuzz.core.text import printable
    from toolfuzz.evidence.corpus import case_with_defect
    from toolfuzz.evidence.relay.known import read_known
    from toolfuzz.evidence.relay.trial import try_gateway
    from toolfuzz.formats import USUAL, full_name
    from toolfuzz.report.progress import progress
    from toolfuzz.report.relay.terminal import print_trial
    from toolfuzz.report.relay.words import new
    from toolfuzz.report.write import parse_wanted
    from toolfuzz.runs.gateway import Gateway
    from toolfuzz.runs.trial import Trial, check

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


async def _shown(work: Coroutine[Any, Any, T], show: "Progress") -> T:
    async with ticking(show):
        return await work


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    if not all("=" in pair for pair in given):
        raise UsageError("--env needs NAME=VALUE", "for example: --env LOG_LEVEL=debug")
    return dict(pair.split("=", 1) for pair in given)
