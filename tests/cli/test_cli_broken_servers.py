"""Servers that break, in front of the simulator: figures, gate and exit code."""

import hashlib
import http.client
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.simulate.process import start

Breaks = Callable[[bytes, int], bool]
"""Whether a request is broken, by its body and how many came before."""


def four_in_ten(body: bytes, before: int) -> bool:
    """Always the same questions: 38% of them."""
    return hashlib.sha256(body).digest()[0] < 0.38 * 256


@contextmanager
def broken(breaks: Breaks, *, dies_after: int | None = None) -> Iterator[str]:
    """Serve the clean simulator behind a proxy that breaks some requests; give its base URL."""
    with start(profile="clean") as simulator:
        behind = urlsplit(simulator.base_url)
        counted = threading.Lock()
        seen = 0

        class Proxy(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                nonlocal seen
                body = self.rfile.read(int(self.headers["content-length"]))
                with counted:
                    before, seen = seen, seen + 1
                if dies_after is not None and before >= dies_after:
                    self.close_connection = True
                elif breaks(body, before):
                    self.answer(500, b'{"error": {"message": "grammar: stack overflow"}}')
                else:
                    self.answer(*self.ask(body))

            def ask(self, body: bytes) -> tuple[int, bytes]:
                there = http.client.HTTPConnection(str(behind.hostname), behind.port, timeout=60)
                with closing(there):
                    there.request("POST", self.path, body, {"content-type": "application/json"})
                    reply = there.getresponse()
                    return reply.status, reply.read()

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                # So that the test need not wait for the usual pauses.
                self.send_header("retry-after", "0.3")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
            server.shutdown()


def run(url: str, folder: Path, *flags: str) -> tuple[Result, dict]:
    arguments = ["run", "-m", "clean", "--base-url", url, "--cases", "60", "--quiet"]
    done = CliRunner().invoke(
        cli, [*arguments, "--fail-under", "0.9", "--out", str(folder), *flags]
    )
    summary = json.loads((folder / "summary.json").read_text())
    return done, summary["targets"][0]


def test_a_server_that_breaks_on_some_questions_fails_them(tmp_path: Path) -> None:
    with broken(four_in_ten) as url:
        done, target = run(url, tmp_path / "run")
    assert done.exit_code == 1, done.output
    assert target["defects"]["server-error"]["replies"] > 10
    assert target["rate"] < 0.8
    assert "stack overflow" in done.output


def test_a_server_that_breaks_every_first_attempt_is_said_to(tmp_path: Path) -> None:
    seen: set[bytes] = set()

    def first(body: bytes, before: int) -> bool:
        new = body not in seen
        seen.add(body)
        return new and before > 1

    with broken(first) as url:
        done, target = run(url, tmp_path / "run")
    assert target["rate"] == 1.0
    assert target["first_attempt"] < 0.1
    assert "at the first attempt, 100.0% after retries" in done.output


def test_a_server_that_dies_passes_no_gate(tmp_path: Path) -> None:
    with broken(lambda body, before: False, dies_after=40) as url:
        done, target = run(url, tmp_path / "run", "--cases", "120", "--concurrency", "40")
    assert done.exit_code == 3, done.output
    assert target["rate"] == 1.0 and target["unjudged"] > 20
    assert "server-error" not in target["defects"]
