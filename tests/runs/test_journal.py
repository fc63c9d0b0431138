import json
import os
from dataclasses import replace
from pathlib import Path

import needs
import pytest

from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.reading import load_run, read_journal

CASE = Case(
    origin="generated",
    probe="echo",
    features=("object",),
    tools=(Tool("save", "Save it.", {"type": "object", "properties": {"n": {}}}),),
    turns=(
        Turn(
            (Message("user", "Call save with n = 9007199254740993 \u2028 é"),),
            Expectation("calls", (ExpectedCall("save", {"n": 9007199254740993}),)),
        ),
    ),
)
ATTEMPT = Attempt(
    started=1.5,
    first_byte_ms=2.0,
    total_ms=3.0,
    status=200,
    headers={"content-type": "application/json"},
    chunks=((2.0, b'{"caf\xc3'), (3.0, b'\xa9": 1}')),
)
BROKEN = Attempt(1.5, None, 3.0, None, {}, ((2.5, b"\xff\xfe"),), error="ReadError: gone")
EVENTS: list[Event] = [
    RunStarted(1.0, "0.1.0", (Target("sim/clean", "sim", "clean", "openai-chat"),), {"cases": 1}),
    CaseSkipped("save", "/properties/n", "no value fits"),
    CaseDrawn(CASE),
    ExchangeRecorded(Exchange(CASE.id, 0, "sim/clean", 0, True, {"model": "x"}, (BROKEN, ATTEMPT))),
    VerdictReached(
        Verdict(
            CASE.id,
            "sim/clean",
            0,
            True,
            "fail",
            (
                Finding(
                    "value-changed", "error", "values", "differs", 0, "/n", expected=1, actual=2
                ),
            ),
        )
    ),
    RunFinished(9.0),
]


def written(folder: Path) -> Path:
    with Journal(folder) as journal:
        journal.append(EVENTS)
    return journal.path


def test_every_event_survives(tmp_path: Path) -> None:
    assert list(read_journal(written(tmp_path / "run").parent)) == EVENTS


def test_bytes_survive_even_when_they_are_not_text(tmp_path: Path) -> None:
    events = list(read_journal(written(tmp_path / "run")))
    exchange = next(e.exchange for e in events if isinstance(e, ExchangeRecorded))
    assert exchange.attempts[0].body == b"\xff\xfe"
    assert exchange.last.chunks == ATTEMPT.chunks


@pytest.mark.parametrize("cut", [1, 20, 400])
def test_a_torn_last_line_is_left_out(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path / "run")
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert list(read_journal(path)) == EVENTS[: whole[:-cut].count(b"\n")]


BAD_LINES = [
    (b'{"event": "case-dra', "not JSON: Invalid control character at"),
    (b'{"event": "verdict-reached"}', "a broken verdict-reached line"),
    (b'"\xff\xfe"', "not UTF-8 text"),
    (b"[" * 100_000, "nested deeper than can be read"),
    (b'{"event": "of-tomorrow"}', "unknown journal event"),
]


@pytest.mark.parametrize(("line", "why"), BAD_LINES, ids=lambda v: v if isinstance(v, str) else "")
def test_a_bad_line_costs_itself_and_is_named(tmp_path: Path, line: bytes, why: str) -> None:
    path = written(tmp_path / "run")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], line + b"\n", *lines[2:]]))
    unread: list[str] = []
    assert list(read_journal(path, unread)) == EVENTS
    (said,) = unread
    assert said.startswith(f"3: {why}")
    run = load_run(path)
    assert run.unread == (said,) and len(run.verdicts) == 1
    assert summarize(run)["unread_lines"] == [said]


def test_what_belongs_to_a_lost_case_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "run")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"{torn\n", *lines[3:]]))
    run = load_run(path)
    assert (len(run.cases), len(run.verdicts), len(run.unread)) == (0, 0, 1)


def test_nobody_else_may_write_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with Journal(folder) as journal:
        journal.append(EVENTS[:3])
        with pytest.raises(UsageError, match="another toolfuzz is writing"):
            Journal(folder, resume=True)
        journal.append(EVENTS[3:])
    assert list(read_journal(folder)) == EVENTS
    with Journal(folder, resume=True):
        pass


