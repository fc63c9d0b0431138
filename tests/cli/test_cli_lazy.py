"""Commands are found by their files; only the one that is called is imported."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.cli._lazy import LazyGroup
from toolfuzz.commands._given import run_options_from

NAMES = cli.list_commands(click.Context(cli))


def test_every_file_is_a_command() -> None:
    assert {"attribute", "check", "list", "run", "serve"} <= set(NAMES)
    assert "options" not in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_list_says_what_the_command_says(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None and command.name == name
    shown = " ".join(CliRunner().invoke(cli, ["--help"], terminal_width=200).output.split())
    assert f"{name} {command.get_short_help_str(20).removesuffix('...')}" in shown


def test_calling_one_command_imports_no_other() -> None:
    code = (
        "import sys; from toolfuzz.cli import cli; cli(['explain', 'null-as-string'], "
        "standalone_mode=False); "
        "print(sorted(m for m in sys.modules if m.startswith('toolfuzz.cli.') and '._' not in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['toolfuzz.cli.explain']"


def test_a_new_file_is_a_new_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "extra_commands"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_shared.py").touch()
    (package / "hello.py").write_text(
        "import click\n\n\n@click.command()\ndef hello():\n"
        '    """Greet. At length."""\n    click.echo("hello")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)

    class Extra(LazyGroup):
        package = "extra_commands"

    group = Extra("extra")
    assert "hello  Greet." in CliRunner().invoke(group, ["--help"]).output
    assert CliRunner().invoke(group, ["hello"]).output == "hello\n"
    assert CliRunner().invoke(group, ["_shared"]).exit_code == 2


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        (("--format", "anthropic-messages"), "format", "anthropic-messages"),
        (("--api", "anthropic-messages"), "format", "anthropic-messages"),
        (("--respell",), "respell", True),
        (("--twins",), "respell", True),
    ],
)
def test_options_are_known_by_their_old_names_too(
    args: tuple[str, ...], name: str, value: object
) -> None:
    command = cli.get_command(click.Context(cli), "run")
    assert command is not None
    given = command.make_context("run", ["-m", "sim/clean", *args]).params
    options = run_options_from({name: given[name], "models": given["models"]})
    assert getattr(options if name == "respell" else options.access, name) == value
