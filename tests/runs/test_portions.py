"""What a portion's journal comes to, and what is believed of a folder."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_sources import case, target

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.watch import Count, Portion
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, RunFinished, RunStarted, VerdictReached
from toolfuzz.core.exchange import StreamMode
from toolfuzz.core.verdict import Finding, Status, Verdict
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.portions import (
    Asked,
    count_portion,
    portion_folder,
    read_portions,
    settings_of,
    state_of,
)

PLACE = {"number": 1, "era": 1, "baseline": 500, "margin": 0.0, "tools": ""}
STATUS: dict[str, Status] = {"+": "pass", "-": "fail", "?": "unjudged"}


def events(
    answers: str, *, size: int = 2, number: int = 1, streamed: str = "", end: str = "done"
) -> list[Event]:
    """A portion's events; ``+-?`` are answers that passed, failed, could not be judged."""
    mode: StreamMode = "both" if streamed else "plain"
    settings = {"cases": size, "monitor": PLACE | {"number": number}}
    found: list[Event] = [RunStarted(1.0 + number, "0", (target(stream=mode),), settings)]
    for n, answer in enumerate(answers):
        found.append(CaseDrawn(case(100 * number + n)))
        for stream, how in enumerate(answer + streamed[n : n + 1]):
            found.append(VerdictReached(verdict(100 * number + n, how, stream=bool(stream))))
    return [*found, RunFinished(9.0, end)] if end else found


def verdict(number: int, how: str, *, stream: bool) -> Verdict:
    finding = Finding("id-duplicate", "error", "structure", "")
    return Verdict(
        case(number).id, "m", 0, stream, STATUS[how], (finding,) if how == "-" else (),
        "no money" if how == "?" else None,
    )  # fmt: skip


def counted(answers: str, **how: Any) -> Asked:
    return count_portion(collect(events(answers, **how)), 7)


def test_the_first_are_regular_and_the_others_were_added() -> None:
    one = counted("-++--?")
    assert one.portion == Portion(2.0, Count(1, 2), Count(2, 3))
    assert (one.asked, one.failed, one.judged, one.unjudged) == (6, 3, 5, 1)
    assert (one.reasons, one.defects) == ({"no money": 1}, {"id-duplicate": 3})
    assert one.cases.split() == [case(100 + n).id for n in range(6)]
    assert one.finished and not one.given_up and one.size == 7


def test_a_question_that_is_asked_both_ways_is_one() -> None:
    one = counted("++-??", size=5, streamed="+--+?")
    assert (one.regular_judged, one.regular_failed, one.unjudged) == (4, 2, 1)
    assert one.defects == {"id-duplicate": 2} and one.reasons == {"no money": 1}


@pytest.mark.parametrize(
    ("answers", "outage"),
    [
        ("+" * 10 + "?" * 10, False),
        ("-" * 9 + "?" * 11, True),
        ("+" * 11 + "?" * 9, False),
        ("?", True),
        ("-", False),
    ],
)
def test_when_it_is_an_outage(answers: str, outage: bool) -> None:
    assert counted(answers).outage is outage


@pytest.mark.parametrize(
    ("end", "finished"), [("", False), ("interrupted", False), ("endpoint", True)]
)
def test_when_a_portion_is_finished(end: str, finished: bool) -> None:
    assert counted("++", end=end).finished is finished


@pytest.mark.parametrize(
    "settings",
    [
        {"cases": 3},
        {"cases": 3, "monitor": 7},
        {"cases": 0, "monitor": PLACE},
        {"cases": 10**9, "monitor": PLACE},
        {"cases": "3", "monitor": PLACE},
        {"cases": 3, "monitor": PLACE | {"number": -1}},
        {"cases": 3, "monitor": PLACE | {"margin": 2.0}},
    ],
)
def test_settings_that_are_no_portions(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="this is no portion of a monitor") as told:
        settings_of(RunStarted(1.0, "0", (target(),), settings))
    assert "move that portion's folder away" in str(told.value.hint)


def write(folder: Path, number: int, answers: str) -> None:
    with Journal(portion_folder(folder, number)) as journal:
        journal.append(events(answers, number=number))


def test_what_was_counted_is_not_read_again(tmp_path: Path) -> None:
    write(tmp_path, 1, "++-")
    write(tmp_path, 2, "+-")
    first, wrong = read_portions(tmp_path)
    assert wrong == "" and [one.failed for one in first] == [1, 1]
    known = [replace(one, weighed=True, log10=0.5, burst_failed=9) for one in first]
    (tmp_path / "monitor.json").write_text(json.dumps({"portions": state_of(known)}))
    assert read_portions(tmp_path) == (known, "")
    longer = portion_folder(tmp_path, 1) / "run.jsonl"
    held = longer.read_bytes()
    longer.write_bytes(held + held.splitlines(keepends=True)[-1])
    again, _ = read_portions(tmp_path)
    assert again[0] == replace(first[0], size=longer.stat().st_size)
    assert again[1] == replace(known[1], weighed=False), "what came after it is weighed again"


def test_what_was_never_begun_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, 1, "++")
    for number, held in ((2, b""), (3, b'{"event": "run-st')):
        portion_folder(tmp_path, number).mkdir()
        (portion_folder(tmp_path, number) / "run.jsonl").write_bytes(held)
    (tmp_path / "portions" / "notes").mkdir()
    portion_folder(tmp_path, 4).mkdir()
    assert [one.number for one in read_portions(tmp_path)[0]] == [1]


def test_a_portion_under_another_name(tmp_path: Path) -> None:
    write(tmp_path, 1, "++")
    portion_folder(tmp_path, 1).rename(portion_folder(tmp_path, 5))
    with pytest.raises(UsageError, match="0005 holds portion 1"):
        read_portions(tmp_path)