@needs.modes
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_it_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        path = written(tmp_path / "run")
        write_json(path.with_name("summary.json"), {})
    finally:
        os.umask(before)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("torn", [b"", b'{"event":', b"x" * 100_000], ids=len)
def test_going_on_drops_a_torn_line(tmp_path: Path, torn: bytes) -> None:
    path = written(tmp_path / "run")
    with path.open("ab") as file:
        file.write(torn)
    with Journal(path.parent, resume=True) as journal:
        journal.append(EVENTS[-1:])
    unread: list[str] = []
    assert list(read_journal(path, unread)) == [*EVENTS, EVENTS[-1]]
    assert unread == []


def test_going_on_after_the_first_line_was_torn(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(b'{"event": "run-st')
    with Journal(tmp_path, resume=True) as journal:
        journal.append(EVENTS)
    assert list(read_journal(path)) == EVENTS


def test_a_torn_line_is_looked_for_from_the_end(tmp_path: Path) -> None:
    path, size = written(tmp_path / "run"), 2**36
    with path.open("rb+") as file:
        # A file with a hole: nobody could read all of it here.
        file.seek(size)
        file.write(b"\n" + b"x" * 70_000)
    with Journal(path.parent, resume=True):
        assert path.stat().st_size == size + 1
    path.unlink()


def test_it_is_forced_to_the_disk_once_a_second_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, synced, fsync = [100.0], [], os.fsync
    monkeypatch.setattr("time.monotonic", lambda: clock[0])

    def sync(file: int) -> None:
        synced.append(round(clock[0] - 100, 1))
        fsync(file)
        clock[0] += 0.1 if len(synced) == 2 else 0

    monkeypatch.setattr("os.fsync", sync)
    with Journal(tmp_path / "run") as journal:
        for _ in range(8):
            journal.append(EVENTS[:1])
            clock[0] += 0.4
    # The second took a tenth of a second, so the next may come two seconds later.
    assert synced == [0.0, 1.2, 3.3]
    journal.close()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1]", "run.jsonl:1"),
        ('{"event": "party"}', "unknown journal event 'party'"),
        ('{"event": "run-started", "format_version": 99, "targets": []}', "another version"),
        ('{"event": "run-finished"}', "broken run-finished line"),
    ],
)
def test_a_foreign_file_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        list(read_journal(path))


def test_an_existing_folder_is_never_written_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already exists"):
        Journal(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="can't write"):
        Journal(tmp_path / "file" / "run")


def test_one_line_an_event(tmp_path: Path) -> None:
    lines = written(tmp_path / "run").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == [
        "run-started",
        "case-skipped",
        "case-drawn",
        "exchange-recorded",
        "verdict-reached",
        "run-finished",
    ]


def test_ids_of_an_earlier_version_stay(tmp_path: Path) -> None:
    path = written(tmp_path / "run")
    path.write_text(path.read_text().replace(CASE.id, "0123456789abcdef"))
    drawn = next(e.case for e in read_journal(path) if isinstance(e, CaseDrawn))
    assert drawn.id == "0123456789abcdef"


def test_a_journal_that_was_appended_to_itself_counts_once(tmp_path: Path) -> None:
    path = written(tmp_path / "run")
    once = summarize(load_run(path))
    path.write_bytes(path.read_bytes() * 2)
    twice = summarize(load_run(path))
    said = f"{len(EVENTS) + 1}: the run begins again; what stands here twice counts once"
    assert twice.pop("unread_lines") == [said]
    assert once.pop("unread_lines") == []
    assert twice == once


def test_a_journal_that_another_was_appended_to_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "run")
    with Journal(tmp_path / "other") as other:
        other.append([replace(EVENTS[0], started=2.0), *EVENTS[1:]])
    path.write_bytes(path.read_bytes() + other.path.read_bytes())
    with pytest.raises(UsageError, match="holds two runs") as caught:
        load_run(path)
    assert "second run-started line" in str(caught.value.hint)
