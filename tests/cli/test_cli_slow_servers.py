"""A server of two slots that takes its time, with a small window, over real HTTP."""

import hashlib
import http.client
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.simulate.process import start

SECONDS = 0.08
SLOTS, QUEUE = 2, 8
WINDOW = 1000
"""Tokens of a prompt, at three bytes each."""


class Slow(http.server.ThreadingHTTPServer):
    """The simulator behind two slots and a queue; who finds it long gets nothing.

    ``most`` were there at once. With ``gathers`` nothing is served before so many are. A share of
    the questions is ``endless``.
    """

    daemon_threads = True
    window = gathers = False
    seconds, endless = SECONDS, 0.0

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(behind)
        self.slots = threading.Semaphore(SLOTS)
        self.counting = threading.Lock()
        self.over, self.long = threading.Event(), threading.Event()
        self.now = self.most = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Slow

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        with self.server.counting:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
            hangs = self.server.now > QUEUE
            self.server.now -= hangs
        if hangs:
            self.server.long.set()
            self.server.over.wait(60)
            return
        if hashlib.sha256(body).digest()[0] < 256 * self.server.endless and b'"tools"' in body:
            self.server.over.wait(60)
            return
        if self.server.gathers and b'"tools"' in body:
            self.server.long.wait(60)
        with self.server.slots:
            if self.server.window and len(body) / 3 > WINDOW:
                # As llama.cpp's server words it.
                said = f"request ({len(body) // 3} tokens) exceeds the available context size"
                status, reply = 400, json.dumps({"error": {"code": 400, "message": said}}).encode()
            else:
                time.sleep(self.server.seconds)
                status, reply = self.ask(body)
        with self.server.counting:
            self.server.now -= 1
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def ask(self, body: bytes) -> tuple[int, bytes]:
        behind = self.server.behind
        there = http.client.HTTPConnection(str(behind.hostname), behind.port, timeout=60)
        with closing(there):
            there.request("POST", self.path, body, {"content-type": "application/json"})
            answer = there.getresponse()
            return answer.status, answer.read()

    def handle(self) -> None:
        with suppress(OSError):  # who asked has gone
            super().handle()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with start(profile="clean") as running:
        yield running.base_url


@pytest.fixture
def server(simulator: str) -> Iterator[Slow]:
    with Slow(simulator) as slow:
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        yield slow
        slow.over.set()
        slow.shutdown()


Run = Callable[..., tuple[Result, Any]]


@pytest.fixture
def run(server: Slow, tmp_path: Path) -> Run:
    def asked(*flags: str) -> tuple[Result, Any]:
        folder = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        done = CliRunner().invoke(
            cli,
            ["run", "-m", "clean", "--base-url", server.url, "--probe", "echo", "--quiet",
             "--out", str(folder), *flags],
        )  # fmt: skip
        file = folder / "summary.json"
        return done, json.loads(file.read_text())["targets"][0] if file.is_file() else None

    return asked


def test_questions_wait_here_and_not_in_the_servers_queue(run: Run, server: Slow) -> None:
    done, target = run("--cases", "20", "--timeout", "20")
    assert done.exit_code == 0, done.output
    assert (target["judged"], target["unjudged"]) == (20, 0), done.output
    assert server.most <= QUEUE
    assert "try" not in done.output


def test_what_a_long_queue_lost_is_asked_again(run: Run, server: Slow) -> None:
    server.gathers = True
    done, target = run("--cases", "16", "--timeout", "3", "--concurrency", "16")
    assert server.most > QUEUE and target["calls"] > 16
    assert (target["judged"], target["unjudged"]) == (16, 0), done.output


def test_what_never_ends_is_lost_and_the_advice_says_what_helps(run: Run, server: Slow) -> None:
    server.seconds, server.endless = 0.2, 0.4
    done, target = run("--cases", "12", "--timeout", "1.5", "--concurrency", "2")
    lost = target["limits"]["timed_out"]
    assert lost >= 2 and lost == target["unjudged"], target["unjudged_reasons"]
    assert f"{lost} of 12 questions got no byte in 1.5 s" in done.output
    assert "try --concurrency auto --timeout 60" in done.output


def test_what_exceeds_the_window_is_told_and_can_be_left_out(run: Run, server: Slow) -> None:
    server.window = True
    done, target = run("--cases", "12")
    limits = target["limits"]
    assert limits["too_long"] == target["unjudged"] > 0
    assert all(r.startswith("longer than the model's window") for r in target["unjudged_reasons"])
    assert f"--max-input {limits['fits']} leaves such out" in done.output
    done, target = run("--cases", "12", "--max-input", str(limits["fits"]))
    assert (target["judged"], target["limits"]["too_long"]) == (12, 0), done.output


def test_prompts_that_cannot_fit_are_refused(run: Run, tmp_path: Path) -> None:
    tool = {"name": "say", "description": "x" * 60, "parameters": {"type": "object"}}
    (tmp_path / "tools.json").write_text(json.dumps([tool]))
    done, _ = run("--cases", "2", "--max-input", "20", "--tools", str(tmp_path / "tools.json"))
    assert done.exit_code == 2, done.output
    assert "no case's prompt fits into --max-input 20" in done.output


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--max-input", "0"], "--max-input 0: at least 1 is needed"),
        (["--rpm", "0"], "--rpm 0: requests a minute above 0"),
        (["--tpm", "nan"], "--tpm nan: tokens a minute above 0"),
        (["--concurrency", "many"], "neither a number nor auto"),
        (["--offer", "many"], "neither a number nor all"),
        (["--concurrency", "-3"], "--concurrency -3: at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, flags: list[str], said: str) -> None:
    done, _ = run("--cases", "2", *flags)
    assert done.exit_code == 2 and said in done.output, done.output
