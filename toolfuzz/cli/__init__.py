"""The command line: one thin file a command. Nothing heavy is imported before a command runs."""

import sys
from typing import Any

import click

from toolfuzz import __version__
from toolfuzz.cli.attribute import attribute
from toolfuzz.cli.bug import bug
from toolfuzz.cli.check import check
from toolfuzz.cli.compare import compare
from toolfuzz.cli.corpus import corpus
from toolfuzz.cli.engines import engines
from toolfuzz.cli.explain import explain
from toolfuzz.cli.init import init
from toolfuzz.cli.judge import judge
from toolfuzz.cli.listing import list_
from toolfuzz.cli.minimize import minimize
from toolfuzz.cli.plan import plan
from toolfuzz.cli.replay import replay
from toolfuzz.cli.report import report
from toolfuzz.cli.run import run
from toolfuzz.cli.serve import serve
from toolfuzz.core.errors import EXIT_INTERRUPTED, ToolfuzzError

__all__ = ["cli", "main"]


class _Group(click.Group):
    """Shows our own errors as a line and a next step, and suggests near command names."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ToolfuzzError as error:
            say_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            # The reader (head, less) has seen enough.
            sys.stderr.close()
            ctx.exit(0)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from toolfuzz.core.errors import did_you_mean

            near = did_you_mean(args[0], self.commands)
            raise click.UsageError(f"{error.message} {near or ''}".strip(), ctx) from None


def say_error(error: ToolfuzzError) -> None:
    """Print an error to stderr: what is wrong, then what to do about it."""
    from toolfuzz.core.text import printable

    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    click.echo(printable(error.message), err=True)
    if error.hint:
        click.secho(" next: ", fg="cyan", err=True, nl=False)
        click.echo(printable(error.hint), err=True)


EPILOG = """\b
Examples:
  toolfuzz run -m sim/glm-4.7                          see it work, without any key
  toolfuzz run -m glm-4.7 --cases 200                  a hosted model (ZAI_API_KEY)
  toolfuzz run -m my-model --base-url http://127.0.0.1:8000/v1 --both-streams
  toolfuzz check -m glm-4.7 --baseline claude-opus     may it replace the other one?
  toolfuzz compare reports/*                           runs side by side
  toolfuzz explain object-as-json-string               what a finding means

\b
Exit codes: 0 done or passed · 1 a gate failed · 2 usage or configuration
            3 inconclusive · 4 endpoint unusable · 130 interrupted
"""


@click.group(
    cls=_Group,
    epilog=EPILOG,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "auto_envvar_prefix": "TOOLFUZZ",
    },
)
@click.version_option(__version__, prog_name="toolfuzz")
def cli() -> None:
    """Find out whether a model's tool calls arrive intact.

    toolfuzz asks a model endpoint to call tools whose right answer is known, reads the bytes
    that come back without repairing them, and says what is wrong, how often, and how to
    reproduce it.
    """


for command in (
    run,
    check,
    compare,
    report,
    judge,
    explain,
    minimize,
    attribute,
    bug,
    replay,
    corpus,
    list_,
    engines,
    plan,
    serve,
    init,
):
    cli.add_command(command)


def main() -> None:
    """Entry point of the ``toolfuzz`` command."""
    cli(prog_name="toolfuzz")
