"""The plugin, in a pytest of its own."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = """{"name": "save", "description": "Save it.", "parameters": {"type": "object",
"properties": {"n": {"type": "integer"}, "to": {"type": "object", "properties":
{"path": {"type": "string"}}, "required": ["path"]}}, "required": ["n", "to"]}}"""

# `sim/…` answers from a thread, as in our own tests: no process for each model and test.
CONFTEST = """
import os
from contextlib import contextmanager
from toolfuzz.simulate import process

@contextmanager
def start(*, latency_ms=0, seed=0, meanwhile=lambda: None):
    from toolfuzz.simulate.thread import in_thread

    meanwhile()
    with in_thread(latency_ms=latency_ms, seed=seed) as server:
        yield process.Simulator(server.url, os.getpid())

process.start = start
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tools.json").write_text(f"[{TOOL}]")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    return tmp_path


def pytest_(project: Path, *args: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "toolfuzz.pytest_plugin", "-rs", "-v", *args],
        cwd=project,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_fixture_is_a_run_on_each_model(project: Path) -> None:
    (project / "test_it.py").write_text(
        """
import pytest

def test_rate(toolfuzz_run):
    assert toolfuzz_run.target["judged"] == 40
    assert (toolfuzz_run.folder / "run.jsonl").exists()
    toolfuzz_run.require(0.9)

@pytest.mark.toolfuzz(cases=20, fail_under=0.5)
def test_marked(toolfuzz_run):
    assert toolfuzz_run.target["judged"] == 20
"""
    )
    code, shown = pytest_(
        project, "--toolfuzz-model", "sim/clean", "--toolfuzz-tools", "tools.json",
        "--toolfuzz-model", "sim/fault:object-as-json-string@0.9", "--toolfuzz-cases", "40",
    )  # fmt: skip
    assert code == 1, shown
    assert "2 passed" in shown
    assert "test_rate[sim/clean] PASSED" in shown
    assert "test_rate[sim/fault:object-as-json-string@0.9] FAILED" in shown
    assert "test_marked[sim/fault:object-as-json-string@0.9] ERROR" in shown
    assert "found: object-as-json-string (" in shown
    assert "tools that fail: " in shown
    assert "Traceback" not in shown


def test_a_test_is_added_when_there_is_none(project: Path) -> None:
    args = ("--toolfuzz-tools", "tools.json", "--toolfuzz-cases", "80")
    code, shown = pytest_(project, "--toolfuzz-model", "sim/clean", *args)
    assert code == 0, shown
    assert "toolfuzz[sim/clean]" in shown
    assert "1 passed" in shown


def test_without_a_model_nothing_is_asked(project: Path) -> None:
    (project / "test_it.py").write_text(
        "def test_rate(toolfuzz_run): raise AssertionError\ndef test_other(): pass\n"
    )
    code, shown = pytest_(project)
    assert code == 0, shown
    assert "1 passed, 1 skipped" in shown
    assert "no --toolfuzz-model was given" in shown


def test_a_mistake_is_said_in_words(project: Path) -> None:
    code, shown = pytest_(project, "--toolfuzz-model", "sim/claen")
    assert code == 1
    assert "clean" in shown
    assert "next: " in shown
    assert "Traceback" not in shown
    assert "another exception" not in shown


def test_it_costs_nothing_when_unused() -> None:
    code = (
        "import sys, toolfuzz.pytest_plugin; "
        "print([m for m in ('httpx', 'hypothesis', 'pydantic', 'scipy', 'click',"
        " 'toolfuzz.runs.run') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


CLIENT_TESTS = """
import httpx
import pytest

BODY = {"model": "m", "messages": [{"role": "user", "content": 'ping {"n": 1}'}]}
BODY["tools"] = [{"type": "function", "function": {"name": "ping"}}]


def post(server):
    return httpx.post(server.url + "/chat/completions", json=BODY, timeout=10)


@pytest.mark.toolfuzz_server("fault:http-429~1")
def test_marked(toolfuzz_server):
    assert [post(toolfuzz_server).status_code for _ in range(2)] == [429, 200]
    assert [asked.status for asked in toolfuzz_server.requests] == [429, 200]
    assert toolfuzz_server.requests[1].calls == ("ping",)
    assert toolfuzz_server.requests[1].body == BODY


def test_the_next_one_begins_anew(toolfuzz_server):
    assert toolfuzz_server.requests == []
    assert post(toolfuzz_server).status_code == 200
    toolfuzz_server.use(script=[{"text": "Hello."}])
    assert post(toolfuzz_server).json()["choices"][0]["message"]["content"] == "Hello."


@pytest.mark.toolfuzz_server("fault:http-42")
def test_a_mistake(toolfuzz_server):
    pass
"""


def test_the_page_and_a_server_for_client_tests(project: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "ci.md").read_text(encoding="utf-8")
    runs, client = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    # As many cases as show that it goes.
    few = runs.replace("cases=300, fail_under=0.98", "cases=10, fail_under=0.5")
    assert few != runs
    (project / "test_page.py").write_text(few)
    (project / "test_page_client.py").write_text(client)
    (project / "test_client.py").write_text(CLIENT_TESTS)
    (command,) = re.findall(r"^\$ pytest (.*)$", page, re.MULTILINE)
    code, shown = pytest_(project, *shlex.split(command))
    assert code == 1, shown
    assert "6 passed, 1 error" in shown
    assert "did you mean http-429" in shown
    assert "Traceback" not in shown
