"""Servers that break, in front of the simulator: figures, gate and exit code, over real HTTP."""

import hashlib
import http.client
import http.server
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from local_http import Handler, running

from toolfuzz.cli import cli
from toolfuzz.simulate.process import Simulator, start
from toolfuzz.sources import retry

Breaks = Callable[[bytes, int], str]
"""What becomes of a request, by its body and how many came before: ``""`` it is answered, a status
it is refused with, ``drop`` the connection is closed, ``hang`` nothing comes."""


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_backoff", lambda state: 0.02)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with start(profile="clean") as running:
        yield running


def never(body: bytes, before: int) -> str:
    return ""


def some(how: str, share: float = 0.38) -> Breaks:
    """Always the same questions."""
    return lambda body, before: how if hashlib.sha256(body).digest()[0] < share * 256 else ""


def enums(how: str) -> Breaks:
    """Questions with an enum in their tools: 20 of the first 60."""
    return lambda body, before: how if b'"enum"' in body else ""


def between(how: str, first: int, last: int = 10**9) -> Breaks:
    """All requests for a while."""
    return lambda body, before: how if first <= before < last else ""


def at_random(how: str, share: float) -> Breaks:
    return lambda body, before: how if before and Random(before).random() < share else ""


def first_attempts() -> Breaks:
    seen: Counter[bytes] = Counter()

    def breaks(body: bytes, before: int) -> str:
        seen[body] += 1
        return "500" if seen[body] == 1 and before > 1 else ""

    return breaks


