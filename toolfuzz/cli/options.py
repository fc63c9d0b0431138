"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from toolfuzz.cli._complete import (
    complete_defects,
    complete_formats,
    complete_models,
    complete_probes,
    complete_reports,
    complete_tools,
)
from toolfuzz.cli._values import CountOr, Size, listed, price, system_text

__all__ = [
    "asking_workers",
    "askings_option",
    "budget_options",
    "case_options",
    "endpoint_options",
    "header_options",
    "inconclusive_option",
    "judge_options",
    "max_reply_option",
    "pace_options",
    "repeat_option",
    "report_option",
    "seed_option",
    "stack",
    "tool_options",
    "trust_option",
    "workers_option",
]

F = TypeVar("F", bound=Callable[..., Any])


def stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return several options as one decorator."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


header_options = stack(
    click.option(
        "--header", "headers", multiple=True, metavar="NAME: VALUE",
        help="Extra request header; repeatable. Credentials are never written to a file.",
    ),
    click.option(
        "--secret-header", "secret_headers", multiple=True, metavar="NAME",
        help="A --header that is a credential: masked where it comes back (Authorization is).",
    ),
)  # fmt: skip


max_reply_option = click.option(
    "--max-reply", type=Size(), metavar="SIZE",
    help="Bytes of a reply, 256KiB or 1GiB (16MiB): of a longer one nothing is judged.",
)  # fmt: skip

pace_options = stack(
    click.option(
        "--concurrency", type=CountOr("auto"), metavar="N|auto",
        help="Questions under way at a server. auto (default) begins with one and asks more at "
        "once while that brings more answers.",
    ),
    click.option("--rpm", type=float, metavar="N", help="Requests begun in a minute at most."),
    click.option(
        "--tpm", type=float, metavar="N",
        help="Tokens a minute at most, in and out: estimated, then as the server counts them.",
    ),
)  # fmt: skip


engine_option = click.option(
    "--engine-python", metavar="PATH", help="Python in which an engine/… is installed."
)

endpoint_options = stack(
    click.option(
        "-m", "--model", "models", multiple=True, metavar="MODEL", shell_complete=complete_models,
        help="Model to ask: an alias, endpoint/model, sim/PROFILE or engine/…; repeatable.",
    ),
    click.option("--base-url", metavar="URL", help="Any server of one of the wire formats."),
    click.option(
        "--format", "--api", "format", metavar="FORMAT", shell_complete=complete_formats,
        help="Wire format, when it isn't the endpoint's usual one (toolfuzz list formats).",
    ),
    click.option("--key-env", metavar="NAME", help="Environment variable that holds the key."),
    header_options,
    click.option(
        "--param", "params", multiple=True, metavar="KEY=VALUE",
        help="Extra body field (temperature=0, max_tokens=2048); VALUE is JSON or text.",
    ),
    click.option(
        "--stream", "stream", flag_value="stream", type=str, default=None,
        help="Ask for streamed replies.",
    ),
    click.option(
        "--no-stream", "stream", flag_value="plain", help="Ask for plain replies (default)."
    ),
    click.option("--both-streams", "stream", flag_value="both", help="Ask each case both ways."),
    pace_options,
    click.option(
        "--timeout", type=float, metavar="SECONDS",
        help="Time without a byte of a reply (120); of a plain reply, until it begins.",
    ),
    max_reply_option,
    engine_option,
    click.option(
        "--cuts", metavar="NAME,…", callback=listed,
        help="Increments of an engine/…'s streams: token (the model's own where they are "
        "known), pieces, markers, whole, random, chars:N, tokenizer:NAME, or all: each is tried, "
        "and what differs is reported.",
    ),
)  # fmt: skip

ray_option = click.option(
    "--ray", is_flag=False, flag_value="auto", metavar="[HOST:PORT]",
    help="The --workers are on a Ray cluster: this machine's, or that of the head's address "
    "(the `ray` extra, on all machines).",
)  # fmt: skip


def workers_option(what: str) -> Callable[[F], F]:
    """Return --workers, which are what they do, and --ray, which says where they are."""
    count = click.option("--workers", type=click.IntRange(min=1), metavar="N", help=what)
    return stack(count, ray_option)


asking_workers = workers_option(
    "Processes that ask, judge and draw (1). It helps where they are what takes the time: "
    "for engine/… and servers that answer within milliseconds, on as many cores."
)

budget_options = stack(
    click.option(
        "--max-calls", type=int, metavar="N",
        help="HTTP attempts of this command; then it ends cleanly and says how to go on.",
    ),
    click.option(
        "--max-time", type=float, metavar="SECONDS", help="No question is begun after so long."
    ),
    click.option("--max-tokens", type=int, metavar="N", help="Tokens in all, in and out."),
    click.option("--max-cost", type=float, metavar="USD", help="Money in all, at list prices."),
    click.option(
        "--price", callback=price, metavar="IN,OUT",
        help="Dollars for a million tokens, where no list has the model.",
    ),
)  # fmt: skip
"""What this command may spend; what an earlier one paid doesn't count."""

