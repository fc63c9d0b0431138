"""A broken file is read or refused; nothing else happens. The long version is in benchmarks."""

import random
from pathlib import Path

import pytest
from broken_files import KINDS, mutant
from fuzz_readers import MOST_MEGABYTES, outcome

from toolfuzz.runs.reading import load_run


@pytest.mark.parametrize("kind", KINDS)
def test_a_valid_file_is_read(kind: str, tmp_path: Path) -> None:
    valid = KINDS[kind].spelled(KINDS[kind].valid(random.Random(0)))
    assert outcome(kind, valid, tmp_path).said == "ok"


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    seen = [outcome(kind, mutant(kind, n, seed=1), tmp_path) for n in range(70)]
    assert {one.said for one in seen} <= {"ok", "refused"}
    # Processor time, so a busy machine doesn't count.
    assert max(one.seconds for one in seen) < 5
    assert max(one.megabytes for one in seen) < MOST_MEGABYTES


@pytest.mark.parametrize("kind", ["journal", "judged journal", "exchanges", "standard input"])
def test_a_line_without_end_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolfuzz.system.lines.LONGEST", 100_000)
    valid = KINDS[kind].spelled(KINDS[kind].valid(random.Random(0)))
    assert max(map(len, valid.splitlines())) < 100_000
    # What stands before it is judged all the same; a run is read whole or not at all.
    said = "refused" if kind == "journal" else "ok"
    assert outcome(kind, valid + b"x" * 200_000, tmp_path).said == said


def test_an_attempt_without_a_readable_body_spoils_its_own_line(tmp_path: Path) -> None:
    """A body that is no base64 text, no body, no attempts at all."""
    lines = KINDS["judged journal"].valid(random.Random(0))
    attempt = lines[-2]["attempts"][0]
    odd = [{**attempt, "body_base64": {}}, {**attempt, "body_base64": None, "chunks": None}]
    spoilt = [{**lines[-2], "attempts": [one]} for one in odd] + [{**lines[-2], "attempts": []}]
    broken = KINDS["journal"].spelled([*lines[:-2], *spoilt, lines[-1]])
    for kind in ("journal", "judged journal"):
        assert outcome(kind, broken, tmp_path).said == "ok"
    assert len(load_run(tmp_path / "run.jsonl").unread) == len(spoilt)
