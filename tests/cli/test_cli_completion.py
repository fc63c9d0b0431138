"""Shell completion, asked as a shell asks: a process, variables, words on stdout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolfuzz.judge.catalogue import defects
from toolfuzz.report.formats import format_names

# click's own script for bash needs a newer one than some systems have; this asks what it asks.
ASK = "from toolfuzz.cli import main; main()"


def completed(line: str, folder: Path) -> list[str]:
    """What bash is offered at the end of the line."""
    words = line.split(" ")
    env = {
        **os.environ,
        "_TOOLFUZZ_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, cwd=folder, check=True
    )
    assert "," in done.stdout, done.stdout + done.stderr
    return [row.partition(",")[2] for row in done.stdout.splitlines()]


def test_what_is_completed(tmp_path: Path) -> None:
    for name in ("monday", "tuesday"):
        (tmp_path / "reports" / name).mkdir(parents=True)
        (tmp_path / "reports" / name / "run.jsonl").touch()
    assert {"minimize", "monitor"} == set(completed("toolfuzz m", tmp_path))
    assert completed("toolfuzz show ", tmp_path) == ["reports/tuesday", "reports/monday"]
    assert "glm-4.7" in completed("toolfuzz run -m glm", tmp_path)
    assert "sim/glm-4.7" in completed("toolfuzz check -m sim/", tmp_path)


@pytest.mark.parametrize(
    ("line", "names"),
    [("toolfuzz explain ", set(defects())), ("toolfuzz run --report ", set(format_names()))],
)
def test_all_names_are_offered(line: str, names: set[str], tmp_path: Path) -> None:
    assert set(completed(line, tmp_path)) == names
