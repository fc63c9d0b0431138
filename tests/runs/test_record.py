"""A journal that goes on: what needn't be asked again, and with which options."""

from dataclasses import replace
from pathlib import Path

import needs
import pytest
from test_journal import CASE, EVENTS

from toolfuzz.core.case import Message, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Verdict
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.record import Record

BOTH = Target("sim/clean", "sim", "clean", "openai-chat", "both")
OPENING = RunStarted(1.0, "0.1.0", (BOTH,), {"cases": 1})


def verdict(status: str, *, stream: bool) -> VerdictReached:
    return VerdictReached(Verdict(CASE.id, BOTH.name, 0, stream, status))  # type: ignore[arg-type]


def test_a_case_asked_both_ways_is_answered_when_both_are_judged(tmp_path: Path) -> None:
    with Record(tmp_path / "run", OPENING) as record:
        record.append([CaseDrawn(CASE), verdict("pass", stream=False)])
        assert record.answered() == frozenset()
        record.append([verdict("unjudged", stream=True)])
        assert record.answered() == frozenset()
        record.append([verdict("fail", stream=True)])
        assert record.answered() == {(CASE.id, BOTH.name, 0)}


def test_the_bytes_stay_in_the_journal(tmp_path: Path) -> None:
    with Record(tmp_path / "run", OPENING) as record:
        record.append(EVENTS[2:-1])
        run = record.run()
    assert run.traffic[BOTH.name].calls == 2
    written = list(read_journal(tmp_path / "run"))
    assert [e for e in written if isinstance(e, ExchangeRecorded)] == [EVENTS[3]]


def test_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    with Record(tmp_path / "run", OPENING) as record:
        record.append([CaseDrawn(CASE), verdict("pass", stream=False)])
    with (tmp_path / "run" / "run.jsonl").open("a") as file:
        file.write('{"event": "verdict-rea')
    with Record(tmp_path / "run", replace(OPENING, started=2.0), resume=True) as record:
        assert [v.status for v in record.run().verdicts] == ["pass"]
        record.append([verdict("pass", stream=True)])
    started = [e for e in read_journal(tmp_path / "run") if isinstance(e, RunStarted)]
    assert started == [OPENING]


@pytest.mark.parametrize(
    "other",
    [
        replace(OPENING, settings={"cases": 2}),
        replace(OPENING, targets=(replace(BOTH, model="other"),)),
    ],
)
def test_other_options_are_refused(tmp_path: Path, other: RunStarted) -> None:
    with Record(tmp_path / "run", OPENING):
        pass
    with pytest.raises(UsageError, match="other options"):
        Record(tmp_path / "run", other, resume=True)


@needs.limits
def test_a_disk_that_was_full_tears_no_line(tmp_path: Path) -> None:
    """What could not be written whole is not there at all; what comes later is."""
    import resource

    long, short = (
        CaseDrawn(replace(CASE, turns=(Turn((Message("user", text),), CASE.turns[0].expect),)))
        for text in ("long " * 2000, "short")
    )
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Record(tmp_path / "run", OPENING) as record:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, most))
        try:
            with pytest.raises(OSError, match="too large"):
                record.append([long, short])
            record.append([CaseDrawn(CASE)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        record.append([long, short])
    assert list(read_journal(tmp_path / "run")) == [OPENING, CaseDrawn(CASE), long, short]


@needs.limits
def test_a_run_of_which_nothing_could_be_written_leaves_nothing(tmp_path: Path) -> None:
    """The same --out can be given once there is room."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
    try:
        with pytest.raises(OSError, match="too large"):
            Record(tmp_path / "run", OPENING)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    with Record(tmp_path / "run", OPENING):
        pass
    assert list(read_journal(tmp_path / "run")) == [OPENING]
