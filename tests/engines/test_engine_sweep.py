"""Parsers through releases: simulated ones, a sweep that is killed and goes on, and its tables."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import needs
import pytest
from click.testing import CliRunner, Result
from made_xinference import build_environment, callers_here, make_xinference

from toolfuzz.cli import cli
from toolfuzz.core.case import JsonObject
from toolfuzz.engines import environment
from toolfuzz.report.sweep import sweep_markdown, sweep_rows
from toolfuzz.runs import sweep

RAISES = "1 / 0"
SWEEP = ["engines", "sweep", "xinference", "--parser", "qwen", "--workers", "1"]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path))
    monkeypatch.setattr(environment, "parser_python", lambda engine: sys.executable)
    return tmp_path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "open_callers", callers_here)


def swept(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*SWEEP, *arguments])


def test_a_sweep_is_a_run_for_each_parser_of_each_release(made: Path, here: None) -> None:
    make_xinference(made, "1.0.0", does="a b")
    make_xinference(made, "1.1.0", parser="other")
    make_xinference(made, "1.2.0")
    make_xinference(made, "1.3.0", does=RAISES)
    out, releases = made / "swept", ["--release", "1.3.0,1.0.0,1.1.0,1.2.0"]
    done = swept(*releases, "--cases", "2", "--out", str(out), "--json")
    assert done.exit_code == 0, done.stderr
    table = json.loads(done.stdout)
    cells = table["cells"]
    assert [(c["version"], c["state"], c["judged"]) for c in cells] == [
        ("1.0.0", "not tried", 0),
        ("1.1.0", "no parser", 0),
        ("1.2.0", "done", 4),
        ("1.3.0", "done", 4),
    ]
    assert "SyntaxError" in cells[0]["reason"]
    assert (cells[3]["rate"], *cells[3]["defects"]) == (0, "provider-refused-call")
    assert "provider-refused-call" not in cells[2]["defects"]
    assert (out / "table.md").read_text() == sweep_markdown(table)

    asked = {path: path.stat().st_mtime_ns for path in out.rglob("run.jsonl")}
    again = swept(*releases, "--cases", "2", "--out", str(out))
    assert again.stderr.count("(kept)") == len(asked) == 2
    assert {path: path.stat().st_mtime_ns for path in out.rglob("run.jsonl")} == asked
    other = swept(*releases, "--cases", "4", "--out", str(out))
    assert (other.exit_code, "a sweep with cases 2, not 4" in other.stderr) == (2, True)

    run = str(out / "1.3.0" / "qwen")
    done = CliRunner().invoke(cli, ["engines", "bisect", run, "--since", "1.2", "--offline"])
    assert "between 1.2.0 and 1.3.0 (1.2.0 is" in done.stdout, done.stderr


@needs.signals
def test_a_sweep_that_is_killed_leaves_nothing_behind_and_goes_on(made: Path, here: None) -> None:
    make_xinference(made, "1.2.0", does="__import__('time').sleep(0.1) or a")
    out = made / "swept"
    command = [*SWEEP, "--release", "1.2.0", "--cases", "8", "--out", str(out), "--quiet"]
    build_environment()
    with subprocess.Popen([sys.executable, "-m", "toolfuzz", *command]) as process:
        journal = out / "1.2.0" / "qwen" / "run.jsonl"
        while verdicts(journal) < 3:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    kept = verdicts(journal)
    time.sleep(0.5)
    assert verdicts(journal) in (kept, kept + 1)
    assert not (out / "table.json").exists()
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.stderr
    [cell] = json.loads((out / "table.json").read_text())["cells"]
    assert cell["judged"] + cell["skipped"] == 16
    assert kept < cell["judged"] <= verdicts(journal) <= cell["judged"] + 1


def verdicts(journal: Path) -> int:
    return journal.read_text().count('"verdict-reached"') if journal.exists() else 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "which releases?"),
        (["--release", "newest"], "'newest' is no version number"),
        (["--release", "1.0", "--since", "1.0"], "which releases?"),
        (["--release", "1.0", "--parser", "qwin"], "no model family's text is known"),
        (["--release", "1.0", "--out", os.curdir], "holds something else"),
    ],
)
def test_what_can_not_be_swept_is_said_in_a_line(
    made: Path, arguments: list[str], said: str
) -> None:
    done = swept(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def cell(version: str, parser: str, rate: float | None, **more: object) -> JsonObject:
    found = sweep.Cell(version, parser, "no parser" if rate is None else "done", rate=rate)
    figures: JsonObject = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return {**figures, "judged": 100, **more}


TABLE: JsonObject = {
    "engine": "sglang",
    "date": "2026-11-27",
    "cases": 50,
    "seed": 0,
    "cuts": [],
    "cells": [
        cell("0.4", "", None, state="not tried", reason="a | b"),
        cell("0.5", "glm45", 0.932, defects={"value-changed": 4, "args-concatenated": 2}),
        cell("0.5", "glm47", None),
        cell("0.6", "glm45", 0.932, defects={"value-changed": 4, "args-concatenated": 2}),
        cell("0.6", "glm47", 1.0, given_up=True),
    ],
}


def test_releases_in_a_row_that_agree_are_one_row() -> None:
    assert sweep_rows(TABLE) == [
        ("glm45", "0.4", "–", "–", "a | b"),
        ("glm45", "0.5 – 0.6", "93.2%", "100", "value-changed 4, args-concatenated 2"),
        ("glm47", "0.4", "–", "–", "a | b"),
        ("glm47", "0.5", "–", "–", "no such parser"),
        ("glm47", "0.6", "100.0%", "100 (given up)", "none"),
    ]
    assert sweep_rows({**TABLE, "cells": TABLE["cells"][:1]}) == [("", "0.4", "–", "–", "a | b")]


def test_the_markdown_has_a_table_of_releases_and_a_row_a_cell() -> None:
    lines = sweep_markdown(TABLE).splitlines()
    assert lines[0] == "sglang: 50 cases, seed 0, each plain and streamed; 2026-11-27."
    assert "| 0.5 | 93.2% `value-changed` | – |" in lines
    assert "| 0.6 | 93.2% `value-changed` | 100.0% |" in lines
    assert lines[-1] == "`0.4` was not tried: a \\| b"
    assert sum(line.startswith("| `glm4") for line in lines) == 3
