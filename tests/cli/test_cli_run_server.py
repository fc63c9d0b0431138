"""`toolfuzz run … -- COMMAND`: the server that is asked is started with the run, and ended."""

import json
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli

SIMULATOR = (sys.executable, "-m", "toolfuzz", "serve", "--port", "{port}", "--profile", "clean")
# Listens at once and says for a second that it isn't ready, as llama.cpp's does while it loads.
LOADS = """
import sys, time
import uvicorn
from toolfuzz.simulate.server import build_app

app = build_app()
began = time.monotonic()

async def loading(scope, receive, send):
    if scope["type"] == "lifespan" or time.monotonic() > began + 1:
        await app(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})

uvicorn.run(loading, port=int(sys.argv[1]), log_level="error")
"""
ASKED = ("run", "-m", "m", "--cases", "4", "--json")


def toolfuzz(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def asked_at(folder: str) -> int:
    first = json.loads(Path(folder, "run.jsonl").read_text().splitlines()[0])
    port = urlsplit(first["settings"]["base_url"]).port
    assert port is not None
    return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_run_that_was_ended_goes_on_with_the_server_started_again() -> None:
    done = toolfuzz(*ASKED, "--out", "run", "--max-calls", "2", "--", *SIMULATOR)
    assert done.exit_code == 0, done.output
    assert "go on with: toolfuzz run --resume run -- " in done.stderr
    assert not listens(asked_at("run"))
    again = toolfuzz("run", "--resume", "run", "--max-calls", "50", "--json", "--quiet",
                     "--", *SIMULATOR)  # fmt: skip
    assert again.exit_code == 0, again.output
    (target,) = json.loads(again.stdout)["targets"]
    assert (target["judged"], target["passed"]) == (4, 4)
    assert not listens(asked_at("run"))


def test_what_it_would_ask_is_told_without_starting_it() -> None:
    done = toolfuzz(*ASKED, "--dry-run", "--", "no-such-program", "{port}")
    assert done.exit_code == 0, done.output


def test_a_model_that_loads_is_waited_for(here: Path) -> None:
    (here / "server.py").write_text(LOADS)
    done = toolfuzz(*ASKED, "--out", "run", "--", sys.executable, "server.py", "{port}")
    assert done.exit_code == 0, done.output
    (target,) = json.loads(done.stdout)["targets"]
    assert (target["judged"], target["retries"]) == (4, 0)
    assert not listens(asked_at("run"))


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ([sys.executable, "-c", "print('no such model'); exit(3)", "{port}"], 4, "no such model"),
        (["no-such-program", "{port}"], 2, "no-such-program is no program here"),
        (["true"], 2, "where does the server listen?"),
    ],
)
def test_a_server_that_does_not_come_up_is_told(command: list[str], code: int, said: str) -> None:
    done = toolfuzz(*ASKED, "--out", "run", "--", *command)
    assert done.exit_code == code, done.output
    assert said in done.output
    assert not Path("run").exists()
