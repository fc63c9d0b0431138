"""``toolfuzz serve``: where it is, what it logs, what it refuses to begin with."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import needs
import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.formats import format_names

STREAMS = "anthropic-messages, bedrock-converse, openai-chat, openai-responses"


def wait_for(path: Path) -> dict[str, object]:
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    found: dict[str, object] = json.loads(path.read_text())
    return found


@needs.signals
def test_it_says_where_it_is_and_what_it_answered(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "toolfuzz", "serve", "--port", "0", "--json"]
    command += ["--fault", "http-503~1", "--fault", "idx-missing", "--ready-file", str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            place = wait_for(ready)
            asked = {"model": "sk-secret", "messages": [], "tools": []}
            url = f"{place['url']}/chat/completions"
            statuses = [httpx.post(url, json=asked, timeout=10).status_code for _ in range(2)]
            with httpx.Client(timeout=0.3) as client, pytest.raises(httpx.ReadTimeout):
                client.post(url, json={**asked, "model": "fault:http-hang"})
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert statuses == [503, 200]
    assert json.loads(out) == place  # one line, and nothing else
    assert set(place["formats"]) == set(format_names())  # type: ignore[call-overload]
    streams = f"streams of {STREAMS}"
    assert err.decode().splitlines() == [
        f"note: idx-missing can occur only in {streams}",
        "openai-chat #1: 503 · fault http-503",
        f"openai-chat #2: text · NOT struck: idx-missing (it can occur only in {streams})",
        "openai-chat fault:http-hang #1: no answer · fault http-hang",
        "interrupted",
    ]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--fault", "http-42"], "did you mean http-429"),
        (["--profile", "http-429"], "say fault:http-429"),
        (["--profile", "clean", "--fault", "no-call"], "one of them"),
        (["--script", "s.toml"], "each reply begins with [[reply]]"),
        (["--host", "192.0.2.1"], "choose another --port or --host"),
        (["--host", "no.such.host.invalid"], "try --host 127.0.0.1"),
    ],
)
def test_what_it_refuses(
    args: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.toml").touch()
    done = CliRunner().invoke(cli, ["serve", "--port", "0", *args])
    assert done.exit_code == 2
    assert told in done.output


def test_the_list_of_faults() -> None:
    done = CliRunner().invoke(cli, ["list", "faults", "--json"])
    rows = {row["fault"]: row for row in json.loads(done.output)}
    assert rows["http-429"]["where"] == "every answer"
    assert rows["idx-missing"]["where"] == f"streams of {STREAMS}"
    assert {"glm/strip", "legal-ping", "no-call"} < set(rows)
    assert all(row["title"] for row in rows.values())