@contextmanager
def behind(simulator: Simulator, breaks: Breaks) -> Iterator[str]:
    """Serve the simulator behind a proxy that breaks some requests; give its base URL."""
    address = urlsplit(simulator.base_url)
    counting, over = threading.Lock(), threading.Event()
    seen = 0

    class Proxy(Handler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def post(self) -> None:
            nonlocal seen
            body = self.body()
            with counting:
                before, seen = seen, seen + 1
                how = breaks(body, before)
            if how == "hang":
                over.wait(60)
            if how in ("drop", "hang"):
                self.close_connection = True
            elif how:
                said = {"error": {"message": "stack overflow in the grammar"}}
                self.answer(int(how), json.dumps(said).encode())
            else:
                self.answer(*self.ask(body))

        def ask(self, body: bytes) -> tuple[int, bytes]:
            there = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
            with closing(there):
                there.request("POST", self.path, body, {"content-type": "application/json"})
                reply = there.getresponse()
                return reply.status, reply.read()

    with running(Proxy) as server:
        try:
            yield f"{server.url}/v1"
        finally:
            over.set()


# One request a case: what is broken is counted by the request here.
ONE_CALL = ("--probe", "echo", "--probe", "describe", "--probe", "batch", "--probe", "choose")


@pytest.fixture
def run(simulator: Simulator, tmp_path: Path) -> Callable[..., tuple[Result, Any]]:
    """Ask a broken server 60 questions, with a gate at 90%; give the result and the figures."""

    def asked(breaks: Breaks, *flags: str) -> tuple[Result, Any]:
        with behind(simulator, breaks) as url:
            done = CliRunner().invoke(
                cli,
                ["run", "-m", "clean", "--base-url", url, "--cases", "60", "--quiet",
                 "--fail-under", "0.9", "--out", str(tmp_path / "run"), *ONE_CALL, *flags],
            )  # fmt: skip
        summary = json.loads((tmp_path / "run" / "summary.json").read_text())
        return done, summary["targets"][0]

    return asked


Run = Callable[..., tuple[Result, Any]]


def test_a_server_that_breaks_nothing_passes(run: Run) -> None:
    done, target = run(never)
    assert done.exit_code == 0, done.output
    assert (target["passed"], target["failed"], target["unjudged"]) == (60, 0, 0)
    assert (target["first_attempt"], target["calls"]) == (1.0, 60)
    assert "first attempt" not in done.output


@pytest.mark.parametrize("concurrency", ["1", "8"])
@pytest.mark.parametrize("how", ["500", "503", "drop"])
def test_a_server_that_breaks_on_some_questions_fails_them(
    run: Run, how: str, concurrency: str
) -> None:
    done, target = run(some(how), "--concurrency", concurrency)
    assert done.exit_code == 1, done.output
    assert target["unjudged"] == 0
    assert target["failed"] == target["defects"]["server-error"]["replies"] > 10
    assert "FAIL" in done.output and "server-error" in done.output


def test_an_error_under_200_is_one(run: Run) -> None:
    done, target = run(some("200"))
    assert done.exit_code == 1, done.output
    assert target["failed"] == target["defects"]["server-error"]["replies"] > 10


def test_a_server_that_breaks_on_most_questions_is_not_given_up(run: Run) -> None:
    """A question that it answered before is answered still, so it is these that it breaks on."""
    done, target = run(some("500", 0.95), "--cases", "120", "--concurrency", "4")
    assert done.exit_code == 1, done.output
    assert target["given_up"] is None
    assert (target["unjudged"], target["judged"], target["failed"] > 100) == (0, 120, True)


def test_replay_asks_an_easy_question_beside(
    run: Run, simulator: Simulator, tmp_path: Path
) -> None:
    breaks = enums("500")
    assert run(breaks, "--cases", "12")[1]["failed"] > 0
    outcomes = {}
    for name, how, times in (("broken", breaks, ["--times", "4"]), ("well", never, [])):
        with behind(simulator, how) as url:
            replayed = CliRunner().invoke(
                cli, ["replay", str(tmp_path / "run"), "-m", "clean", "--base-url", url, *times]
            )
        outcomes[name] = (replayed.exit_code, replayed.output.split("  ")[0])
    assert outcomes == {"broken": (1, "STILL FAILS"), "well": (0, "FIXED")}


def test_many_that_take_long_to_be_lost_are_no_dead_server(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others are answered before the first is lost, and then they come in a row."""
    monkeypatch.setattr(retry, "_backoff", lambda state: 0.8)
    done, target = run(some("500"), "--cases", "160", "--concurrency", "80")
    assert done.exit_code == 1, done.output
    assert target["given_up"] is None
    # On a busy machine a few can't be told from an outage; they are no failures then.
    assert (target["unjudged"] < 10, target["failed"] > 40) == (True, True)


def test_the_feature_on_which_it_breaks_is_told(run: Run) -> None:
    done, target = run(enums("500"))
    assert (done.exit_code, target["failed"], target["unjudged"]) == (1, 21, 0)
    assert target["features"]["enum-string"]["rate"] == 0
    assert {name for a in target["associated"] for name in a["features"]} & {"enum-string"}


@pytest.mark.parametrize("how", ["400", "500"])
def test_the_smallest_question_that_breaks_it(
    simulator: Simulator, tmp_path: Path, how: str
) -> None:
    """Each lost question is followed by one that is answered: a dead server shows nothing."""
    out, culprit = str(tmp_path / "run"), b'"enum"'
    with behind(simulator, lambda body, before: how if culprit in body else "") as url:
        runner = CliRunner()
        flags = ["--base-url", url, "--cases", "20", "--quiet", "--out", out]
        assert runner.invoke(cli, ["run", "-m", "clean", *flags]).exit_code == 0
        minimize = ["minimize", out, "--most", "1", "--askings", "120", "--trust", "--quiet"]
        small = runner.invoke(cli, minimize)
        culprit = b'"tools"'
        (tmp_path / "run" / "minimize").rename(tmp_path / "before")
        dead = runner.invoke(cli, minimize)
    assert small.exit_code == 0, small.output
    assert '"enum"' in small.stdout and "passes" in small.stdout
    assert dead.exit_code == 3, dead.output
    assert "could be judged" in dead.stdout


@pytest.mark.parametrize("how", ["400", "500"])
def test_judge_says_of_the_journal_what_the_run_said(run: Run, tmp_path: Path, how: str) -> None:
    _, target = run(enums(how))

    def judged(*flags: str) -> tuple[set[str], dict[str, int]]:
        told = CliRunner().invoke(cli, ["judge", str(tmp_path / "run"), "--json", *flags])
        data = json.loads(told.stdout)
        failed = {v["id"] for v in data["verdicts"] if v["status"] == "fail"}
        return failed, data["summary"]["defects"]

    failed, slugs = judged()
    assert len(failed) == target["failed"] == 21
    assert slugs.keys() == target["defects"].keys()
    assert judged("--ignore", *slugs) == (set(), {})


def test_what_it_refuses_is_told_by_feature(run: Run) -> None:
    done, target = run(enums("400"))
    assert (done.exit_code, target["failed"], target["unjudged"]) == (1, 21, 0)
    assert list(target["defects"]) == ["request-refused"]
    assert target["features"]["enum-string"]["rate"] == 0


def test_a_question_that_hangs_the_server_fails(run: Run) -> None:
    _, target = run(some("hang", 0.08), "--timeout", "2")
    hung = target["defects"]["server-error"]
    assert target["failed"] == hung["replies"] > 0
    assert target["unjudged"] == 0
    assert "not a byte within 2 s" in hung["example"]["message"]


def test_a_server_that_dies_passes_no_gate(run: Run) -> None:
    done, target = run(between("drop", 50), "--cases", "70", "--concurrency", "4")
    assert done.exit_code == 3, done.output
    assert target["rate"] == 1.0
    assert target["unjudged"] == 70 - target["passed"] > 15
    assert not target["defects"]


def test_a_server_that_was_given_up_passes_no_gate(run: Run) -> None:
    done, target = run(between("drop", 50), "--cases", "120")
    assert done.exit_code == 3, done.output
    assert target["given_up"]["after"] >= 25
    assert not target["defects"]
    assert "the target was given up" in done.output


def test_a_server_that_breaks_every_first_attempt_is_said_to(run: Run) -> None:
    done, target = run(first_attempts())
    assert done.exit_code == 0, done.output
    assert target["rate"] == 1.0
    assert target["first_attempt"] < 0.1
    assert "at the first attempt, 100.0% after retries" in done.output


def test_an_outage_that_ends_costs_nobody_a_question(run: Run) -> None:
    """What was lost in it is asked once more; that it took more than one attempt is said."""
    done, target = run(between("500", 20, 80))
    assert done.exit_code == 0, done.output
    assert (target["passed"], target["unjudged"]) == (60, 0)
    assert target["first_attempt"] < 0.9


def test_an_outage_that_does_not_end_is_nobodys_fault(run: Run) -> None:
    done, target = run(between("503", 45))
    assert done.exit_code == 3, done.output
    assert (target["failed"], target["passed"]) == (0, 44)
    assert target["unjudged"] == 16
    assert "16 unjudged answers could change that" in done.output


def test_an_overload_hits_anybody_and_is_nobodys_fault(run: Run) -> None:
    done, target = run(at_random("503", 0.7), "--concurrency", "1")
    assert done.exit_code in (0, 3), done.output
    assert target["failed"] == 0
    assert target["first_attempt"] < 0.6


@pytest.mark.parametrize("status", ["429", "402", "403"])
def test_a_limit_is_nobodys_fault_and_passes_no_gate(run: Run, status: str) -> None:
    done, target = run(some(status), "--cases", "40")
    assert done.exit_code == 3, done.output
    assert (target["failed"], target["rate"]) == (0, 1.0)
    assert target["unjudged"] > 5


@pytest.mark.parametrize(
    ("breaks", "exit_code"),
    [(never, 0), (some("500"), 1), (some("402"), 3)],
    ids=["well", "breaks", "limits"],
)
@pytest.mark.parametrize(
    "against",
    [["--baseline", "sim/clean", "--force"], ["--accept", "0.95", "--reject", "0.8"]],
    ids=["baseline", "alone"],
)
def test_a_check_passes_nothing_that_it_did_not_see(
    simulator: Simulator, tmp_path: Path, breaks: Breaks, exit_code: int, against: list[str]
) -> None:
    with behind(simulator, breaks) as url:
        done = CliRunner().invoke(
            cli,
            ["check", "-m", "clean", "--base-url", url, *against, "--cases", "100", "--quiet",
             "--out", str(tmp_path / "check"), "--json"],
        )  # fmt: skip
    assert done.exit_code == exit_code, done.output
    decided = json.loads(done.stdout)
    if exit_code == 1:
        assert "server-error" in decided["targets"][0]["defects"]
