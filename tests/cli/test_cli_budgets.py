"""Every command that pays keeps its budget, counted by the server, and says how to go on."""

import asyncio
import json
import shlex
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.runs.reading import load_run
from toolfuzz.simulate.server import build_app

Asked = Callable[..., tuple[Result, int]]
ENDED = "ended by --max-"
FAULTY = "fault:number-as-string@1"


class Counting:
    """The simulator, which counts its requests and is too busy for every ``busy``-th."""

    def __init__(self) -> None:
        self.app, self.requests, self.busy = build_app(), 0, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            self.requests += 1
            if self.busy and self.requests % self.busy == 0:
                headers = [(b"retry-after", b"0"), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 503, "headers": headers})
                await send({"type": "http.response.body"})
                return
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Counting, str]]:
    counting, listener = Counting(), socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(counting, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    yield counting, f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    server.should_exit = server.force_exit = True
    thread.join(10)


@pytest.fixture
def asked(
    served: tuple[Counting, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asked]:
    """Run a command in a folder of its own; return what came and how many requests it made."""
    counting, url = served
    monkeypatch.chdir(tmp_path)

    def run(*words: str, busy: int = 0) -> tuple[Result, int]:
        words = tuple(url if word == "URL" else word for word in words)
        before, counting.busy = counting.requests, busy
        monkeypatch.setattr(sys, "argv", ["toolfuzz", *words])
        result = CliRunner().invoke(cli, words)
        assert result.exit_code in (0, 1, 3), result.output
        return result, counting.requests - before

    yield run


def next_command(done: Result) -> list[str]:
    (line,) = [line for line in done.stderr.splitlines() if "go on with: toolfuzz " in line]
    return shlex.split(line.partition("go on with: ")[2])[1:]


def model(name: str) -> list[str]:
    return ["-m", name, "--base-url", "URL"]


def test_a_run_goes_on_within_its_budget_until_it_is_done(asked: Asked) -> None:
    words = ["run", *model("clean"), "--cases", "9", "--quiet", "--out", "r", "--max-calls", "6"]
    for _ in range(9):
        done, requests = asked(*words, busy=4)
        assert requests <= 6
        if ENDED not in done.stderr:
            break
        words = next_command(done)
        assert words == ["run", "--resume", "r"]
        words += ["--quiet"]
    assert done.exit_code == 0 and len(load_run(Path("r")).verdicts) >= 9


def test_a_worlds_rounds_are_reserved(asked: Asked) -> None:
    words = ["run", *model("clean"), "--probe", "recovery", "--cases", "3", "--quiet"]
    done, requests = asked(*words, "--out", "r", "--max-calls", "100")
    assert ENDED in done.stderr and 10 < requests <= 100


def test_what_is_made_smaller_after_a_run_is_paid_from_the_same_budget(asked: Asked) -> None:
    words = ["run", *model(FAULTY), "--cases", "8", "--quiet", "--out", "r", "--minimize"]
    done, requests = asked(*words, "--max-calls", "20")
    assert ENDED in done.stderr and 9 < requests <= 20
    assert next_command(done) == ["minimize", "r"]


def test_a_check_goes_on_where_its_budget_ended_it(asked: Asked) -> None:
    both = ["--baseline", "other", "--baseline-url", "URL", "--cases", "20"]
    done, requests = asked("check", *model("clean"), *both, "--quiet", "--max-calls", "15")
    assert done.exit_code == 3 and ENDED in done.stderr and requests <= 15
    words = next_command(done)
    assert words[-1] == "--resume" and "--out" in words
    words[words.index("--max-calls") + 1] = "200"
    done, _ = asked(*words)
    assert "20 of 20 calls agree" in done.output and ENDED not in done.stderr, done.output


def test_a_monitor_goes_on_with_the_portion_that_its_budget_ended(asked: Asked) -> None:
    words = ["monitor", *model("clean"), "--dir", "w", "--calls", "8", "--baseline-calls", "8"]
    done, requests = asked(*words, "--quiet", "--max-calls", "7")
    assert done.exit_code == 3 and ENDED in done.stderr and requests <= 7
    words = next_command(done)
    assert words[0] == "monitor" and words[-2:] == ["--max-calls", "7"]
    for _ in range(4):
        done, requests = asked(*words)
        assert requests <= 7
        if done.exit_code == 0:
            break
    assert done.exit_code == 0 and ENDED not in done.stderr


@pytest.fixture(scope="module")
def failing(served: tuple[Counting, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "r"
    words = ["run", "-m", FAULTY, "--base-url", served[1], "--cases", "8", "--quiet"]
    done = CliRunner().invoke(cli, [*words, "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize(
    ("command", "limit", "most"),
    [
        (["minimize"], ["--max-calls", "15"], 15),
        (["minimize"], ["--max-tokens", "4000"], 30),
        (["minimize"], ["--max-cost", "0.004", "--price", "1,1"], 30),
        (["attribute", "--confirm"], ["--max-calls", "9"], 9),
        (["bug", "--ask"], ["--max-calls", "9"], 9),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, list) else None,
)
def test_what_looks_for_causes_keeps_its_budget_and_pays_no_answer_twice(
    command: list[str], limit: list[str], most: int, failing: Path, asked: Asked, tmp_path: Path
) -> None:
    run = tmp_path / "r"
    run.mkdir()
    (run / "run.jsonl").write_bytes((failing / "run.jsonl").read_bytes())
    words = [*command, "r", "--most", "1", "--trust", *limit]
    done, requests = asked(*words)
    assert f"ended by {limit[0]} {limit[1]}" in done.stderr, done.output
    assert requests <= most
    assert next_command(done) == words
    studied = {path: _answers(path) for path in run.rglob("run.jsonl")}
    _, requests = asked(*next_command(done))
    assert requests <= most
    for path, answers in studied.items():
        assert _answers(path)[: len(answers)] == answers, "what was paid stays"


def _answers(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [line for line in lines if json.loads(line)["event"] == "exchange-recorded"]


def test_a_trial_keeps_its_budget(asked: Asked) -> None:
    made = str(Path(__file__).parents[1] / "runs/made_gateway.py")
    gateway = ["--", sys.executable, made, "{port}", "{upstream}", "rounded"]
    words = ["trial", "--subject", "made 1.0", "--cases", "8", "--out", "t", "--quiet"]
    done, _ = asked(*words, "--max-calls", "9", *gateway)
    assert ENDED in done.stderr
    run = load_run(Path("t"), keep_exchanges=True)
    assert sum(len(e.attempts) for found in run.exchanges.values() for e in found) <= 9
    assert next_command(done) == [
        "trial",
        "--subject",
        "made 1.0",
        "--cases",
        "8",
        "--quiet",
        *gateway,
    ]


def test_a_project_may_say_what_its_commands_may_spend(asked: Asked) -> None:
    Path("toolfuzz.toml").write_text("[run]\nmax_calls = 5\nmax_cost = 1\nprice = [1, 1]\n")
    words = ["run", *model("clean"), "--cases", "9", "--quiet", "--out", "r"]
    done, requests = asked(*words)
    assert "ended by --max-calls 5" in done.stderr and requests <= 5
    done, requests = asked("run", "--resume", "r", "--quiet", "--max-calls", "7")
    assert requests <= 7


def test_the_command_to_go_on_with_shows_no_secret(asked: Asked) -> None:
    words = ["monitor", *model("clean"), "--dir", "w", "--quiet", "--max-calls", "3"]
    done, _ = asked(*words, "--header", "Authorization: Bearer sk-canary")
    assert ENDED in done.stderr and "sk-canary" not in done.output
    assert "Authorization: ***" in next_command(done)
