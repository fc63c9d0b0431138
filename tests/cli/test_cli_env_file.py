"""``toolfuzz --env-file``: variables of a file, and only of one that is named."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.delenv("TOOLFUZZ_RUN_CASES", raising=False)


def plan(*before: str) -> str:
    """What a command says that is given a service whose key is in no environment."""
    done = CliRunner().invoke(cli, [*before, "run", "-m", "zai/x", "--out", "run"])
    assert done.exit_code == 2
    return done.output


def test_a_file_is_read_where_it_is_named_and_not_else(monkeypatch):
    monkeypatch.delenv("ZAI_API_KEY", raising=False)
    # What it says can be told from the next error: a header can't carry this key.
    Path(".env").write_text("# keys\nexport ZAI_API_KEY='ключ'\n", encoding="utf-8")
    assert "ZAI_API_KEY is not set" in plan()
    assert "ZAI_API_KEY holds characters" in plan("--env-file", ".env")


def test_what_is_set_wins(monkeypatch):
    monkeypatch.setitem(os.environ, "ZAI_API_KEY", "")
    Path("mine").write_text("ZAI_API_KEY=ключ\n", encoding="utf-8")
    assert "ZAI_API_KEY is not set" in plan("--env-file", "mine")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"A=1\n\nsk-a-bare-key-that-stands-there\n", "line 3: not NAME=value"),
        (b"A='open\n", "line 1: not NAME=value"),
        (b"A=\xff\n", "not UTF-8 text"),
        (None, "can't be read: No such file"),
    ],
)
def test_a_file_that_is_none_is_refused_and_not_shown(content, said):
    if content is not None:
        Path("file").write_bytes(content)
    shown = plan("--env-file", "file")
    assert "--env-file file" in shown
    assert said in shown
    assert "sk-a-bare-key" not in shown


def test_its_place_is_said():
    done = CliRunner().invoke(cli, ["run", "--env-file", ".env"])
    assert (done.exit_code, "stands before the command" in done.output) == (2, True)
