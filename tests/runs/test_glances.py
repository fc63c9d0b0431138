import asyncio
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolfuzz.analyze.ledger import Ledger
from toolfuzz.core.errors import UsageError
from toolfuzz.runs import glances, reading
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import take_in
from toolfuzz.runs.run import run


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's lines, and what else may stand there; it begins again, and ends in a torn line."""
    folder = tmp_path_factory.mktemp("made") / "run"
    models = ("sim/fault:object-as-json-string@0.5", "sim/glm-4.7")
    asyncio.run(run(RunOptions(models=models, cases=8, stream="both", respell=True, out=folder)))
    path = folder / JOURNAL_NAME
    first, *rest = path.read_bytes().splitlines(keepends=True)
    last = next(json.loads(line) for line in reversed(rest) if b'"verdict-reached"' in line)
    vast = {**last, "metrics": {**last["metrics"], "input_tokens": 10**30}}
    odd = [json.dumps({**vast, "repeat": n}).encode() + b"\n" for n in (1, 10**30)]
    long = json.dumps({**last, "repeat": 3, "reason": "x" * 5000}).encode() + b"\n"
    lines = [first, b"{]\n", b"\n", *rest, *odd, long, b"\xff\n", first, rest[0], b'{"event":"ver']
    path.write_bytes(b"".join(lines))
    return path


def taken_in(path: Path) -> tuple[bytes, list[str]]:
    ledger = Ledger()
    unread = take_in(ledger, path)
    ledger.questions.compact()
    return pickle.dumps(ledger), unread


@pytest.mark.parametrize("block", [700, 2**20])
def test_several_processes_read_what_one_reads(
    journal: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = taken_in(journal)
    assert len(alone[1]) > 4
    monkeypatch.setattr(glances, "MANY", 1)
    monkeypatch.setattr(glances, "_BLOCK", block)
    read = [length for length, _ in glances.glances(journal, journal.stat().st_size)]
    assert sum(read) == journal.read_bytes().rindex(b"\n") + 1
    assert taken_in(journal) == alone


def test_what_a_lost_process_leaves_is_read_here(
    journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than a pipe holds, so that none is through before it is lost.
    lines = journal.read_bytes().splitlines(keepends=True)[:-1]
    path = tmp_path / "long.jsonl"
    path.write_bytes(lines[0] + b"".join(lines[1:-2] * 40))
    alone = taken_in(path)
    monkeypatch.setattr(glances, "MANY", 1)
    monkeypatch.setattr(glances, "_BLOCK", path.stat().st_size // 2 + 1)
    started = []
    popen = glances.subprocess.Popen

    def noted(*command: object, **options: object) -> object:
        started.append(popen(*command, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(glances.subprocess, "Popen", noted)
    whole, given = glances.glances, []

    def cut(path: Path, end: int) -> Iterator[tuple[int, object]]:
        for n, line in enumerate(whole(path, end)):
            if n == 5:
                # The one that reads the second block.
                lost = started[min(1, len(started) - 1)]
                lost.kill()
                lost.wait()
            given.append(line)
            yield line

    monkeypatch.setattr(reading.glances, "glances", cut)
    assert taken_in(path) == alone
    assert 5 < len(given) < len(path.read_bytes().splitlines())


def test_a_file_that_is_no_journal_is_refused_as_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"no event\n" * 100)
    monkeypatch.setattr(glances, "MANY", 1)
    with pytest.raises(UsageError, match=r"x\.jsonl:1: not JSON"):
        taken_in(path)
