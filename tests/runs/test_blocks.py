"""A run's journal, judged in blocks and by other processes: what one process says of it."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.core.errors import UsageError
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings import journal as read_journal
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs import blocks, keeping
from toolfuzz.runs.blocks import Entry, journal_index, judge_blocks
from toolfuzz.runs.offline import judge_file
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.said import say


def toolfuzz_(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, list(map(str, args)), prog_name="toolfuzz")


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Faults and conversations in both modes, and what may have happened to a file since."""
    folder = tmp_path_factory.mktemp("judged") / "run"
    asked = ("-m", "sim/glm-4.7", "--cases", "12", "--both-streams", "--seed", "3")
    ran = toolfuzz_("run", *asked, "--probe", "echo", "--probe", "followup", "--out", folder)
    assert ran.exit_code == 0, ran.output
    path = folder / "run.jsonl"
    lines = path.read_text().splitlines()
    events = list(map(json.loads, lines))
    plain = [
        n
        for n, event in enumerate(events)
        if event["event"] == "exchange-recorded" and not event["stream"] and not event["turn"]
    ]
    refuse(events, plain[1])
    lines = list(map(json.dumps, events))
    # Python reads what is no JSON number.
    lines[plain[2]] = lines[plain[2]].replace('"request": {', '"request": {"x": NaN, ', 1)
    lines.append(lines.pop(plain[3]))
    lines.insert(plain[5], '{"event": "exchange-recorded", "case_id')
    lines.insert(plain[5], "")
    lines.insert(plain[6], '{"neither": "an event nor an exchange"}')
    path.write_text("\n".join(lines) + "\n")
    return path


def refuse(events: list[Any], place: int) -> None:
    """Let a question have been refused alone, as its verdict says."""
    asked = events[place]
    asked["attempts"][-1]["status"] = 400
    same = ("case_id", "target", "repeat", "stream")
    verdict = next(
        event
        for event in events
        if event["event"] == "verdict-reached" and all(event[n] == asked[n] for n in same)
    )
    finding = {"slug": "request-refused", "severity": "error", "layer": "wire", "message": "no"}
    verdict |= {"status": "fail", "findings": [finding]}


def by_one(journal: Path) -> list[Entry]:
    items = judge_file(journal, Policy())
    return [item if isinstance(item, BadEntry) else (say(item), None) for item in items]


class Here:
    """Calls in this process, of which those that begin first end last."""

    def __init__(self) -> None:
        self.under_way = self.most = self.calls = 0

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self.under_way += 1
        self.calls += 1
        self.most = max(self.most, self.under_way)
        for _ in range(3 * self.under_way):
            await asyncio.sleep(0)
        self.under_way -= 1
        return function(*arguments)


async def by_blocks(journal: Path, callers: Here, *, ahead: int) -> list[Entry]:
    with journal_index(journal) as index:
        assert index is not None
        judging = judge_blocks(index, Policy(), callers, ahead=ahead, keep=False)
        async with aclosing(judging) as entries:
            return [entry async for entry in entries]


@pytest.mark.parametrize("lines", [1, 10, 1000])
async def test_blocks_of_any_size_come_to_the_same(
    journal: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(blocks, "_LINES", lines)
    here = Here()
    found = await by_blocks(journal, here, ahead=3)
    assert found == by_one(journal)
    assert here.most == min(here.calls, 3)
    assert {1: here.calls > 10, 10: here.calls > 3, 1000: here.calls == 1}[lines]
    slugs = [f["slug"] for said, _ in said_in(found) for f in said.verdict["findings"]]
    assert "request-refused" in slugs and len(set(slugs)) > 1
    assert sum(isinstance(entry, BadEntry) for entry in found) == 2


def said_in(found: list[Entry]) -> list[Any]:
    return [entry for entry in found if not isinstance(entry, BadEntry)]


def test_two_processes_print_and_keep_what_one_does(journal: Path, tmp_path: Path) -> None:
    printed, kept = [], []
    for more in ((), ("--workers", "2")):
        out = tmp_path / f"out{len(more)}"
        done = toolfuzz_("judge", journal, "--json", "--out", out, "--strict", *more)
        assert done.exit_code == 0, done.output
        printed.append((done.stdout, done.stderr.replace(str(out), "OUT")))
        *lines, last = (out / "run.jsonl").read_text().splitlines()
        kept.append((lines, json.loads(last) | {"finished": 0}))
    assert printed[0] == printed[1]
    assert kept[0] == kept[1]
    assert "request-refused" in printed[0][0] and "2 bad lines" in printed[0][1]


def test_a_packed_journal_tells_the_same(journal: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "run.jsonl").write_bytes(journal.read_bytes())
    assert toolfuzz_("pack", packed).exit_code == 0
    assert by_one(packed / "run.jsonl.zst") == by_one(journal)
    assert asyncio.run(by_blocks(packed / "run.jsonl.zst", Here(), ahead=2)) == by_one(journal)


@pytest.mark.parametrize("text", ["", "{}\n", '{"id": "1", "request": {}, "response": {}}\n'])
def test_other_files_are_for_one_process(tmp_path: Path, text: str) -> None:
    (tmp_path / "e.jsonl").write_text(text)
    with (
        pytest.raises(UsageError, match="no journal of a run"),
        journal_index(tmp_path / "e.jsonl"),
    ):
        pass


def test_what_is_said_by_hand_is_for_one_process(journal: Path) -> None:
    done = toolfuzz_("judge", journal, "--workers", "2", "--expect-value", "/a=1")
    assert isinstance(done.exception, SystemExit) and done.exit_code == 2
    assert "without --workers" in done.stderr


def test_a_journal_that_is_not_there_is_said_by_one_process(tmp_path: Path) -> None:
    done = toolfuzz_("judge", tmp_path / "none.jsonl", "--workers", "2")
    assert done.exit_code == 2 and "can't read" in done.stderr


def test_what_was_read_long_ago_need_not_be_at_hand(
    journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All cases stand before all answers; one of them is at hand, and forty askings are."""

    def kept_of(path: Path, out: Path) -> tuple[str, list[tuple[object, ...]]]:
        done = toolfuzz_("judge", path, "--out", out)
        run = load_run(out)
        found = [(v.case_id, v.repeat, v.stream, v.status, v.findings) for v in run.verdicts]
        return done.stdout, sorted(found, key=repr)

    lines = journal.read_text().splitlines(keepends=True)
    drawn = [line for line in lines if line.startswith('{"event": "case-drawn"')]
    others = [line for line in lines if line not in drawn]
    early = tmp_path / "early.jsonl"
    early.write_text("".join((others[0], *drawn, *others[1:])))
    before = kept_of(early, tmp_path / "before")
    monkeypatch.setattr(read_journal, "_CASES", 1)
    monkeypatch.setattr(read_journal, "_MOST", 40)
    monkeypatch.setattr(keeping, "_MOST", 40)
    assert kept_of(early, tmp_path / "after") == before
