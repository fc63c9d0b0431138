"""Every command that the documentation shows is one that the command line takes."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from toolfuzz.cli import cli
from toolfuzz.config import Config
from toolfuzz.report.formats import format_names

HOME = Path(__file__).parents[2]
PAGES = [
    HOME / "README.md",
    *sorted((HOME / "docs").rglob("*.md")),
    *HOME.glob("docs/examples/*.yml"),
]


def commands() -> Iterator[tuple[str, str]]:
    """Lines that begin with ``$ toolfuzz``, or that a workflow runs."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        if page.suffix == ".yml":
            text = re.sub(r">\n", "", text)
            text = re.sub(r"\n\s+(?=--)", " ", text)
        for line in text.splitlines():
            if found := re.match(r"\s*(?:\$|run:)?\s*(toolfuzz [a-z]+ ?.*)$", line):
                words = found[1].split(" #")[0].split("|")[0].split(" > ")[0].split(" && ")[0]
                if "$" in line or page.suffix == ".yml":
                    yield page.name, words.strip()


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_the_command_exists(page: str, line: str) -> None:
    name, *args = shlex.split(line)[1:]
    command = cli.get_command(click.Context(cli), name)
    while isinstance(command, click.Group):
        name, *args = args
        command = command.get_command(click.Context(command), name)
    assert command is not None
    parser = command.make_parser(click.Context(command, info_name=name))
    parser.parse_args([a for a in args if a != "…"])


def test_an_option_that_is_gone_would_be_noticed() -> None:
    with pytest.raises(click.NoSuchOption):
        test_the_command_exists("", "toolfuzz check --no-such-option")


def test_the_pages_were_read() -> None:
    lines = [line for _, line in commands()]
    assert any(line.startswith("toolfuzz check") for line in lines)
    assert any("--report github" in line for line in lines)


def test_the_example_configuration_is_valid() -> None:
    text = (HOME / "docs" / "examples" / "toolfuzz.toml").read_text(encoding="utf-8")
    config = Config.model_validate(tomllib.loads(text))
    assert config.check.baseline


def test_every_report_is_documented() -> None:
    page = (HOME / "docs" / "reports.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in format_names())
