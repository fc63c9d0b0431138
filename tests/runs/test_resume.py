"""A run that was cut off goes on as it began."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.analyze.summary import summarize
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.report.tally import Tally
from toolfuzz.runs.journal import Journal, has_journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import load_run, read_journal
from toolfuzz.runs.resume import resumed_options
from toolfuzz.runs.run import run
from toolfuzz.simulate import process as simulator

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "x", "version": "1"},
    "paths": {
        "/a": {
            "post": {
                "operationId": "make",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"o": {"$ref": "#/components/schemas/O"}},
                                "required": ["o"],
                            }
                        }
                    },
                },
            }
        }
    },
    "components": {
        "schemas": {
            "O": {
                "type": "object",
                "properties": {"n": {"type": "integer"}},
                "required": ["n"],
            }
        }
    },
}


async def interrupted(options: RunOptions, after: int) -> None:
    stop, seen = asyncio.Event(), []

    def tell(event: Event) -> None:
        if isinstance(event, VerdictReached):
            seen.append(event)
            if len(seen) == after:
                stop.set()

    summary = await run(options, tell=tell, stop=stop)
    assert summary["finish_reason"] == "interrupted"


async def test_the_same_cases_in_the_same_spelling(tmp_path: Path) -> None:
    """With its $refs inlined a run has other cases: a resumed one must not draw both."""
    spec, folder = tmp_path / "api.json", tmp_path / "run"
    spec.write_text(json.dumps(OPENAPI))
    options = RunOptions(
        models=("sim/clean",), openapi=(str(spec),), inline_refs=True, cases=12, out=folder,
        timeout=77.0, concurrency=3, rpm=60_000.0, max_input=5000,
    )  # fmt: skip
    await interrupted(options, after=3)
    resumed = resumed_options(folder)
    assert resumed == options.but(out=None)
    tally = Tally()
    before = sum(line["event"] == "verdict-reached" for line in lines_of(folder))
    summary = await run(resumed, resume=folder, tell=tally.take)
    (one,) = tally.targets.values()
    assert 3 <= before < 12 and (tally.done, len(one.latest)) == (12, 12 - before)
    assert (summary["cases"], summary["targets"][0]["judged"]) == (12, 12)
    assert {view["passed"] for view in summary["clients"]["sim/clean"]} == {12}
    assert summary["finish_reason"] == "done"


def started(folder: Path, settings: dict[str, object]) -> Path:
    with Journal(folder) as journal:
        journal.append([RunStarted(1.0, "0", (), settings)])
    return folder


def test_headers_must_be_given_again(tmp_path: Path) -> None:
    options = RunOptions(models=("m",), headers={"X-Gate": "open", "X-Team": "a"})
    folder = started(tmp_path / "run", options.settings())
    with pytest.raises(UsageError, match="never keeps: X-Gate, X-Team"):
        resumed_options(folder)
    with pytest.raises(UsageError, match="never keeps: X-Team"):
        resumed_options(folder, headers={"x-gate": "open"})
    again = {"X-Gate": "open", "X-Team": "a"}
    assert resumed_options(folder, headers=again, timeout=3.0) == options.but(timeout=3.0)


def test_only_a_run_can_go_on(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no journal"):
        resumed_options(tmp_path)
    with pytest.raises(UsageError, match="not the folder of a run"):
        resumed_options(started(tmp_path / "study", {"study": "x"}))
    read = list(read_journal(tmp_path / "study"))
    assert isinstance(read[0], RunStarted)


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "run.jsonl").read_text().splitlines()]


async def test_a_conversation_that_was_cut_off_goes_on_in_the_middle(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    options = RunOptions(models=("sim/clean",), probes=("followup",), cases=3, out=folder)
    await run(options)
    whole = lines_of(folder)
    cut, headless, _ = [line["id"] for line in whole if line["event"] == "case-drawn"]

    def is_lost(line: dict[str, Any]) -> bool:
        """The end of one conversation, the beginning of another, and their verdicts."""
        lost = {cut: 1, headless: 0}.get(line.get("case_id", ""))
        return lost is not None and line.get("turn", lost) == lost

    kept = [line for line in whole if not is_lost(line) and line["event"] != "run-finished"]
    (folder / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    summary = await run(resumed_options(folder, max_tokens=100_000), resume=folder)
    target = summary["targets"][0]
    assert (target["passed"], target["judged"]) == (3, 3)
    new = [line for line in lines_of(folder)[len(kept) :] if line["event"] == "exchange-recorded"]
    asked = sorted((line["case_id"], line["turn"]) for line in new)
    assert asked == sorted([(cut, 1), (headless, 0), (headless, 1)])
    (told,) = summary["unread_lines"]
    assert told.startswith(f"case {headless}, sim/clean: its conversation begins with turn 2")
    ends = [line for line in lines_of(folder) if line["event"] == "verdict-reached"]
    tokens = {line["case_id"]: line["metrics"]["input_tokens"] for line in ends}
    before = {
        line["case_id"]: line["metrics"]["input_tokens"]
        for line in whole
        if line["event"] == "verdict-reached"
    }
    assert tokens == before, "the turns that were asked earlier count"
    paid = summary["spent"]
    assert paid["calls"] == 3 and 0 < paid["tokens"] < sum(before.values()), "but not as spent"


async def test_a_turn_that_was_lost_is_asked_again(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    options = RunOptions(models=("sim/clean",), probes=("followup",), cases=1, out=folder)
    await run(options)
    whole = lines_of(folder)
    kept = [line for line in whole if line["event"] in ("run-started", "case-drawn")]
    (first,) = (line for line in whole if line.get("turn") == 0)
    first["attempts"][-1].update(status=None, error="ConnectError: gone", body="", chunks=[])
    kept.append(first)
    (folder / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    summary = await run(resumed_options(folder), resume=folder)
    assert summary["targets"][0]["passed"] == 1
    new = [line for line in lines_of(folder)[len(kept) :] if line["event"] == "exchange-recorded"]
    assert [line["turn"] for line in new] == [0, 1]


async def test_of_a_conversation_that_is_killed_no_turn_is_asked_again(tmp_path: Path) -> None:
    """Killed as soon as a streamed answer is in the journal; the second turn takes a while."""
    folder = tmp_path / "run"
    with simulator.start(latency_ms=700) as simulated:
        killed_at_its_first_stream(simulated.base_url, folder)
        kept = exchanges_in(folder)
        assert {turn for _, turn, stream in kept if stream} == {0}
        assert not any(line.get("stream") for line in verdicts_in(folder))
        summary = await run(resumed_options(folder), resume=folder)
    assert summary["targets"][0]["passed"] == 8
    cases = {case_id for case_id, *_ in kept}
    assert len(cases) == 4
    assert sorted(exchanges_in(folder)) == sorted(
        (case_id, turn, stream) for case_id in cases for turn in (0, 1) for stream in (False, True)
    )
    assert len(verdicts_in(folder)) == 8, "what was judged is not judged anew"


def killed_at_its_first_stream(url: str, folder: Path) -> None:
    asked = "run -m clean --probe followup --cases 4 --concurrency 4 --both-streams --quiet"
    where = ["--base-url", url, "--out", str(folder)]
    command = [sys.executable, "-m", "toolfuzz", *asked.split(), *where]
    with subprocess.Popen(command, stdout=-3, stderr=-3) as process:
        while not any(stream for *_, stream in exchanges_in(folder)):
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()


def verdicts_in(folder: Path) -> list[dict[str, Any]]:
    return [line for line in lines_of(folder) if line["event"] == "verdict-reached"]


def exchanges_in(folder: Path) -> list[tuple[str, int, bool]]:
    """Whose turns were asked, as the journal tells it so far."""
    if not has_journal(folder):
        return []
    events = read_journal(folder)
    exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
    return [(exchange.case_id, exchange.turn, exchange.stream) for exchange in exchanges]


def test_what_was_hidden_must_be_given_again(tmp_path: Path) -> None:
    options = RunOptions(models=("m",), mcp=("KEY=abc server", "plain"), openapi=("a.yaml",))
    settings = options.settings()
    assert "abc" not in json.dumps(settings)
    with Journal(tmp_path / "run") as journal:
        journal.append([RunStarted(1.0, "0", (), settings)])
    with pytest.raises(UsageError, match="KEY=\\*\\*\\* server"):
        resumed_options(tmp_path / "run")
    with pytest.raises(UsageError, match="another server than then"):
        resumed_options(tmp_path / "run", mcp=("KEY=abc other", "plain"))
    again = resumed_options(tmp_path / "run", mcp=options.mcp)
    assert again == options


@pytest.mark.parametrize("lost", ["stream", "plain"])
async def test_of_two_modes_only_the_one_without_a_verdict_is_asked(
    tmp_path: Path, lost: str
) -> None:
    folder, streamed = tmp_path / "run", lost == "stream"
    options = RunOptions(
        models=("sim/clean",), probes=("echo",), stream="both", cases=4, out=folder
    )
    await run(options)
    whole = lines_of(folder)
    before = summarize(load_run(folder))
    cut = [line["id"] for line in whole if line["event"] == "case-drawn"][1]

    def is_lost(line: dict[str, Any]) -> bool:
        return line.get("case_id") == cut and line["stream"] == streamed

    kept = [line for line in whole if not is_lost(line) and line["event"] != "run-finished"]
    (folder / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    await run(resumed_options(folder), resume=folder)
    new = [line for line in lines_of(folder)[len(kept) :] if line["event"] == "exchange-recorded"]
    assert [(line["case_id"], line["stream"]) for line in new] == [(cut, streamed)]
    after = summarize(load_run(folder))
    for name in ("calls", "rate", "judged", "defects", "warnings"):
        assert after["targets"][0][name] == before["targets"][0][name]


async def test_what_was_cut_off_before_it_was_told_from_chance_is_asked_again(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "run"
    await run(RunOptions(models=("sim/glm-4.7",), stream="both", cases=6, out=folder))
    whole = lines_of(folder)
    before = summarize(load_run(folder))
    again = {line["case_id"] for line in whole if line.get("repeat", 0) < 0}
    kept = [
        line for line in whole if line.get("repeat", 0) >= 0 and line["event"] != "run-finished"
    ]
    for line in kept:
        if line["event"] == "verdict-reached" and line["stream"] and line["case_id"] in again:
            # What is said of a difference as long as nothing was asked again.
            doubt = {"slug": "stream-nonstream-divergence", "severity": "warn", "layer": "stream"}
            line["findings"].append({**line["findings"][0], **doubt})
    assert again
    (folder / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
    await run(resumed_options(folder), resume=folder)
    new = [line for line in lines_of(folder)[len(kept) :] if line["event"] == "exchange-recorded"]
    assert {(line["case_id"], line["repeat"] < 0) for line in new} == {(id, True) for id in again}
    after = summarize(load_run(folder))
    for name in ("calls", "rate", "judged", "defects", "warnings"):
        assert after["targets"][0][name] == before["targets"][0][name]
