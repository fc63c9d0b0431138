"""Options that several commands share: asking again what a run asked."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.cli import cli
from toolfuzz.commands._again import access_again
from toolfuzz.commands._given import run_options_from
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.targets import plan_targets

GIVEN: dict[str, Any] = {
    "headers": (), "secret_headers": (), "trust": False, "engine_python": None,
    "base_url": None, "key_env": None, "concurrency": None, "rpm": None, "tpm": None,
}  # fmt: skip


def run_with(**options: Any) -> RunData:
    return collect([RunStarted(0.0, "0", (), RunOptions(models=("m",), **options).settings())])


def test_headers_go_along_when_a_run_is_asked_again() -> None:
    run = run_with(headers={"X-Route": "gpt"}, secret_headers=("X-Gate",))
    given = {"headers": ("x-route: gpt", "X-Gate: open"), "secret_headers": ("X-Door",)}
    access = access_again(run, GIVEN | given)
    assert access.headers == {"x-route": "gpt", "X-Gate": "open"}
    assert access.secret_headers == ("X-Gate", "X-Door")


def test_a_server_that_is_named_again_needs_no_trust() -> None:
    run = run_with(base_url="http://198.51.100.7/v1", key_env="THEIR_KEY")
    named = {"base_url": "https://api.example.org/v1", "key_env": "OWN_KEY"}
    access = access_again(run, GIVEN | named)
    assert (access.base_url, access.key_env) == tuple(named.values())
    with pytest.raises(UsageError, match="THEIR_KEY"):
        access_again(run, GIVEN | {"base_url": named["base_url"]})


def test_an_engine_is_asked_again_with_its_cuts() -> None:
    access = access_again(run_with(cuts=("chars:1",)), GIVEN)
    (target,) = plan_targets(["engine/sglang@0.5.23:glm45"], access)
    assert target.params == {"cuts": ["chars:1"]}


@pytest.mark.parametrize(
    ("options", "given", "hint"),
    [
        ({"headers": {"X-Route": "gpt"}}, {}, "--header 'X-Route: VALUE'"),
        ({}, {"headers": ("X-Route",)}, "--header 'X-Project: evaluation'"),
        ({"base_url": "http://198.51.100.7/v1"}, {}, "--trust"),
    ],
)
def test_what_is_missing_is_said(options: Any, given: Any, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        access_again(run_with(**options), GIVEN | given)
    assert hint in str(error.value.hint)


@pytest.mark.parametrize(
    "command",
    ["run", "check", "trial", "replay", "minimize", "attribute", "bug", "monitor", "corpus run"],
)
def test_every_command_that_asks_takes_headers(command: str) -> None:
    told = CliRunner().invoke(cli, [*command.split(), "--help"]).output
    assert "--header NAME: VALUE" in told
    assert "--secret-header NAME" in told


_PAYING = ("run", "check", "monitor", "minimize", "attribute", "bug", "trial")


@pytest.mark.parametrize("command", [*_PAYING, "replay", "corpus run"])
def test_a_budget_is_taken_where_it_is_kept(command: str) -> None:
    told = CliRunner().invoke(cli, [*command.split(), "--help"]).output
    flags = ("--max-calls", "--max-time", "--max-tokens", "--max-cost", "--price")
    assert [name in told for name in flags] == [command in _PAYING] * 5


@pytest.mark.parametrize("limit", ["nan", "0", "-1"])
@pytest.mark.parametrize("name", ["--max-time", "--max-cost"])
@pytest.mark.parametrize("command", ["minimize", "attribute", "bug"])
def test_a_limit_is_above_zero(command: str, name: str, limit: str) -> None:
    done = CliRunner().invoke(cli, [command, "run", name, limit])
    assert done.exit_code == 2
    assert f"{limit}: more than 0 is needed" in done.output


@pytest.mark.parametrize("command", ["run", "check", "monitor", "replay", "trial", "corpus run"])
def test_every_command_with_a_timeout_takes_the_largest_reply(command: str) -> None:
    told = CliRunner().invoke(cli, [*command.split(), "--help"]).output
    assert "--max-reply SIZE" in told and "(16MiB)" in told
    refused = CliRunner().invoke(cli, [*command.split(), "--max-reply", "lots"])
    assert refused.exit_code == 2
    assert "write bytes, 256KiB or 16MiB" in " ".join(refused.output.split())


def test_the_largest_reply_is_a_projects_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toolfuzz.toml").write_text('[run]\nmax_reply = "4KiB"\n')
    monkeypatch.chdir(tmp_path)
    assert run_options_from({}).access.max_reply == 4096
    assert run_options_from({"max_reply": 100}).access.max_reply == 100
    assert access_again(run_with(max_reply="1MiB"), GIVEN).max_reply == 2**20


def test_a_projects_size_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toolfuzz.toml").write_text('[run]\nmax_reply = "lots"\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="write bytes, 256KiB or 16MiB"):
        run_options_from({})
