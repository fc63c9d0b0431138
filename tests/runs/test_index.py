import asyncio
import os
import pickle
from pathlib import Path

import pytest

from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.runs import index
from toolfuzz.runs.index import place_of
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.run import run


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A journal with right, wrong and unjudged replies, and a line that can't be read."""
    folder = tmp_path_factory.mktemp("made") / "run"
    models = ("sim/fault:object-as-json-string@0.5", "sim/glm-4.7")
    options = RunOptions(models=models, cases=12, stream="both", respell=True, out=folder)
    asyncio.run(run(options))
    first, *rest = (folder / JOURNAL_NAME).read_bytes().splitlines(keepends=True)
    return b"".join([first, b"{]\n", *rest])


@pytest.fixture
def path(tmp_path: Path, journal: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(index, "LARGE", 1)
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "run" / JOURNAL_NAME
    file.parent.mkdir()
    file.write_bytes(journal)
    return file


def figures(path: Path) -> tuple[JsonObject, list[object]]:
    run = load_run(path, keep_exchanges=True)
    exchanges = [(asked, run.exchanges[asked]) for asked in run.exchanges]
    return summarize(run), [list(run.verdicts), list(run.respelled), dict(run.cases), exchanges]


def columns(path: Path) -> list[Path]:
    return sorted((path.parent.parent / "cache" / "journals").glob("*"))


def test_what_is_kept_says_what_the_journal_says(path: Path) -> None:
    read = figures(path)
    [kept] = columns(path)
    made = kept.read_bytes()
    assert figures(path) == read
    assert kept.read_bytes() == made, "it was taken as it was"
    assert os.name == "nt" or kept.stat().st_mode & 0o777 == 0o600
    assert len(made) < path.stat().st_size / 10


def test_a_journal_that_went_on_is_read_again(path: Path) -> None:
    before, _ = figures(path)
    with path.open("ab") as file:
        file.write(b"no event\n")
    after, _ = figures(path)
    assert len(after["unread_lines"]) == len(before["unread_lines"]) + 1
    assert len(columns(path)) == 2


@pytest.mark.parametrize("spoilt", [b"", b"\x80\x05", pickle.dumps(5), b"cno_such\nthing\n."])
def test_what_cannot_be_taken_is_made_again(path: Path, spoilt: bytes) -> None:
    read = figures(path)
    [kept] = columns(path)
    kept.write_bytes(spoilt)
    assert figures(path) == read


def test_nothing_in_a_runs_folder_is_taken_for_it(path: Path) -> None:
    figures(path)
    assert [file.name for file in path.parent.iterdir()] == [JOURNAL_NAME]


def test_columns_of_few_journals_are_kept(path: Path, journal: bytes) -> None:
    for number in range(18):
        path.write_bytes(journal + b"more\n" * number)
        load_run(path)
    assert len(columns(path)) == 16


def test_a_run_leaves_its_own(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "own"
    asyncio.run(run(RunOptions(models=("sim/clean",), cases=4, out=out)))
    assert place_of(out / JOURNAL_NAME) in columns(path)
    own = figures(out)
    for kept in columns(path):
        kept.unlink()
    assert figures(out) == own


def test_small_journals_are_simply_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LARGE", path.stat().st_size + 1)
    figures(path)
    assert not columns(path)


def test_a_journal_that_is_gone_has_no_place(path: Path) -> None:
    path.unlink()
    assert place_of(path) is None
