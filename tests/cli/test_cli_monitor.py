"""``toolfuzz monitor`` over real HTTP: an endpoint that changes, fails, and is somebody else's."""

import asyncio
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import needs
import pytest
from click.testing import CliRunner, Result
from local_http import Handler

from toolfuzz.analyze.watch import USUAL
from toolfuzz.cli import cli
from toolfuzz.core.events import CaseDrawn, Event, VerdictReached
from toolfuzz.runs import monitor as monitor_module
from toolfuzz.runs import same_watch
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import read_journal
from toolfuzz.simulate.process import start

DAY = 86_400.0
CALLS, BASELINE = 8, 40
FAULT = "fault:object-as-json-string"


class Changing(ThreadingHTTPServer):
    """One address behind which the simulator answers as whatever ``profile`` says.

    ``gone``: it says that there is no credit instead, but to what tests the connection.
    """

    daemon_threads = True
    profile, gone, asked = "clean", False, 0

    def __init__(self, simulator: str) -> None:
        super().__init__(("127.0.0.1", 0), Relay)
        self.client = httpx.Client(base_url=simulator)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}/v1"


class Relay(Handler):
    server: Changing

    def post(self) -> None:
        body = json.loads(self.body())
        status, content, simulated = 402, b'{"error": {"message": "no credit"}}', "0"
        if body.get("tools"):
            self.server.asked += 1
        if not (self.server.gone and body.get("tools")):
            path = self.path.removeprefix("/v1")
            answer = self.server.client.post(path, json={**body, "model": self.server.profile})
            status, content = answer.status_code, answer.content
            simulated = answer.headers["x-toolfuzz-simulated"]
        self.answer(status, content, x_toolfuzz_simulated=simulated)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Changing]:
    with start() as simulator, Changing(simulator.base_url) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        server.client.close()


@dataclass
class Clock:
    """What the monitor takes for the time; a day passes with each portion."""

    now: float = 1_763_856_000.0

    def time(self) -> float:
        self.now += DAY
        return self.now


@pytest.fixture(scope="module")
def watched(endpoint: Changing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a baseline and one quiet portion."""
    folder = tmp_path_factory.mktemp("watched") / "w"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(monitor_module, "time", Clock())
        for outcome in ("baseline", "quiet"):
            done = monitor(endpoint, folder)
            assert done.exit_code == 0, done.output
            assert outcome.upper() in done.stdout
    return folder


@pytest.fixture
def folder(
    watched: Path, tmp_path: Path, endpoint: Changing, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of it, some days later."""
    monkeypatch.setattr(monitor_module, "time", Clock(1_763_856_000.0 + 10 * DAY))
    monkeypatch.setattr(endpoint, "profile", "clean")
    monkeypatch.setattr(endpoint, "gone", False)
    monkeypatch.setattr(endpoint, "asked", 0)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(watched, tmp_path / "w"))


