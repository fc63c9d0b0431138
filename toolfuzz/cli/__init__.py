"""The command line: one file a command, found by its name and imported when it is called."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from toolfuzz import __version__
from toolfuzz.cli._lazy import LazyGroup
from toolfuzz.cli._streams import detach_streams, forgiving_streams
from toolfuzz.core.errors import EXIT_USAGE, ToolfuzzError, UsageError, did_you_mean
from toolfuzz.system.garbage import look_rarely
from toolfuzz.system.signals import exit_code_of, obey_signals

__all__ = ["cli", "main"]


class _Commands(LazyGroup):
    """Shows our own errors as a line and a next step, and suggests near command names."""

    package = __name__
    helpers = ("options",)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run and exit; whatever breaks is one line and exit code 70, never a gate's 1."""
        try:
            try:
                return super().main(*args, **extra)
            finally:
                sys.stdout.flush()
        except (SystemExit, GeneratorExit, click.ClickException, click.exceptions.Exit):
            raise
        except BaseException as error:
            # Also the panics of extensions written in Rust, which are no Exception.
            from toolfuzz.commands._broken import broken

            told = broken(error)
            print_error(told)
            detach_streams()
            sys.exit(told.exit_code)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options that stand before the command."""
        try:
            return super().make_context(*args, **extra)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            print_error(_misused(error))
            sys.exit(EXIT_USAGE)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors that are meant for people are shown here."""
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            print_error(_misused(error))
            ctx.exit(EXIT_USAGE)
        except ToolfuzzError as error:
            print_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as interrupt:
            click.echo("interrupted", err=True)
            ctx.exit(exit_code_of(interrupt))
        except EOFError as error:
            # click takes it for a prompt that was left and exits with a gate's 1.
            raise RuntimeError(f"EOFError: {error}") from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name; an unknown one gets the nearest names."""
        if args[0][:1] == "-" or args[0] in self.list_commands(ctx):
            return super().resolve_command(ctx, args)
        near = did_you_mean(args[0], self.list_commands(ctx))
        hint = f"{near or ''} `toolfuzz --help` lists them all".strip()
        raise UsageError(f"no such command {args[0]!r}", hint)


def _misused(error: click.UsageError) -> UsageError:
    """Return what click has to say of a command line as our own errors say it."""
    near = " or ".join(getattr(error, "possibilities", None) or ())
    said = error.message if near else error.format_message()
    if getattr(error, "option_name", None) == "--env-file":
        return UsageError(
            "--env-file stands before the command", "toolfuzz --env-file FILE COMMAND …"
        )
    help = f"`{error.ctx.command_path if error.ctx else 'toolfuzz'} --help` shows what there is"
    hint = f"did you mean {near}? {help}" if near else help
    return UsageError(f"{said[:1].lower()}{said[1:]}".rstrip("."), hint)


def print_error(error: ToolfuzzError) -> None:
    """Print an error to stderr: what is wrong, then what to do about it."""
    from toolfuzz.core.text import printable

    with suppress(OSError):
        click.secho("error: ", fg="red", bold=True, err=True, nl=False)
        click.echo(printable(error.message), err=True)
        if error.hint:
            click.secho(" next: ", fg="cyan", err=True, nl=False)
            click.echo(printable(error.hint), err=True)


EPILOG = """\b
Examples:
  toolfuzz run -m sim/glm-4.7                       see it work, without a key
  toolfuzz run -m glm-4.7 --cases 200               a hosted one (ZAI_API_KEY)
  toolfuzz run -m my-model --base-url http://127.0.0.1:8000/v1 --both-streams
  toolfuzz check -m glm-4.7 --baseline claude-opus  may it replace that one?
  toolfuzz compare reports/*                        runs side by side
  toolfuzz explain object-as-json-string            what a finding means

\b
Exit codes: 0 done or passed · 1 a gate failed · 2 usage or configuration
            3 inconclusive · 4 endpoint unusable · 70 toolfuzz broke
            74 the disk is full or broken
            130 interrupted (143 SIGTERM, 129 SIGHUP)
"""


@click.group(
    cls=_Commands,
    epilog=EPILOG,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "auto_envvar_prefix": "TOOLFUZZ",
    },
)
@click.version_option(__version__, "-V", "--version", prog_name="toolfuzz")
@click.option(
    "--env-file", type=click.Path(path_type=Path), metavar="FILE",
    help="Set the variables of this .env file first; none is read unasked.",
)  # fmt: skip
def cli(env_file: Path | None) -> None:
    """Find out whether a model's tool calls arrive intact.

    toolfuzz asks a model endpoint to call tools whose right answer is known, reads the bytes
    that come back without repairing them, and says what is wrong, how often, and how to
    reproduce it.
    """
    if env_file is not None:
        from toolfuzz.system.env_file import read_env_file

        read_env_file(env_file)


def main() -> None:
    """Entry point of the ``toolfuzz`` command."""
    forgiving_streams()
    obey_signals()
    look_rarely()
    cli(prog_name="toolfuzz")
