"""A packed journal is read wherever a plain one is, and a run goes on with it."""

import asyncio
import os
import shutil
from pathlib import Path

import needs
import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.core import inflate
from toolfuzz.core.errors import UsageError
from toolfuzz.runs.journal import Journal, find_journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.packing import pack, unpack
from toolfuzz.runs.reading import load_run, read_journal
from toolfuzz.runs.resume import resumed_options
from toolfuzz.runs.run import run


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packing") / "made"
    asyncio.run(run(RunOptions(models=("sim/glm-4.7",), cases=12, out=folder)))
    return folder


@pytest.fixture
def made(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "made"))


def cut(folder: Path) -> bytes:
    """Cut a run off in the middle of a line; return what is left of its journal."""
    journal = folder / "run.jsonl"
    journal.write_bytes(journal.read_bytes()[:100_000])
    return journal.read_bytes()


def test_it_is_smaller_and_says_the_same(made: Path) -> None:
    events, figures = list(read_journal(made)), load_run(made).of("sim/glm-4.7")
    said = [(v.case_id, v.findings) for v in figures]
    before, after = pack(made)
    packed = find_journal(made)
    assert (packed.name, packed.stat().st_size) == ("run.jsonl.zst", after)
    assert after < before / 8
    assert os.name == "nt" or packed.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in made.iterdir()) == ["run.jsonl.zst", "summary.json"]
    assert list(read_journal(made)) == list(read_journal(packed)) == events
    assert [(v.case_id, v.findings) for v in load_run(made).of("sim/glm-4.7")] == said


def test_it_may_be_packed_and_unpacked_while_it_is_read(made: Path) -> None:
    whole = list(load_run(made).verdicts)
    for change in (pack, unpack):
        reading = load_run(made)
        change(made)
        assert list(reading.verdicts) == whole


@pytest.mark.parametrize(
    "words",
    ["report made --json", "compare made --format md", "judge made", "show made", "bug made"],
)
def test_commands_print_the_same(made: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.parent)
    plain = CliRunner().invoke(cli, words.split())
    packed = CliRunner().invoke(cli, ["pack", "made"])
    assert packed.exit_code == 0, packed.output
    again = CliRunner().invoke(cli, words.split())
    assert (again.exit_code, again.stdout) == (plain.exit_code, plain.stdout)
    assert plain.exit_code == 0


def test_a_run_goes_on_with_it_plain(made: Path) -> None:
    left = cut(made)
    pack(made)
    summary = asyncio.run(run(resumed_options(made), resume=made))
    assert summary["targets"][0]["judged"] == 12
    assert not (made / "run.jsonl.zst").exists()
    whole = left[: left.rindex(b"\n") + 1]
    assert (made / "run.jsonl").read_bytes().startswith(whole)


def test_one_that_breaks_off_is_read_as_far_as_it_goes(made: Path) -> None:
    events = list(read_journal(made))
    pack(made)
    packed = made / "run.jsonl.zst"
    packed.write_bytes(packed.read_bytes()[:-200])
    read = list(read_journal(made))
    assert 0 < len(read) < len(events) and read == events[: len(read)]
    unpack(made)
    with Journal(made, resume=True) as journal:
        journal.append(events[len(read) :])
    assert list(read_journal(made)) == events


def test_a_broken_one_is_one_line(made: Path) -> None:
    pack(made)
    packed = made / "run.jsonl.zst"
    data = bytearray(packed.read_bytes())
    data[40:60] = bytes(20)
    packed.write_bytes(data)
    done = CliRunner().invoke(cli, ["report", str(made)])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: can't read {packed}: what is packed in it is broken")


def test_nobody_packs_what_is_being_written(made: Path) -> None:
    with Journal(made, resume=True), pytest.raises(UsageError, match="another toolfuzz"):
        pack(made)
    assert [path.name for path in made.iterdir() if "zst" in path.name] == []
    pack(made)
    with pytest.raises(UsageError, match="no plain journal"):
        pack(made)


def test_without_zstd_it_is_said(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(made)
    monkeypatch.setattr("toolfuzz.system.packed.zstd_module", lambda: None)
    done = CliRunner().invoke(cli, ["report", str(made)])
    assert (done.exit_code, done.stderr) == (
        2,
        "error: this is packed with zstd\n next: pip install 'toolfuzz[zstd]'\n",
    )


def test_what_others_packed_in_several_frames_is_read(made: Path) -> None:
    zstd = inflate.zstd_module()
    journal = made / "run.jsonl"
    events = list(read_journal(made))
    data = journal.read_bytes()
    parts = [zstd.compress(data[at : at + 9000]) for at in range(0, len(data), 9000)]
    (made / "run.jsonl.zst").write_bytes(b"".join(parts))
    journal.unlink()
    assert list(read_journal(made)) == events


def test_a_plain_one_without_a_whole_line_takes_no_packed_one_s_place(made: Path) -> None:
    events = list(read_journal(made))
    pack(made)
    (made / "run.jsonl").write_bytes(b'{"torn')
    with pytest.raises(UsageError, match="no plain journal"):
        pack(made)
    assert list(read_journal(made)) == events


@needs.limits
def test_where_it_cannot_be_unpacked_whole_the_packed_one_stays(tmp_path: Path) -> None:
    import resource

    (tmp_path / "run.jsonl").write_bytes(b"{}\n" * 500)
    pack(tmp_path)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most))
    try:
        with pytest.raises(OSError, match="too large"):
            unpack(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl.zst"]
    unpack(tmp_path)
    assert (tmp_path / "run.jsonl").read_bytes() == b"{}\n" * 500
