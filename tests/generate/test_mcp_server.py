"""Servers of an ``mcp.json``: which one is meant, and what is sent to it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools import load_mcp
from toolfuzz.generate.tools.mcp_server import server_of


def written(path: Path, servers: dict[str, Any], key: str = "mcpServers") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({key: servers}), encoding="utf-8")
    return path


def refused(spec: str) -> UsageError:
    with pytest.raises(UsageError) as error:
        server_of(spec)
    return error.value


@pytest.mark.parametrize("key", ["mcpServers", "servers"])
def test_a_server_is_meant_by_its_name(tmp_path, monkeypatch, key):
    monkeypatch.setenv("ZONE", "UTC")
    monkeypatch.delenv("NOWHERE", raising=False)
    file = written(
        tmp_path / ".vscode" / "mcp.json",
        {
            "time": {
                "type": "stdio",
                "command": "${workspaceFolder}/bin/time",
                "args": ["--zone", "${env:ZONE}", "${NOWHERE:-none}"],
                "env": {"API_TOKEN": "of-the-file"},
            },
            "web": {
                "type": "http",
                "url": "https://x.example/mcp",
                "headers": {"X-Zone": "${ZONE}"},
            },
            "old": {"type": "sse", "url": "https://x.example/sse"},
        },
        key,
    )
    time = server_of(f"{file}#time")
    assert time.command == (f"{tmp_path}/bin/time", "--zone", "UTC", "none")
    assert time.variables == {"API_TOKEN": "of-the-file"}
    assert "of-the-file" in time.secrets
    assert "of-the-file" not in repr(time).partition("secrets")[0]
    web = server_of(f"{file}#web")
    assert (web.url, web.headers, web.sse) == ("https://x.example/mcp", {"X-Zone": "UTC"}, False)
    assert server_of(f"{file}#old").sse


def test_without_a_name_nothing_is_started(tmp_path):
    touched = tmp_path / "touched"
    file = written(
        tmp_path / "mcp.json",
        {"evil": {"command": "touch", "args": [str(touched), "--api-key", "s3cret-s3cret"]}},
    )
    with pytest.raises(UsageError) as error:
        load_mcp(str(file))
    assert not touched.exists()
    said = f"{error.value.message} {error.value.hint}"
    assert "nothing is started" in said
    assert f"evil (starts touch {touched} --api-key ***)" in said
    assert f"--mcp '{file}#evil'" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "url is no text"),
        ({"command": 5}, "command is no text"),
        ({"command": "x", "args": "y"}, "args is no list of texts"),
        ({"command": "x", "env": ["A"]}, "env is no object of texts"),
        ({"command": "x", "envFile": ".env"}, "its envFile isn't read"),
        ({"url": "file:///etc/passwd"}, "url begins with neither http:// nor https://"),
        ({"url": "https://x.example", "headers": {"A": "${UNSET_HERE}"}}, "UNSET_HERE is not set"),
        ({"url": "https://x.example", "headers": {"A": "${input:k}"}}, "${input:k} is no variable"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(tmp_path, entry, said):
    file = written(tmp_path / "mcp.json", {"one": entry})
    assert f"mcp.json#one: {said}" in refused(f"{file}#one").message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "not JSON"),
        ("[]", "no MCP servers in it"),
        ('{"servers": {}}', "no MCP servers in it"),
    ],
)
def test_a_file_that_is_none(tmp_path, text, said):
    (tmp_path / "mcp.json").write_text(text, encoding="utf-8")
    assert said in refused(f"{tmp_path}/mcp.json#one").message


def test_close_names_and_missing_files(tmp_path):
    file = written(tmp_path / "mcp.json", {"github": {"url": "https://x.example"}})
    assert "github" in (refused(f"{file}#gihtub").hint or "")
    assert "no such file" in refused(f"{tmp_path}/nowhere.json#one").message


def test_what_a_named_server_says_is_without_its_secrets(tmp_path):
    script = "import os, sys; sys.exit('token ' + os.environ['API_TOKEN'])"
    file = written(
        tmp_path / "mcp.json",
        {
            "one": {
                "command": sys.executable,
                "args": ["-c", script],
                "env": {"API_TOKEN": "canary-of-the-file"},
            }
        },
    )
    with pytest.raises(UsageError) as error:
        load_mcp(f"{file}#one", timeout=10)
    assert "token ***" in error.value.message
    assert "canary" not in error.value.message
