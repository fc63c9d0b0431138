"""What a command of several may spend, and how to go on when it is spent."""

import shlex
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import click

from toolfuzz.commands._live import with_note
from toolfuzz.core.exchange import Target
from toolfuzz.core.text import printable
from toolfuzz.evidence.examiner import Budget
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.purse import spending
from toolfuzz.system.specs import (
    HIDDEN,
    command_without_secrets,
    named_without_secrets,
    without_secrets,
)

__all__ = ["FLAGS", "same_command", "say_spent_out", "within"]

T = TypeVar("T")

_SPECS = ("--mcp", "--openapi", "--base-url", "--baseline-url", "--url")
FLAGS = (*Limits().flags, "--price")
"""The flags of ``budget_options``."""


def within(
    limits: Limits,
    targets: Sequence[Target],
    askings: int,
    work: Callable[[Budget], Awaitable[T]],
) -> tuple[T, str]:
    """Do the work within a budget; return what came, and which limit ended it, if one did."""

    async def done() -> tuple[T, str]:
        async with spending(limits, targets) as (purse, permits):
            budget = Budget(askings, purse, permits)
            return await work(budget), budget.spent_out

    return with_note(done())


def say_spent_out(spent_out: str, again: str | None = None) -> None:
    """Say which limit ended a command and what goes on with it: the same one, or ``again``."""
    if spent_out:
        click.echo(f"ended by {spent_out}", err=True)
        click.echo(f"what was answered is kept; go on with: {again or same_command()}", err=True)


def same_command(*more: str, without: Sequence[str] = ()) -> str:
    """Return the command that runs, as it may be shown: with ``more`` words, less some flags."""
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    own = _left(list(_shown(words[:end])), without)
    rest = [*words[end : end + 1], *command_without_secrets(words[end + 1 :])]
    return printable(shlex.join(["toolfuzz", *own, *more, *rest]))


def _shown(words: Sequence[str]) -> Iterator[str]:
    flag = ""
    for word in words:
        name, given, value = word.partition("=")
        if flag == "--header":
            yield _header(word)
        elif flag == "--env":
            yield _variable(word)
        elif flag in _SPECS:
            yield without_secrets(word)
        elif given and name == "--header":
            yield f"{name}={_header(value)}"
        elif given and name == "--env":
            yield f"{name}={_variable(value)}"
        elif given and name in _SPECS:
            yield f"{name}={without_secrets(value)}"
        else:
            yield word
        flag = word if word.startswith("-") else ""


def _header(line: str) -> str:
    return f"{line.partition(':')[0]}: {HIDDEN}"


def _variable(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}={named_without_secrets({name: value})[name]}"


def _left(words: Sequence[str], without: Sequence[str]) -> Iterator[str]:
    value = False
    for word in words:
        name, given, _ = word.partition("=")
        if not value and name not in without:
            yield word
        value = not value and not given and name in without
