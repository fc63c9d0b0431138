"""A folder with a stranger's Python files: no process of ours imports them."""

import subprocess
import sys
from pathlib import Path

import pytest

from toolfuzz.runs.glances import glances

# What each of our processes imports soon.
NAMES = ("asyncio", "msgspec", "pydantic", "struct", "toolfuzz")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "strange"
    folder.mkdir()
    for name in NAMES:
        path = folder / f"{name}.py"
        path.write_text("open('imported', 'w').close()\nraise SystemExit('a stranger is here')\n")
    return folder


def test_a_run_with_its_simulator_its_workers_and_what_draws(folder: Path) -> None:
    """More than 300 cases are drawn by processes."""
    options = ["--cases", "301", "--workers", "2", "--max-calls", "4", "--quiet", "--out", "run"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "toolfuzz", "run", "-m", "sim/clean", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ended by --max-calls 4" in done.stderr
    assert not (folder / "imported").exists()


def test_the_processes_that_read_a_large_journal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    journal = folder / "run.jsonl"
    journal.write_bytes(b'{"event": "unknown"}\n' * 3)
    assert [length for length, _ in glances(journal, journal.stat().st_size)] == [21] * 3
    assert not (folder / "imported").exists()
