"""Whatever breaks, the exit code is a documented one, never a gate's 1, without a traceback."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli, explain
from toolfuzz.cli._broken import broken
from toolfuzz.core.errors import EXIT_BROKEN, UsageError

COMMANDS = [
    ("--help",),
    ("explain", "no-such-defect"),
    ("list", "probes"),
    ("no-such-command",),
]


def shell(words: tuple[str, ...], redirect: str, **env: str) -> subprocess.CompletedProcess[str]:
    line = f"{sys.executable} -m toolfuzz {' '.join(words)} {redirect}"
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=False, env={**os.environ, **env},
        encoding="utf-8", errors="replace",
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("stream", [">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_full_disk_behind_stdout(words: tuple[str, ...], stream: str) -> None:
    done = shell(words, stream)
    assert done.returncode in (0, 2, EXIT_BROKEN)
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    if stream == ">/dev/full" and done.returncode == EXIT_BROKEN:
        assert "No space left on device" in done.stderr


@pytest.mark.parametrize("stream", [">&-", ">&- 2>&-"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_closed_stdout(words: tuple[str, ...], stream: str) -> None:
    done = shell(words, stream)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_stdout_that_knows_few_characters(words: tuple[str, ...], encoding: str) -> None:
    done = shell(words, "", PYTHONIOENCODING=encoding)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


def test_a_disk_that_fills_during_a_run_is_one_line(tmp_path: Path) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "-m", "toolfuzz", "run", "-m", "sim/clean", "--cases", "60", "--quiet"],
        cwd=tmp_path, preexec_fn=small, capture_output=True, text=True, check=False,
        # Python writes bytecode as far as the limit goes, and can't read it the next time.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == EXIT_BROKEN, done.stderr
    assert done.stderr.startswith("error: File too large")
    assert "--resume" in done.stderr
    assert "Traceback" not in done.stderr


class PanicError(BaseException):
    """As extensions written in Rust raise them: no Exception."""


@pytest.mark.parametrize(
    "error",
    [
        TypeError("hostile \x1b[31m text\nsecond line"),
        RecursionError("maximum recursion depth exceeded"),
        PanicError("panicked"),
        ExceptionGroup("several", [ValueError("one"), KeyError("two")]),
        MemoryError(),
        EOFError("marshal data too short"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_mistake_of_ours_is_one_line_and_a_report(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    @click.command("explain")
    def breaks() -> None:
        raise error

    monkeypatch.setattr(explain, "explain", breaks)
    done = CliRunner().invoke(cli, ["explain"])
    assert done.exit_code == EXIT_BROKEN
    assert done.stderr.count("\n") == 2
    assert "\x1b[31m text" not in done.stderr
    if not isinstance(error, MemoryError):
        (report,) = tmp_path.glob("toolfuzz-*.txt")
        assert "Traceback" in report.read_text()
        assert str(report) in done.stderr
        assert report.stat().st_mode & 0o077 == 0


def test_an_error_for_people_stays_one_in_a_group() -> None:
    ours = UsageError("do this", "like that")
    assert broken(ExceptionGroup("x", [ValueError("y"), ExceptionGroup("z", [ours])])) is ours