def toolfuzz_(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


def monitor(endpoint: Changing, folder: Path, *args: object) -> Result:
    fixed = ("-m", "local", "--base-url", endpoint.base_url, "--dir", folder, "--quiet")
    usual = () if "--calls" in args else ("--calls", CALLS)
    probes = ("--probe", "echo", "--feature", "object", "--feature", "string")
    if not list(folder.glob("portions/*")):
        args = (*args, "--baseline-calls", BASELINE)
    return toolfuzz_("monitor", *fixed, *probes, *usual, *args)


def known(endpoint: Changing, folder: Path, *args: object) -> tuple[int, dict[str, Any]]:
    done = monitor(endpoint, folder, *args, "--json")
    assert done.stdout, done.output
    return done.exit_code, json.loads(done.stdout)


def test_a_fault_alarms_and_is_named(folder: Path, endpoint: Changing) -> None:
    code, result = known(endpoint, folder)
    assert (code, result["outcome"]) == (0, "quiet")
    endpoint.profile = FAULT
    done = monitor(endpoint, folder)
    assert done.exit_code == 1, done.output
    assert "ALARM  local (simulated) became worse" in done.stdout
    assert "What grew: object-as-json-string (0 of 56 → " in " ".join(done.stdout.split())
    kept = json.loads((folder / "monitor.json").read_text())
    last = kept["portions"][-1]
    assert kept["alarm"]["since"] == last["started"]
    assert last["asked"] > CALLS and last["burst_judged"] == last["asked"] - CALLS
    assert "object-as-json-string" in (folder / "monitor.html").read_text()

    endpoint.profile = "clean"
    code, result = known(endpoint, folder)
    assert (code, result["outcome"]) == (1, "alarm"), "it stands until somebody says so"
    assert result["portions"][-1]["asked"] == CALLS
    code, result = known(endpoint, folder, "--new-baseline", "--baseline-calls", 12)
    assert (code, result["outcome"], result["alarm"]) == (0, "baseline", None)
    assert result["baseline"]["judged"] == 12
    code, result = known(endpoint, folder)
    assert (code, result["outcome"]) == (0, "quiet")

    (folder / "monitor.json").unlink()
    _, again = known(endpoint, folder)
    assert again["portions"][:-1] == result["portions"], "each baseline is weighed by its own rule"

    ids = [
        event.case.id
        for path in folder.glob("portions/*")
        for event in read_journal(path)
        if isinstance(event, CaseDrawn)
    ]
    assert len(ids) == len(set(ids)) == sum(p["asked"] for p in again["portions"])


def test_an_outage_is_no_failure(folder: Path, endpoint: Changing) -> None:
    _, before = known(endpoint, folder)
    endpoint.gone = True
    code, result = known(endpoint, folder)
    assert (code, result["outcome"]) == (4, "outage")
    assert f"{CALLS} of {CALLS} answers could not be judged, mostly: " in result["reason"]
    assert "no credit" in result["reason"]
    weighed = [10 ** one["portions"][-1]["log10"] for one in (before, result)]
    assert weighed[1] == pytest.approx(weighed[0] + 1), "a beginning more, and no answer"
    assert "OUTAGE" in monitor(endpoint, folder).stdout
    endpoint.gone = False
    assert known(endpoint, folder)[0] == 0


def tools_file(tmp_path: Path, description: str) -> Path:
    path = tmp_path / "tools.json"
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    tool = {"name": "save", "description": description, "parameters": schema}
    path.write_text(json.dumps([tool]))
    return path


@pytest.mark.parametrize(
    ("args", "said", "next_step"),
    [
        (("-m", "other"), "monitor watches one model, not 2", "a --dir of its own"),
        (("--format", "anthropic-messages"), "the format openai-chat, not anthropic", "--dir"),
        (("--stream",), "begun with other options: stream", "--new-baseline"),
        (("--seed", 3, "--strict"), "begun with other options: seed, strict", "--new-baseline"),
        (("--baseline-calls", 30), "the folder's baseline is 40, not 30", "--new-baseline"),
        (("--margin", 0.03), "the folder's margin is 0, not 0.03", "--new-baseline"),
        (("--calls", 0), "--calls 0: at least 1 is needed", "try --calls 20"),
        (("--most-calls", 3), "a portion has 8 calls", "give at least 8"),
        (("--baseline-calls", 3), "at least a portion's 8 are needed", "--baseline-calls 500"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_folder(
    folder: Path, endpoint: Changing, args: tuple[object, ...], said: str, next_step: str
) -> None:
    refused(folder, endpoint, monitor(endpoint, folder, *args), said, next_step)


def refused(folder: Path, endpoint: Changing, done: Result, said: str, next_step: str) -> None:
    """One clear line and a next step, nothing asked, nothing written."""
    assert done.exit_code == 2, done.output
    error, hint = done.stderr.splitlines()
    assert said in error and next_step in hint
    assert endpoint.asked == 0
    assert len(list(folder.glob("portions/*"))) == 2


def test_a_folder_of_another_model(folder: Path, endpoint: Changing) -> None:
    done = toolfuzz_("monitor", "-m", "sim/clean", "--dir", folder)
    refused(folder, endpoint, done, "watches the model local, not sim/clean", "another --dir")


def test_scenarios_are_not_watched(folder: Path, endpoint: Changing) -> None:
    done = toolfuzz_("monitor", "-m", "local", "--probe", "plan", "--dir", folder)
    refused(folder, endpoint, done, "no scenarios of dimensions", "out of --probe")


def test_a_clock_that_ran_backwards(
    folder: Path, endpoint: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "time", Clock(1_763_856_000.0 - DAY))
    done = monitor(endpoint, folder)
    said = "the clock ran backwards: it is 2025-11-23 00:00 UTC, and the last portion began 2025-11"
    refused(folder, endpoint, done, said, "set the clock, or move")


def test_other_tools_and_another_version(
    tmp_path: Path, folder: Path, endpoint: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    fixed = ("monitor", "-m", "local", "--base-url", endpoint.base_url, "--dir", other)
    fixed = (*fixed, "--calls", 4, "--baseline-calls", 4)
    args = (*fixed, "--tools", tools_file(tmp_path, "Save it."), "--quiet")
    assert toolfuzz_(*args).exit_code == 0
    tools_file(tmp_path, "Save it well.")
    done = toolfuzz_(*args)
    assert done.exit_code == 2 and "the tools are no longer those" in done.stderr
    assert "--new-baseline" in done.stderr
    assert toolfuzz_(*args, "--new-baseline").exit_code == 0
    monkeypatch.setattr(same_watch, "__version__", "9.9")
    endpoint.asked = 0
    done = monitor(endpoint, folder)
    refused(folder, endpoint, done, "this is 9.9", "--new-baseline")


@needs.locks
def test_two_at_once(folder: Path, endpoint: Changing) -> None:
    import fcntl

    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = monitor(endpoint, folder)
    refused(folder, endpoint, done, "another toolfuzz is writing to", "wait for it")


@pytest.mark.parametrize(
    "harm",
    [
        lambda state: state.unlink(),
        lambda state: state.write_text("{"),
        lambda state: state.write_text('{"portions": [{"number": -1}]}'),
        lambda state: state.write_text(state.read_text().replace('"regular_failed": 0', '"x": 0')),
        lambda state: state.write_text("[" * 100_000),
    ],
    ids=["gone", "torn", "nonsense", "fields", "deep"],
)
def test_the_state_is_made_again_from_the_journals(
    folder: Path, endpoint: Changing, harm: Callable[[Path], object]
) -> None:
    state = folder / "monitor.json"
    before = json.loads(state.read_text())
    harm(state)
    harmed = state.exists()
    code, result = known(endpoint, folder)
    assert code == 0
    assert result["portions"][:-1] == before["portions"]
    assert ("monitor.json" in result["mended"]) == harmed


def test_a_journal_that_can_not_be_read(folder: Path, endpoint: Changing) -> None:
    journal = folder / "portions" / "0002" / "run.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], b"{broken\n", *lines[4:]]))
    refused(
        folder, endpoint, monitor(endpoint, folder), "run.jsonl:4: not JSON", "move that portion"
    )
    (folder / "portions" / "0002").rename(folder / "aside")
    code, result = known(endpoint, folder)
    assert (code, [one["number"] for one in result["portions"]]) == (0, [1, 2])


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_portion_that_was_cut_off_is_gone_on_with(
    folder: Path, endpoint: Changing, kept: float
) -> None:
    known(endpoint, folder)
    journal = folder / "portions" / "0003" / "run.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: 40 + int(kept * len(whole))])
    answered = journal.read_bytes().count(b'"event":"verdict-reached"')
    endpoint.asked = 0
    code, result = known(endpoint, folder)
    assert code == 0
    last = result["portions"][-1]
    assert (last["number"], last["regular_judged"], last["finished"]) == (3, CALLS, True)
    assert endpoint.asked == CALLS - answered
    assert (answered > 0) == (kept > 0.2)


async def test_an_interrupted_portion_is_gone_on_with(folder: Path, endpoint: Changing) -> None:
    stop = asyncio.Event()

    def tell(event: Event) -> None:
        if isinstance(event, VerdictReached):
            stop.set()

    run = RunOptions(
        models=("local",),
        base_url=endpoint.base_url,
        probes=("echo",),
        features=("object", "string"),
        concurrency=2,
    )
    options = monitor_module.MonitorOptions(run, folder, calls=CALLS)
    result = await monitor_module.monitor(options, tell=tell, stop=stop)
    assert result["outcome"] is None and "the same command goes on" in result["reason"]
    answered = result["portions"][-1]["asked"]
    assert 0 < answered < CALLS
    result = await monitor_module.monitor(options)
    assert result["outcome"] == "quiet" and len(result["portions"]) == 3
    assert result["portions"][-1]["asked"] == endpoint.asked == CALLS


def test_portions_are_runs(folder: Path, endpoint: Changing) -> None:
    portion = folder / "portions" / "0001"
    assert f"{BASELINE}" in toolfuzz_("report", portion).stdout
    done = toolfuzz_("run", "--resume", portion, "--trust")
    assert done.exit_code == 2 and "is a portion of a monitor" in done.stderr
    assert endpoint.asked == 0


def test_an_endpoint_that_is_not_there(folder: Path, endpoint: Changing) -> None:
    fixed = ("--base-url", "http://127.0.0.1:9/v1", "--dir", folder.with_name("new"))
    done = toolfuzz_("monitor", "-m", "local", *fixed, "--baseline-calls", 20)
    assert done.exit_code == 4 and "127.0.0.1:9" in done.stderr
    assert not list(folder.with_name("new").glob("portions/*"))


def test_the_help_says_the_usual_rules_figures() -> None:
    told = " ".join(CliRunner().invoke(cli, ["monitor", "--help"]).output.split())
    assert f"The first portion has {USUAL.baseline} calls" in told
    assert f"[default: {USUAL.most}]" in told
