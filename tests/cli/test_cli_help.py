"""The help of every command, as it is read on a terminal of 80 columns."""

from collections.abc import Iterator
from functools import cache

import click
import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli

COLUMNS = 80


def commands(
    command: click.Command = cli, words: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The words of each command and subcommand that click knows of."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*words, name))


ALL = list(commands())


@cache
def helped(words: tuple[str, ...]) -> str:
    done = CliRunner().invoke(cli, [*words, "--help"], terminal_width=COLUMNS, prog_name="toolfuzz")
    assert done.exit_code == 0, done.output
    return done.output


def test_subcommands_are_found() -> None:
    assert {("run",), ("corpus", "add"), ("engines", "bisect"), ("worlds", "prove")} < set(ALL)


@pytest.mark.parametrize("words", ALL, ids=lambda words: " ".join(words) or "toolfuzz")
def test_no_line_is_longer_than_a_terminal(words: tuple[str, ...]) -> None:
    assert [line for line in helped(words).splitlines() if len(line) > COLUMNS] == []


@pytest.mark.parametrize("words", ALL, ids=lambda words: " ".join(words) or "toolfuzz")
def test_nothing_is_cut(words: tuple[str, ...]) -> None:
    """click ends what it cuts with three dots, which else stand only behind words of a usage."""
    lines = helped(words).splitlines()
    assert [line for line in lines if line.endswith("...") and "Usage:" not in line] == []


@pytest.mark.parametrize("words", [w for w in ALL if w], ids=" ".join)
def test_its_group_says_its_whole_first_sentence(words: tuple[str, ...]) -> None:
    command: click.Command | None = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None and command.name == words[-1] and command.help
    first = command.help.partition("\n\n")[0].partition(". ")[0].removesuffix(".")
    assert " ".join(first.split()) in " ".join(helped(words[:-1]).split())
