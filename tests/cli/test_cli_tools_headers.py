"""Tools of servers that want to know who asks: headers from the environment, kept nowhere."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from local_http import Handler, Local, running

from toolfuzz.cli import cli

TOKEN = "canary-0123456789-of-the-tools"
API = {
    "openapi": "3.1.0",
    "paths": {"/pets": {"get": {"operationId": "list_pets", "summary": "List pets."}}},
}


class Protected(Handler):
    """An API's description for those who say the token, and an MCP server that refuses all."""

    server: Local

    def get(self) -> None:
        if self.path == "/moved.json":
            self.answer(302, b"", location=f"http://localhost:{self.server.server_port}/api.json")
        elif self.headers.get("authorization") == f"Bearer {TOKEN}":
            self.answer(200, json.dumps(API).encode())
        else:
            self.answer(401, b"")

    def post(self) -> None:
        self.body()
        self.server.asked.append(self.headers.get("x-team"))
        self.answer(403, b"no " + self.headers.get("authorization", "").encode())


@pytest.fixture
def server() -> Iterator[Local]:
    with running(Protected) as server:
        yield server


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PET_TOKEN", TOKEN)


def url(server: Local, path: str) -> str:
    return f"{server.url}/{path}"


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


HEADER = ("--tools-header", "Authorization: Bearer ${PET_TOKEN}")


def test_a_run_keeps_only_the_name_of_the_header(server):
    asked = ("run", "-m", "sim/clean", "--openapi", url(server, "api.json"), "--cases", "3")
    assert "HTTP 401" in toolfuzz_(*asked, "--out", "refused").output
    done = toolfuzz_(*asked, *HEADER, "--out", "run")
    assert done.exit_code == 0, done.output
    for file in [path for path in Path("run").rglob("*") if path.is_file()]:
        assert TOKEN.encode() not in file.read_bytes(), file
    assert TOKEN not in done.output
    first = json.loads(Path("run/run.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["settings"]["tools_headers"] == ["Authorization"]
    again = toolfuzz_("run", "--resume", "run")
    assert (again.exit_code, "--tools-header 'Authorization: VALUE'" in again.output) == (2, True)
    assert toolfuzz_("run", "--resume", "run", *HEADER).exit_code == 0


def test_the_configuration_holds_names_of_variables(server):
    Path("toolfuzz.toml").write_text(
        f'[run]\nopenapi = ["{url(server, "api.json")}"]\n'
        '[run.tools_headers]\nAuthorization = "Bearer ${PET_TOKEN}"\n',
        encoding="utf-8",
    )
    assert "list_pets" in toolfuzz_("plan", "--cases", "3", "--json").output
    Path("toolfuzz.toml").write_text(
        f'[run.tools_headers]\nAuthorization = "Bearer {TOKEN}"\n', encoding="utf-8"
    )
    from toolfuzz.config_file import _toml

    _toml.cache_clear()
    said = toolfuzz_("plan", "--cases", "3").output
    assert "no file may hold the value of Authorization" in said
    assert TOKEN not in said


def test_no_redirect_and_no_second_server_gets_them(server):
    moved = toolfuzz_("plan", "--openapi", url(server, "moved.json"), *HEADER)
    assert "it redirects, and headers go nowhere else" in moved.output
    two = ("--openapi", url(server, "api.json"), "--mcp", "http://localhost:9/mcp")
    assert "name 2 URLs" in toolfuzz_("plan", *two, *HEADER).output
    os.environ.pop("PET_TOKEN")
    unset = toolfuzz_("plan", "--openapi", url(server, "api.json"), *HEADER)
    assert "PET_TOKEN is not set" in unset.output


def test_an_mcp_server_gets_them_and_its_echo_is_masked(server):
    team = ("--tools-header", "X-Team: blue")
    refused = toolfuzz_("plan", "--mcp", url(server, "mcp"), *HEADER, *team)
    assert server.asked[0] == "blue"
    assert refused.exit_code == 2
    assert TOKEN not in refused.output


def test_a_server_of_an_mcp_json_has_its_own(server):
    entry = {"url": url(server, "mcp"), "headers": {"X-Team": "green ${PET_TOKEN}"}}
    Path("mcp.json").write_text(json.dumps({"mcpServers": {"pets": entry}}), encoding="utf-8")
    assert toolfuzz_("plan", "--mcp", "mcp.json#pets").exit_code == 2
    assert server.asked[0] == f"green {TOKEN}"
