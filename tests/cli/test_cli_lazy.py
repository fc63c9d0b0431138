"""Commands are found by their files; only the one that is called is imported."""

import json
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


def test_calling_one_command_imports_no_other() -> None:
    code = (
        "import sys; from toolfuzz.cli import cli; cli(['explain', 'null-as-string'], "
        "standalone_mode=False); "
        "print(sorted(m for m in sys.modules if m.startswith('toolfuzz.cli.') and '._' not in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['toolfuzz.cli.explain']"


HELP_AND_COMPLETION = """
import json, sys
import click
from click.testing import CliRunner
from toolfuzz.cli import cli

begun = set(sys.modules)

def walk(command, context):
    helped = CliRunner().invoke(command, ["--help"])
    assert helped.exit_code == 0 and "Usage:" in helped.output, helped.output
    offered = [item.value for p in command.params for item in p.shell_complete(context, "")]
    found = {context.command_path: offered}
    if isinstance(command, click.Group):
        offered += [item.value for item in command.shell_complete(context, "")]
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            found |= walk(inner, click.Context(inner, parent=context, info_name=name))
    return found

found = walk(cli, click.Context(cli, info_name="toolfuzz"))
print(json.dumps([found, sorted(sys.modules), sorted(sys.modules.keys() - begun)]))
"""


def test_help_and_completion_of_every_command_import_click_alone() -> None:
    """Each is a process of its own for who asks, and answers at once only so."""
    code = [sys.executable, "-c", HELP_AND_COMPLETION]
    done = subprocess.run(code, capture_output=True, text=True, check=True, encoding="utf-8")
    offered, modules, anew = json.loads(done.stdout)
    assert len(offered) > 30 and {"glm-4.7", "null-as-string"} <= set(offered["toolfuzz run"])
    foreign = {m.partition(".")[0] for m in modules} - sys.stdlib_module_names
    # click colours a console of Windows by colorama; what an environment starts with has a "_".
    assert {name for name in foreign if name[0] != "_"} - {"colorama"} == {"click", "toolfuzz"}
    own = [name for name in anew if name.startswith("toolfuzz.")]
    assert own and {n for n in own if not n.startswith("toolfuzz.cli.")} <= {"toolfuzz.config_file"}


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
