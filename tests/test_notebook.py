"""A real Jupyter kernel: its loop runs, results are tables, the stop button keeps what came."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import toolfuzz

pytest.importorskip("ipykernel", reason="the dev extra has it")
manager = pytest.importorskip("jupyter_client.manager", reason="the dev extra has it")

FAULT = "sim/fault:object-as-json-string@0.9"


class Kernel:
    """A kernel and what its cells show."""

    def __init__(self, process: Any, client: Any) -> None:
        self.process, self.client = process, client

    def begin(self, code: str) -> str:
        said: str = self.client.execute(code)
        return said

    def end(self, cell: str) -> tuple[str, str]:
        """Wait for a cell; return its HTML (or text), and the name of its error."""
        shown = error = ""
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != cell:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "execute_result":
                    shown = content["data"].get("text/html") or content["data"]["text/plain"]
                case "error":
                    error = content["ename"]
                case "status" if content["execution_state"] == "idle":
                    return shown, error

    def cell(self, code: str) -> str:
        shown, error = self.end(self.begin(code))
        assert error == "", error
        return shown


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    process, client = manager.start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    try:
        yield Kernel(process, client)
    finally:
        client.stop_channels()
        process.shutdown_kernel(now=True)


def test_a_notebook(kernel: Kernel, tmp_path: Path) -> None:
    shown = kernel.cell(f"""
import toolfuzz
from pydantic import BaseModel
class Config(BaseModel):
    env: str
class Save(BaseModel):
    config: Config
result = toolfuzz.run({FAULT!r}, tools=[Save], cases=6, out="run")
result""")
    assert shown.startswith("<p><b>") and "object-as-json-string (" in shown
    assert "&quot;env&quot;" in kernel.cell("result.failures")
    ran = kernel.cell("(await toolfuzz.arun('sim/clean', cases=3, out='again')).targets[0].passed")
    assert ran == "3"

    long = kernel.begin("toolfuzz.run('sim/clean', cases=3000, latency_ms=50, out='long')")
    journal = tmp_path / "long" / "run.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (
        journal.exists() and re.search(rb"verdict", journal.read_bytes())
    ):
        time.sleep(0.05)
    kernel.process.interrupt_kernel()
    assert kernel.end(long)[1] == "KeyboardInterrupt"
    assert 0 < toolfuzz.load(tmp_path / "long").targets[0].passed < 3000
    assert kernel.cell("1 + 1") == "2"
