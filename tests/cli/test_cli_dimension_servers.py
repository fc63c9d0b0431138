"""Servers that can't play scenarios to their end: a small window, no later turns."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.simulate.process import start

Refuse = Callable[[dict[str, Any]], str | None]


@contextmanager
def before(upstream: str, refuse: Refuse) -> Iterator[str]:
    """Serve what the upstream answers, but for requests that are refused with these words."""
    client = httpx.Client(base_url=upstream, timeout=30)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            words = refuse(json.loads(body))
            if words is None:
                kind = {"content-type": "application/json"}
                answer = client.post(self.path, content=body, headers=kind)
                status, content = answer.status_code, answer.content
            else:
                status, content = 400, json.dumps({"error": {"message": words}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return None

    with client, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def played(tmp_path: Path, refuse: Refuse, *args: str) -> dict[str, Any]:
    with start() as upstream, before(upstream.base_url.removesuffix("/v1"), refuse) as url:
        done = CliRunner().invoke(
            cli,
            ["run", "-m", "clean", "--base-url", f"{url}/v1", "--out", str(tmp_path / "run"),
             "--json", "--quiet", *args],
            prog_name="toolfuzz",
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    target: dict[str, Any] = json.loads(done.stdout)["targets"][0]
    return target


def small_window(body: dict[str, Any]) -> str | None:
    """What a long talk runs into, and a short one doesn't."""
    if sum(message["role"] == "assistant" for message in body["messages"]) < 4:
        return None
    return "This model's maximum context length is 2048 tokens. Please reduce the length."


def test_a_window_that_is_too_small_leaves_scenarios_unjudged(tmp_path: Path) -> None:
    target = played(tmp_path, small_window, "--probe", "plan,scope", "--level", "3", "--cases", "2")
    plan, scope = target["dimensions"]["plan"], target["dimensions"]["scope"]
    assert plan["unjudged"] > 0 and plan["broken"] == 0
    assert plan["success"]["judged"] + plan["unjudged"] == 2
    (reason,) = plan["unjudged_reasons"]
    assert reason.startswith("longer than the model's window: HTTP 400")
    assert (scope["unjudged"], scope["success"]["rate"]) == (0, 1.0)


def one_turn(body: dict[str, Any]) -> str | None:
    later = any(message["role"] == "tool" for message in body["messages"])
    return "messages: role 'tool' is not supported" if later else None


def test_a_server_without_later_turns_is_no_failure_of_the_model(tmp_path: Path) -> None:
    target = played(tmp_path, one_turn, "--probe", "plan", "--level", "3", "--cases", "2")
    plan = target["dimensions"]["plan"]
    # Whether it is known to be the server's fault depends on what else it answered meanwhile.
    assert (plan["success"]["judged"], plan["unjudged"]) == (0, 2)
    assert plan["success_with_broken"]["judged"] == plan["broken"]
    assert target["defects"].keys() <= {"request-refused", "pairing-rejected"}
