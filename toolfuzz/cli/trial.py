"""``toolfuzz trial``: a gateway between cases and a strict upstream, both sides compared."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from toolfuzz.cli.options import budget_options, header_options, max_reply_option, report_option

if TYPE_CHECKING:
    pass


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
def trial(**given: Any) -> None:
    """Find out what a gateway changes on the way, in both directions."""
    from toolfuzz.system.extras import require

    require("server", "toolfuzz trial")
    from toolfuzz.commands.trial import trial as do

    do(**given)
