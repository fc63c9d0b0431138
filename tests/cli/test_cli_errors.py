"""What a mistake in a command says, and what help and lists hold: for people and for programs."""

import json
import re

import click
import pytest
from click.testing import CliRunner

from toolfuzz import __version__
from toolfuzz.cli import cli


def invoke(*args: str, width: int = 80) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, args, prog_name="toolfuzz", terminal_width=width)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        ("--bogus", "no such option '--bogus'", "`toolfuzz --help` shows what there is"),
        ("rum", "no such command 'rum'", "did you mean run? `toolfuzz --help` lists them all"),
        ("run --bogus", "no such option '--bogus'", "did you mean --"),
        ("run --cases abc", "invalid value for '--cases': 'abc' is", "`toolfuzz run --help`"),
        ("compare", "missing argument 'RUN...'", "`toolfuzz compare --help` shows"),
        ("corpus ad", "no such command 'ad'", "did you mean add? `toolfuzz corpus --help`"),
        ("run -m nope/x --cases 1", "unknown model 'nope/x'", "did you mean"),
    ],
)  # fmt: skip
def test_all_mistakes_are_told_in_one_way(args: str, message: str, hint: str) -> None:
    code, out, said = invoke(*args.split())
    assert (code, out) == (2, "")
    first, second = said.splitlines()
    assert first.startswith(f"error: {message}")
    assert second.startswith(f" next: {hint}")


def test_without_a_command_there_is_help() -> None:
    for args in ((), ("corpus",)):
        code, out, said = invoke(*args)
        assert code == 2 and "error:" not in out + said
        assert "Usage: toolfuzz" in out + said


def test_the_version() -> None:
    assert invoke("-V") == invoke("--version") == (0, f"toolfuzz, version {__version__}\n", "")


@pytest.mark.parametrize("group", ["", "corpus", "engines", "worlds"])
def test_no_list_of_commands_is_cut(group: str) -> None:
    _, shown, _ = invoke(*group.split(), "--help")
    commands = shown.partition("Commands:")[2].partition("Examples:")[0]
    assert "..." not in commands and "…" not in commands
    assert all(len(line) <= 80 for line in commands.splitlines())
    context = click.Context(cli)
    command = cli.get_command(context, group) if group else cli
    assert isinstance(command, click.Group)
    for name in command.list_commands(context):
        one = command.get_command(context, name)
        assert one is not None
        assert f"{name} {one.get_short_help_str(1000)}" in " ".join(commands.split())


def test_html_is_among_the_reports() -> None:
    shown = " ".join(invoke("run", "--help")[1].split())
    assert re.search(r"--report NAME\[=PATH\] Write html, markdown, junit", shown)


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("models", {"endpoint": str, "models": list, "key_set": bool}),
        ("dimensions", {"levels": list, "usual": int}),
        ("schemas", {"tools": int, "depth": int, "features": list}),
        ("defects", {"slug": str, "title": str}),
    ],
)
def test_lists_as_json_hold_values_and_not_a_tables_cells(
    kind: str, types: dict[str, type], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    things = json.loads(invoke("list", kind, "--json")[1])
    for thing in things:
        for name, kind_of in types.items():
            assert type(thing[name]) is kind_of
        assert all(name.isidentifier() for name in thing)
    if kind == "models":
        keys = {thing["endpoint"]: thing["key_set"] for thing in things}
        assert keys["openai"] is True and keys["anthropic"] is False
        assert "OPENAI_API_KEY (set)" in invoke("list", "models")[1]
