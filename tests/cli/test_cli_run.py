"""The command line end to end, over real HTTP."""

import csv
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import needs
import pytest
from click.testing import CliRunner, Result
from llmock.testing import LLMockServer

import toolfuzz
from toolfuzz.cli import cli
from toolfuzz.generate import draw_cases
from toolfuzz.report.formats import format_names, name_of, report_format
from toolfuzz.simulate.process import start

SKILL = Path(__file__).parents[2] / "schemas" / "data_import.json"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [n for n in os.environ if n.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def test_the_case_that_started_this_project(tmp_path: Path) -> None:
    models = ["sim/claude-opus", "sim/minimax-m2.1", "sim/glm-4.7"]
    args = [a for m in models for a in ("-m", m)]
    done = toolfuzz_("run", *args, "--tools", str(SKILL), "--cases", "60", "--out", "run")
    assert done.exit_code == 0, done.output
    assert "simulated endpoints" in done.output
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    opus, minimax, glm = summary["targets"]
    assert (opus["rate"], minimax["rate"]) == (1.0, 1.0)
    assert opus["judged"] == 60
    assert all(t["simulated"] for t in summary["targets"])
    assert glm["rate"] < 0.9
    assert next(iter(glm["defects"])) == "object-as-json-string"
    assert "object-as-json-string · " in done.output
    again = toolfuzz_("report", "run", "--json")
    figures = json.loads(again.output)
    assert figures["targets"] == summary["targets"]


@pytest.mark.parametrize("api", ["openai-chat", "openai-responses", "anthropic-messages"])
def test_a_clean_endpoint_has_no_findings(api: str) -> None:
    done = toolfuzz_(
        "run", "-m", "sim/clean", "--format", api, "--both-streams", "--cases", "40", "--json"
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    target = summary["targets"][0]
    unasked = {skip["reason"].partition(" can't ask this: ")[2] for skip in summary["skipped"]}
    # What can't be asked is left out in both modes.
    assert target["judged"] == 80 - 2 * len(summary["skipped"])
    assert unasked <= {"a choice among some of the tools on offer", "a tool without input_schema"}
    assert target["defects"] == {}
    assert target["warnings"] == {}
    assert set(target["modes"]) == {"plain", "stream"}


def test_from_python(tmp_path: Path) -> None:
    result = toolfuzz.run(models=["sim/clean"], cases=10, out=tmp_path / "run", stream="stream")
    assert result["targets"][0]["passed"] == 10
    assert json.loads((tmp_path / "run" / "summary.json").read_text()) == result


@pytest.mark.parametrize("mode", ["--no-stream", "--stream"])
def test_a_foreign_server_that_invents_values(mode: str) -> None:
    """llmock invents values by type: what it sends is sound, what it says is not what was asked.

    It knows no patterns and no tuples, so among all features some of its values break the schema.
    """
    with LLMockServer() as server:
        url = server.base_url("openai")
        done = toolfuzz_(
            "run", "-m", "mock-model", "--base-url", url, "--cases", "50", "--probe", "echo", mode,
            "--out", "run", "--json",
        )  # fmt: skip
        plain = toolfuzz_(
            "run", "-m", "mock-model", "--base-url", url, "--cases", "50", "--probe", "echo", mode,
            "--feature", "integer", "--feature", "boolean", "--feature", "object", "--out", "plain",
            "--json",
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    target = json.loads(done.stdout)["targets"][0]
    assert target["judged"] == 50
    assert not target["simulated"]
    layers = {entry["layer"] for entry in target["defects"].values()}
    assert layers.isdisjoint({"wire", "stream", "arguments"})
    assert target["defects"]["value-changed"]["cases"] > 10
    values = json.loads(plain.stdout)["targets"][0]["defects"]
    # Where several tools are offered, it calls the first.
    assert {e["layer"] for slug, e in values.items() if slug != "wrong-tool"} == {"values"}


BAD_INPUT: list[tuple[list[str], int, str]] = [
    (["run", "-m", "glm-47"], 2, "glm-4.7"),
    (["run", "-m", "glm-4.7"], 2, "toolfuzz run -m sim/glm-4.7"),
    (["run", "-m", "sim/glm47"], 2, "glm-4.7"),
    (["run"], 2, "-m"),
    (["run", "-m", "sim/clean", "-m", "sim/clean"], 2, "twice"),
    (["run", "-m", "sim/clean", "--cases", "0"], 2, "--cases"),
    (["run", "-m", "sim/clean", "--repeat", "0"], 2, "--repeat"),
    (["run", "-m", "sim/clean", "--concurrency", "0"], 2, "--concurrency"),
    (["run", "-m", "sim/clean", "--param", "temperature"], 2, "KEY=VALUE"),
    (["run", "-m", "sim/clean", "--header", "X"], 2, "NAME: VALUE"),
    (["run", "-m", "sim/clean", "--ignore", "object-as-jsn"], 2, "object-as-json-string"),
    (["run", "-m", "sim/clean", "--probe", "ecco"], 2, "echo"),
    (["run", "-m", "sim/clean", "--feature", "nesting"], 2, "feature"),
    (["run", "-m", "sim/clean", "--tools", "nowhere.json"], 2, "nowhere.json"),
    (["run", "-m", "sim/clean", "--tools", "torn.json"], 2, "line 1"),
    (["run", "-m", "sim/clean", "--tools", "empty.json"], 2, "no tools"),
    (["run", "-m", "sim/clean", "--tools", "invalid.json"], 2, "/properties/n/type"),
    (["run", "-m", "sim/clean", "--out", "."], 2, "already exists"),
    (["run", "-m", "sim/clean", "--out", "torn.json/run"], 2, "can't write"),
    (["run", "-m", "x", "--base-url", "http://127.0.0.1:9/v1"], 4, "127.0.0.1"),
    (["run", "-m", "x", "--base-url", "127.0.0.1"], 2, "base URL"),
    (["run", "-m", "x", "--base-url", "http://127.0.0.1/\x1b"], 2, "base URL"),
    (["explain", "object-as-jsn-string"], 2, "object-as-json-string"),
    (["report", "nowhere"], 2, "nowhere"),
    (["judge", "torn.json"], 2, "could be judged"),
    (["judge", "nowhere.jsonl"], 2, "nowhere.jsonl"),
    (["serve", "--profile", "glm47"], 2, "glm-4.7"),
    (["rnu"], 2, "run"),
]


@pytest.mark.parametrize(
    ("args", "code", "words"), BAD_INPUT, ids=lambda v: " ".join(v) if isinstance(v, list) else ""
)
def test_bad_input(args: list[str], code: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "torn.json").write_text('{"tools": [')
    (tmp_path / "empty.json").write_text('{"tools": []}')
    bad = {"name": "f", "parameters": {"type": "object", "properties": {"n": {"type": "strng"}}}}
    (tmp_path / "invalid.json").write_text(json.dumps([bad]))
    before = sorted(tmp_path.iterdir())
    done = toolfuzz_(*args)
    assert done.exit_code == code, done.output
    assert words in done.stderr
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert sorted(tmp_path.iterdir()) == before, "nothing half-written"


def test_dry_run_asks_nobody() -> None:
    done = toolfuzz_("run", "-m", "sim/glm-4.7", "-m", "glm-4.7", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    simulated, real = json.loads(done.stdout)
    turns = sum(len(case.turns) for case in draw_cases(100))
    assert (simulated["cases"], simulated["requests"]) == (100, turns)
    assert turns > 110
    assert simulated["input_tokens"] > 10_000
    assert simulated["price_usd"] == 0
    assert real["price_usd"] > 0
    assert not Path("reports").exists()
    done = toolfuzz_(
        "run", "-m", "sim/clean", "--cases", "9", "--dry-run", "--json", "--price", "1,2"
    )
    (given,) = json.loads(done.stdout)
    tokens = given["input_tokens"], given["output_tokens"]
    assert given["price_usd"] == pytest.approx((tokens[0] + 2 * tokens[1]) / 1e6)


def test_the_key_reaches_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-indeed")
    with LLMockServer() as server:
        done = toolfuzz_(
            "run", "-m", "mock", "--base-url", server.base_url("openai"), "--cases", "5",
            "--header", "X-Team: also-secret", "--out", "run",
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    written = b"".join(p.read_bytes() for p in (tmp_path / "run").iterdir())
    assert b"very-secret" not in written
    assert b"also-secret" not in written


def run_process(*args: str, **kwargs: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "toolfuzz", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **kwargs,
    )


def wait_for(path: Path, lines: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and path.read_bytes().count(b"verdict-reached") >= lines:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} never held {lines} verdicts")


@needs.signals
def test_ctrl_c_keeps_what_was_paid_for(tmp_path: Path) -> None:
    process = run_process(
        "run", "-m", "sim/clean", "--cases", "100000", "--out", "run", "--concurrency", "2"
    )
    wait_for(tmp_path / "run" / "run.jsonl", 5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "interrupted" in output
    assert "go on with: toolfuzz run --resume run\n" in errors
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["targets"][0]["judged"] >= 5
    assert toolfuzz_("report", "run").exit_code == 0


class _Busy(http.server.BaseHTTPRequestHandler):
    """Asks everybody to come back in a minute."""

    status = 429

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(self.status)
        self.send_header("retry-after", "60")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@needs.signals
def test_ctrl_c_does_not_wait_for_a_server_that_wants_a_minute(tmp_path: Path) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        process = run_process("run", "-m", "m", "--base-url", url, "--out", "run", "--quiet")
        end = time.monotonic() + 60
        while not (tmp_path / "run" / "run.jsonl").exists() and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        # A minute would be too long for this; it takes a second or so.
        _, errors = process.communicate(timeout=40)
        server.shutdown()
    assert process.returncode == 130, errors
    assert "go on with: toolfuzz run --resume run" in errors


@needs.signals
def test_ctrl_c_does_not_wait_for_a_server_that_is_still_looked_for(tmp_path: Path) -> None:
    asked = threading.Event()

    class Broken(_Busy):
        status = 503

        def do_POST(self) -> None:
            super().do_POST()
            asked.set()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        process = run_process("run", "-m", "m", "--base-url", url, "--out", "run", "--quiet")
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=40)
        server.shutdown()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert not (tmp_path / "run").exists(), "nothing was asked yet"


@pytest.mark.parametrize("kind", ["models", "defects", "features", "probes", "profiles", "schemas"])
def test_lists(kind: str) -> None:
    assert toolfuzz_("list", kind).exit_code == 0
    rows = json.loads(toolfuzz_("list", kind, "--json").stdout)
    assert len(rows) >= 3


def test_explain_says_what_to_do() -> None:
    done = toolfuzz_("explain", "object-as-json-string")
    assert done.exit_code == 0
    assert "what to do" in done.output


@needs.signals
def test_an_interrupted_run_goes_on_where_it_stood(tmp_path: Path) -> None:
    process = run_process(
        "run", "-m", "sim/glm-4.7", "--cases", "200", "--out", "run", "--quiet",
        "--concurrency", "2", start_new_session=True,
    )  # fmt: skip
    journal = tmp_path / "run" / "run.jsonl"
    wait_for(journal, 5)
    # As a terminal does it: everything that belongs to the command gets the signal.
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=30) and process.returncode == 130
    first = json.loads((tmp_path / "run" / "summary.json").read_text())["targets"][0]
    assert first["unjudged"] == 0
    assert first["judged"] < 200
    journal.write_bytes(journal.read_bytes()[:-30])
    done = toolfuzz_("run", "--resume", "run", "--json", "--quiet")
    assert done.exit_code == 0, done.output
    target = json.loads(done.stdout)["targets"][0]
    assert target["judged"] == 200
    lines = map(json.loads, journal.read_text().splitlines())
    asked = [(x["case_id"], x["turn"]) for x in lines if x["event"] == "exchange-recorded"]
    assert len(asked) == target["calls"] > 200
    assert len(set(asked)) == len(asked), "nothing is asked twice"
    assert toolfuzz_("run", "--resume", "run", "--cases", "9").exit_code == 2
    assert toolfuzz_("run", "--resume", "nowhere").exit_code == 2


def whole(path: Path) -> bytes:
    """Return what stands in a file; of an archive, in all its members."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def test_the_simulator_is_known_by_any_address(tmp_path: Path) -> None:
    """Every report of a run over HTTP says that the simulator answered; so does a bug report."""
    out = tmp_path / "run"
    wanted = [arg for name in format_names() for arg in ("--report", name)]
    with start(profile="glm-4.7") as simulator:
        asked = ("-m", "any-name", "--base-url", simulator.base_url, "--cases", "30")
        done = toolfuzz_("run", *asked, "--out", str(out), *wanted)
    assert done.exit_code == 0, done.output
    assert "simulated endpoints" in done.output
    for name in format_names():
        made = out / name_of(report_format(name))
        files = [made] if made.is_file() else [path for path in made.rglob("*") if path.is_file()]
        assert files, name
        assert b"simulated" in b"".join(map(whole, files)).lower(), name
    rows = csv.DictReader((out / "verdicts.csv").read_text().splitlines())
    assert {(row["simulated"], row["nature"]) for row in rows} == {("true", "simulated")}
    bugs = toolfuzz_("bug", str(out), "--most", "1")
    assert bugs.exit_code == 0, bugs.output
    (report,) = (out / "bugs").glob("*.md")
    assert "Simulated endpoint: no model was asked" in report.read_text()