askings_option = click.option(
    "--askings", type=click.IntRange(min=1), default=500, show_default=True, metavar="N",
    help="Askings of each failure at most.",
)  # fmt: skip

tool_options = stack(
    click.option(
        "--tools", multiple=True, metavar="FILE", shell_complete=complete_tools,
        help="Your own tools: a JSON file (OpenAI, Anthropic, MCP or bare form), "
        "python:module:NAME, a shipped catalogue's name, or all; repeatable.",
    ),
    click.option(
        "--mcp", multiple=True, metavar="COMMAND|URL|FILE#NAME",
        help="Tools of an MCP server, which may stand in an mcp.json (FILE#NAME).",
    ),
    click.option(
        "--openapi", multiple=True, metavar="FILE|URL", help="Operations of an OpenAPI file."
    ),
    click.option(
        "--tools-header", "tools_headers", multiple=True, metavar="NAME: VALUE",
        help="Header for the URL of --mcp or --openapi: 'Authorization: Bearer ${TOKEN}', in "
        "single quotes, so that the token stands nowhere; repeatable.",
    ),
    click.option(
        "--include", multiple=True, metavar="GLOB",
        help="Only tools of such a name ('get_*'); or tag:GLOB, path:GLOB of an OpenAPI "
        "operation; repeatable.",
    ),
    click.option(
        "--exclude", multiple=True, metavar="GLOB", help="No tools of these, written alike."
    ),
    click.option(
        "--prompts", multiple=True, metavar="FILE",
        help="Your own questions, a JSON object a line: prompt, tool and arguments; repeatable.",
    ),
    click.option(
        "--system", metavar="FILE", callback=system_text,
        help="Your own system prompt, said before every question.",
    ),
    click.option(
        "--offer", type=CountOr("all"), metavar="N|all",
        help="Tools of one source that are offered together (24).",
    ),
    click.option(
        "--max-input", type=int, metavar="TOKENS",
        help="No longer prompts than this, estimated by length: what fits a small model's window.",
    ),
    click.option(
        "--inline-refs", is_flag=True, default=None, help="Inline the $refs of an OpenAPI file."
    ),
    click.option("--allow-remote-refs", is_flag=True, default=None, help="Fetch remote $refs."),
    click.option(
        "--probe", "probes", multiple=True, metavar="NAME", shell_complete=complete_probes,
        help="Only these probes; or dimensions (plan,scope), or all dimensions as hard as suits.",
    ),
    click.option(
        "--feature", "features", multiple=True, metavar="NAME",
        help="Only these schema features, or groups of them.",
    ),
)  # fmt: skip

seed_option = click.option("--seed", type=int, metavar="N", help="Same seed, same cases (0).")

case_options = stack(
    tool_options,
    click.option(
        "--level", type=int, metavar="N",
        help="How hard the scenarios of dimensions are (toolfuzz list dimensions).",
    ),
    click.option(
        "--cases", type=int, metavar="N",
        help="Cases per model (100); of dimensions, scenarios of each (--probe dimensions: 40).",
    ),
    seed_option,
    click.option(
        "--strength", type=click.IntRange(2, 3), metavar="2|3",
        help="Cover pairs or triples of features (2).",
    ),
)  # fmt: skip

repeat_option = click.option(
    "--repeat", type=int, metavar="N", help="Times each case is asked (1)."
)

report_option = click.option(
    "--report", "reports", multiple=True, metavar="NAME[=PATH]",
    shell_complete=complete_reports,
    help="Write html, markdown, junit, github, csv … into the run's folder or to PATH "
    "(docs/reports.md); repeatable.",
)  # fmt: skip

inconclusive_option = click.option(
    "--inconclusive", type=click.Choice(["pass", "fail"]),
    help="Exit 0 or 1 instead of 3 when nothing could be decided.",
)  # fmt: skip

judge_options = stack(
    click.option("--strict", is_flag=True, default=None, help="Warnings fail a case too."),
    click.option("--ignore", multiple=True, metavar="SLUG|GROUP",
        shell_complete=complete_defects, help="Leave these defects out."),
    click.option("--select", multiple=True, metavar="SLUG|GROUP",
        shell_complete=complete_defects, help="Only these defects count."),
)  # fmt: skip

trust_option = click.option(
    "--trust", is_flag=True,
    help="Use the servers, commands and variables that the run's folder names.",
)  # fmt: skip
