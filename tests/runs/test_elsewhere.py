"""Runs that a worker makes: what is there is gone on with, and never taken away."""

from pathlib import Path

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.runs.elsewhere import run_in
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.summary import SUMMARY_NAME

OPTIONS = RunOptions(models=("sim/clean",), probes=("echo",), cases=1)


@pytest.mark.parametrize("line", ['{"event":"run-started","format_version":2}', '{"event":"?"}'])
async def test_what_cannot_be_gone_on_with_stays(tmp_path: Path, line: str) -> None:
    """It may be of a later release, or a stranger's; somebody may have paid for it."""
    (tmp_path / JOURNAL_NAME).write_text(line + "\n")
    with pytest.raises(UsageError):
        await run_in(OPTIONS, tmp_path)
    assert (tmp_path / JOURNAL_NAME).read_text() == line + "\n"


async def test_what_was_ended_before_its_first_line_is_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / JOURNAL_NAME).write_text('{"event":"run-sta')
    await run_in(OPTIONS, folder)
    assert (folder / SUMMARY_NAME).exists()
