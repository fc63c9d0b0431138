"""Runs and checks made by several processes: the same verdicts, budgets, and what is kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import needs

from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, RunFinished, VerdictReached
from toolfuzz.core.exchange import Exchange
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.resume import resumed_options
from toolfuzz.runs.run import run
from toolfuzz.runs.scenarios import scenarios
from toolfuzz.simulate import process as simulator

FAULTY = RunOptions(
    models=("sim/glm-4.7",), probes=("echo", "followup"), cases=8, seed=3, stream="both"
)


def without_clock(folder: Path) -> list[str]:
    """What a journal must hold whoever asked: times, ids and retries are the moment's."""

    def one(event: Event) -> str:
        match event:
            case ExchangeRecorded(exchange=x):
                return repr((x.case_id, x.turn, x.target, x.repeat, x.stream, x.request))
            case VerdictReached(verdict=v):
                return repr((v.case_id, v.target, v.repeat, v.stream, v.status, v.findings))
            case CaseDrawn(case=case):
                return repr(case)
        return type(event).__name__

    return sorted(map(one, read_journal(folder)))


def exchanges(folder: Path) -> list[Exchange]:
    return [e.exchange for e in read_journal(folder) if isinstance(e, ExchangeRecorded)]


async def test_a_budget_ends_all_workers_and_the_run_goes_on_to_the_same(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    await run(FAULTY.but(out=one))
    summary = await run(FAULTY.but(out=two, workers=2, max_calls=13))
    calls = sum(len(exchange.attempts) for exchange in exchanges(two))
    assert summary["budget"].startswith("--max-calls 13") and 8 < calls <= 13
    await run(resumed_options(two, max_calls=None, workers=1), resume=two)
    ended_twice = [RunFinished.__name__]
    assert without_clock(two) == sorted([*without_clock(one), *ended_twice])
    assert any("'fail'" in line for line in without_clock(one))
    assert max(exchange.turn for exchange in exchanges(two)) > 0


async def test_scenarios_are_drawn_by_processes_as_by_one() -> None:
    names = ("plan", "scope")
    options = RunOptions(models=("sim/clean",), probes=names, cases=2, level=3)
    one = [case async for case in scenarios(options, names)]
    two = [case async for case in scenarios(options.but(workers=2), names)]
    assert one == two and len(one) == 8


def children_of(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@needs.proc
def test_ctrl_c_ends_the_workers_and_keeps_what_was_answered(tmp_path: Path) -> None:
    with simulator.start(latency_ms=200) as simulated:
        folder, process = tmp_path / "run", asking(simulated.base_url, tmp_path)
        ended_by_ctrl_c(process, folder / JOURNAL_NAME)
    verdicts = [e.verdict for e in read_journal(folder) if isinstance(e, VerdictReached)]
    assert verdicts and all(verdict.status == "pass" for verdict in verdicts)


def asking(url: str, here: Path) -> "subprocess.Popen[str]":
    command = "run -m clean --cases 300 --concurrency 4 --workers 2 --quiet --out run --base-url"
    return subprocess.Popen(
        [sys.executable, "-m", "toolfuzz", *command.split(), url],
        cwd=here,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended_by_ctrl_c(process: "subprocess.Popen[str]", journal: Path) -> None:
    until = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"verdict-reached") >= 3):
        assert time.monotonic() < until
        time.sleep(0.05)
    workers = children_of(process.pid)
    assert len(workers) >= 2
    # As a terminal does it: to all of the group.
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert not any(map(alive, workers))
