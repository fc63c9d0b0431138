"""Whatever breaks, the exit code is a documented one, never a gate's 1, without a traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import needs
import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli, explain
from toolfuzz.commands._broken import broken
from toolfuzz.core.errors import EXIT_BROKEN, EXIT_DISK, EXIT_INCONCLUSIVE, UsageError

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


@needs.full_disk
@pytest.mark.parametrize("stream", [">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_full_disk_behind_stdout(words: tuple[str, ...], stream: str) -> None:
    done = shell(words, stream)
    assert done.returncode in (0, 2, EXIT_DISK)
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    if stream == ">/dev/full" and done.returncode == EXIT_DISK:
        assert "No space left on device" in done.stderr


@needs.shell
@pytest.mark.parametrize("stream", [">&-", ">&- 2>&-"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_closed_stdout(words: tuple[str, ...], stream: str) -> None:
    done = shell(words, stream)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


@needs.shell
@pytest.mark.parametrize("encoding", ["ascii"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_stdout_that_knows_few_characters(words: tuple[str, ...], encoding: str) -> None:
    done = shell(words, "", PYTHONIOENCODING=encoding)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


@contextmanager
def small_disk(size: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no file of this process grow beyond ``size`` bytes."""
    # Python writes bytecode as far as the limit goes, and can't read it the next time.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def verdicts_in(journal: Path) -> int:
    return journal.read_text().count('{"event":"verdict-reached"')


KEEPING = [
    (
        "run -m sim/clean --cases 30 --out r",
        "run.jsonl",
        "what was answered is kept; go on with: toolfuzz run --resume r",
        "run --resume r",
    ),
    (
        "check -m sim/clean --baseline sim/clean --out r",
        "run.jsonl",
        "what was answered is kept; the same command with --out r --resume goes on",
        "check -m sim/clean --baseline sim/clean --out r --resume",
    ),
    (
        "monitor -m sim/clean --dir r --baseline-calls 20",
        "portions/0001/run.jsonl",
        "what was answered is kept; the same command goes on",
        "monitor -m sim/clean --dir r --baseline-calls 20",
    ),
]


@needs.limits
@pytest.mark.parametrize(("words", "journal", "said", "again"), KEEPING, ids=lambda v: v[:5])
def test_a_disk_that_fills_is_one_line_and_the_next_command_goes_on(
    words: str,
    journal: str,
    said: str,
    again: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    # Eight questions under way are told, turn by turn, before the first is judged.
    with small_disk(150_000, monkeypatch):
        full = CliRunner().invoke(cli, [*words.split(), "--quiet"])
    assert full.exit_code == EXIT_DISK, full.stderr
    assert full.stderr == f"error: File too large: r/{journal}\n next: mend that; {said}\n"
    kept = verdicts_in(tmp_path / "r" / journal)
    assert kept > 0
    done = CliRunner().invoke(cli, [*again.split(), "--quiet"])
    assert done.exit_code == 0, done.stderr
    assert verdicts_in(tmp_path / "r" / journal) > kept


@needs.limits
def test_what_was_only_read_leaves_nothing_when_the_disk_fills(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(
        cli, ["run", "-m", "sim/clean", "--cases", "12", "--out", "r", "--quiet"]
    )
    assert made.exit_code == 0
    with small_disk(60_000, monkeypatch):
        full = CliRunner().invoke(cli, ["judge", "r", "--out", "judged"])
    assert full.exit_code == EXIT_DISK
    assert full.stderr.endswith("error: File too large: judged/run.jsonl\n next: mend that\n")
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@needs.limits
def test_nothing_is_said_to_be_kept_where_nothing_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with small_disk(200, monkeypatch):
        full = CliRunner().invoke(
            cli, ["run", "-m", "sim/clean", "--cases", "3", "--out", "r", "--quiet"]
        )
    assert full.exit_code == EXIT_DISK
    assert full.stderr == "error: File too large: r/run.jsonl\n next: mend that\n"


@needs.shell
def test_a_reader_that_leaves_changes_no_outcome(tmp_path: Path) -> None:
    words = "run -m sim/clean --cases 5 --fail-under 0.9 --out r --report markdown"
    assert unread(words, tmp_path) == (EXIT_INCONCLUSIVE, "")
    names = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert names == ["report.md", "run.jsonl", "summary.json"]


@needs.shell
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_reader_that_leaves_is_no_error(tmp_path: Path, unbuffered: str) -> None:
    assert unread("explain no-call", tmp_path, PYTHONUNBUFFERED=unbuffered) == (0, "")


def unread(words: str, folder: Path, **env: str) -> tuple[int, str]:
    """Run a command whose output nobody reads; return its exit code and what came all the same."""
    line = f"{sys.executable} -m toolfuzz {words} 2>&1 | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, **env},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@needs.shell
def test_closed_streams_get_nothing_into_a_journal(tmp_path: Path) -> None:
    line = f"{sys.executable} -m toolfuzz run -m sim/clean --cases 5 --out r <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, check=False)
    assert done.returncode == 0
    for written in (tmp_path / "r" / "run.jsonl").read_text().splitlines():
        assert "event" in json.loads(written)


@needs.signals
def test_a_hangup_lets_a_run_end_and_has_a_code_of_its_own(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "toolfuzz", "run", "-m", "sim/clean", "--cases", "9999", "--out",
         "r", "--quiet"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    journal = tmp_path / "r" / "run.jsonl"
    while not (journal.exists() and verdicts_in(journal)):
        time.sleep(0.05)
    run.send_signal(signal.SIGHUP)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 129
    assert said.endswith("what was answered is kept; go on with: toolfuzz run --resume r\n")
    assert journal.read_text().splitlines()[-1].endswith('"reason":"interrupted"}')
    assert (tmp_path / "r" / "summary.json").exists()


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
        ValueError("sk-0123456789-0123456789 is no number"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_mistake_of_ours_is_one_line_and_a_report(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("SOME_KEY", "sk-0123456789-0123456789")

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
        assert "sk-0123456789" not in report.read_text() + done.stderr
        assert str(report) in done.stderr
        assert os.name == "nt" or report.stat().st_mode & 0o077 == 0


def test_an_error_for_people_stays_one_in_a_group() -> None:
    ours = UsageError("do this", "like that")
    assert broken(ExceptionGroup("x", [ValueError("y"), ExceptionGroup("z", [ours])])) is ours
