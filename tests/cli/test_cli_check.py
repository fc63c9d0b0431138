"""``toolfuzz check`` and the gates: every exit code, over real HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import needs
import pytest
from click.testing import CliRunner, Result
from local_http import Handler, running

from toolfuzz.cli import cli
from toolfuzz.simulate.process import start

# Objects become strings in half of the replies that hold one: far from every border.
BROKEN = "fault:object-as-json-string@0.5"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for name in [n for n in os.environ if n.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module", autouse=True)
def one_request_a_case() -> Iterator[None]:
    """What was spent is counted by the request here."""
    probes = "echo describe batch choose abstain"
    with pytest.MonkeyPatch.context() as patch:
        for command in ("RUN", "CHECK"):
            patch.setenv(f"TOOLFUZZ_{command}_PROBES", probes)
        yield


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


def check(*args: str) -> tuple[int, dict[str, Any]]:
    done = toolfuzz_("check", *args, "--json", "--quiet")
    assert done.stdout, done.output
    return done.exit_code, json.loads(done.stdout)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a faultless simulated endpoint, 120 cases."""
    folder = tmp_path_factory.mktemp("stored") / "baseline"
    done = toolfuzz_("run", "-m", "sim/claude-opus", "--cases", "120", "--out", str(folder))
    assert done.exit_code == 0, done.output
    return folder


def test_a_worse_model_fails_and_the_defect_is_named(tmp_path: Path) -> None:
    done = toolfuzz_(
        "check", "-m", "sim/glm-4.7", "--baseline", "sim/claude-opus", "--tools", "data_import",
        "--out", "c", "--report", "junit", "--report", "markdown=notes/c.md",
    )  # fmt: skip
    assert done.exit_code == 1, done.output
    assert "FAIL  sim/glm-4.7 may not replace sim/claude-opus" in done.stdout
    assert "simulated endpoints" in done.stdout
    kept = json.loads((tmp_path / "c" / "check.json").read_text())
    assert kept["outcome"] == "FAIL"
    assert "object-as-json-string" in kept["suspects"]
    assert (kept["rate"]["answer"], kept["defects"]["answer"]) == ("yes", "yes")
    assert "A new defect: object-as-json-string (0 → " in kept["reason"]
    assert " 0 of " in kept["reason"].partition("asked again")[2]
    assert kept["pairs"]["better"] == 0
    assert kept["spent"]["again"] == 8 * kept["pairs"]["worse"]
    ElementTree.parse(tmp_path / "c" / "junit.xml")
    assert "object-as-json-string" in (tmp_path / "notes" / "c.md").read_text()
    again = toolfuzz_("report", "c")
    assert "FAIL  sim/glm-4.7 may not replace sim/claude-opus" in again.stdout


def test_new_defects_can_be_allowed() -> None:
    """A drop of some thirteen points: within a margin of forty, if nobody asks for defects."""
    args = ("-m", "sim/glm-4.7", "--baseline", "sim/claude-opus", "--margin", "0.4")
    code, result = check(*args, "--out", "c")
    assert (code, result["rate"]["answer"], result["defects"]["answer"]) == (1, "no", "yes")
    code, result = check(*args, "--out", "d", "--allow-new-defects")
    assert (code, result["outcome"]) == (0, "PASS")
    assert result["allow_new_defects"] and "New defects are allowed." in result["reason"]


@pytest.mark.parametrize("way", ["--stream", "--both-streams"])
def test_the_drop_is_the_difference_of_the_rates_in_the_table(way: str) -> None:
    args = (
        "-m",
        f"sim/{BROKEN}",
        "--baseline",
        "sim/clean",
        "--cases",
        "20",
        "--probe",
        "echo",
        way,
    )
    _, result = check(*args, "--out", "c")
    candidate, baseline = result["targets"]
    calls = 20 * (1 + (way == "--both-streams"))
    assert sum(result["pairs"].values()) == candidate["judged"] == baseline["judged"] == calls
    assert result["drop"] == pytest.approx(baseline["rate"] - candidate["rate"]) != 0
    assert f"from {baseline['rate']:.1%} to {candidate['rate']:.1%}" in result["reason"]


def test_a_model_may_replace_itself() -> None:
    code, result = check("-m", "sim/claude-opus", "--baseline", "sim/claude-opus", "--out", "c")
    assert (code, result["outcome"]) == (0, "PASS")
    assert result["baseline"] == "sim/claude-opus (baseline)"
    assert result["pairs"]["both"] == 100
    assert result["spent"] == {"first": 200, "again": 0}


def test_a_stored_baseline_is_not_asked_again(stored: Path) -> None:
    code, result = check("-m", "sim/clean", "--baseline", str(stored), "--out", "c")
    assert (code, result["outcome"]) == (0, "PASS")
    assert result["baseline_run"] == str(stored)
    assert result["spent"]["first"] == 100, "the candidate's alone"
    assert [t["judged"] for t in result["targets"]] == [100, 100]


def test_of_a_baseline_only_the_calls_count_that_the_candidate_is_asked(tmp_path: Path) -> None:
    """The baseline was asked both ways and thrice; the rates beside each other are of one."""
    asked = ("--cases", "12", "--probe", "echo", "--both-streams", "--repeat", "3", "--quiet")
    assert toolfuzz_("run", "-m", "sim/clean", *asked, "--out", "b").exit_code == 0
    args = ("-m", "sim/clean", "--baseline", "b", "--cases", "12", "--no-stream", "--force")
    _, result = check(*args, "--out", "c")
    assert [t["judged"] for t in result["targets"]] == [12, 12]
    assert sum(result["pairs"].values()) == 12


def test_more_cases_are_drawn_when_the_stored_ones_run_out(stored: Path) -> None:
    """Too few failures to decide: all 300 pairs, both sides asked beyond the stored 120."""
    args = ("--baseline", str(stored), "--margin", "0.005", "--out", "c")
    code, result = check("-m", "sim/fault:object-as-json-string@0.02", *args)
    assert (code, result["outcome"]) == (3, "INCONCLUSIVE")
    assert sum(result["pairs"].values()) == 300
    assert result["spent"]["first"] == 300 + 180


def test_nothing_could_be_decided() -> None:
    """Forty pairs can't show that a drop stays below half a point."""
    args = ("-m", "sim/clean", "--baseline", "sim/clean", "--margin", "0.005", "--cases", "40")
    code, result = check(*args, "--out", "c")
    assert (code, result["outcome"]) == (3, "INCONCLUSIVE")
    assert check(*args, "--out", "c", "--resume", "--inconclusive", "pass")[0] == 0
    assert check(*args, "--out", "c", "--resume", "--inconclusive", "fail")[0] == 1


class Dying(Handler):
    """Answers the one question that tests the connection, then nothing but 403."""

    lives = 1

    def post(self) -> None:
        self.body()
        message = {"role": "assistant", "content": "ok"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        good = {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice]}
        dead = {"error": {"message": "quota used up", "type": "quota"}}
        alive, Dying.lives = Dying.lives > 0, Dying.lives - 1
        self.answer(200 if alive else 403, json.dumps(good if alive else dead).encode())


@pytest.mark.parametrize(
    "against", [["--baseline", "sim/clean", "--force"], ["--accept", "0.99", "--reject", "0.95"]]
)
def test_an_endpoint_that_dies_is_an_invalid_check(against: list[str], tmp_path: Path) -> None:
    Dying.lives = 1
    with running(Dying) as server:
        url = f"{server.url}/v1"
        done = toolfuzz_("check", "-m", "dying", "--base-url", url, *against, "--out", "c")
    assert done.exit_code == 4, done.output
    assert "dying" in done.stderr
    assert "Traceback" not in done.output
    assert (tmp_path / "c" / "run.jsonl").exists(), "what was answered is kept"


def test_a_baseline_that_is_gone_can_not_confirm(tmp_path: Path) -> None:
    with start(profile="clean") as server:
        ran = toolfuzz_(
            "run", "-m", "clean", "--base-url", server.base_url, "--cases", "100", "--out", "b"
        )  # fmt: skip
    assert ran.exit_code == 0, ran.output
    with start(profile="clean") as server:
        code, result = check(
            "-m", BROKEN, "--base-url", server.base_url, "--baseline", "b", "--out", "c"
        )  # fmt: skip
    assert (code, result["outcome"]) == (1, "FAIL")
    assert "127.0.0.1" in result["unreachable"]
    assert "this was not confirmed on fresh answers" in result["reason"]
    assert result["spent"] == {"first": 100, "again": 0}


def doubtful(stored: Path, folder: Path, change: Any) -> Path:
    """Copy a run with its first line changed."""
    folder.mkdir()
    lines = (stored / "run.jsonl").read_text().splitlines(keepends=True)
    opening = json.loads(lines[0])
    change(opening)
    (folder / "run.jsonl").write_text("".join([json.dumps(opening) + "\n", *lines[1:]]))
    return folder


def a_year_old(opening: dict[str, Any]) -> None:
    opening["started"] -= 365 * 86_400


def another_format(opening: dict[str, Any]) -> None:
    opening["targets"][0] |= {"format": "gemini", "model": "clean"}


def real(opening: dict[str, Any]) -> None:
    opening["targets"][0]["kind"] = "http"


@pytest.mark.parametrize(
    ("change", "args", "words"),
    [
        (a_year_old, (), "days old"),
        (real, (), "a target of another kind (a real endpoint)"),
        (lambda opening: None, ("--seed", "9"), "judged only 0 of the 300 cases"),
        (lambda opening: None, ("--strict",), "other --strict"),
        (another_format, (), "its answers came as gemini, the candidate's would as openai-chat"),
    ],
)
def test_doubtful_baselines_are_refused(
    stored: Path, tmp_path: Path, change: Any, args: tuple[str, ...], words: str
) -> None:
    baseline = doubtful(stored, tmp_path / "b", change)
    done = toolfuzz_("check", "-m", "sim/clean", "--baseline", str(baseline), "--out", "c", *args)
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert "--force" in done.stderr
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--both-streams",), "asked for plain, the candidate's would be plain and streamed"),
        (("--stream",), "asked for plain, the candidate's would be streamed"),
        (("--probe", "plan"), "figures are of calls, the candidate's would be of scenarios"),
    ],
)
def test_a_baseline_of_another_unit_is_refused(
    stored: Path, args: tuple[str, ...], words: str
) -> None:
    done = toolfuzz_("check", "-m", "sim/clean", "--baseline", str(stored), "--force", *args)
    assert done.exit_code == 2, done.output
    assert words in done.stderr and done.stderr.count("\n") == 2


@pytest.mark.parametrize("content", [b"hello", b'{"a": 1}', b"\xff\x00", b""])
def test_a_baseline_that_is_no_journal_is_one_clear_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_bytes(content)
    done = toolfuzz_("check", "-m", "sim/clean", "--baseline", "summary.json")
    assert done.exit_code == 2, done.output
    assert "--baseline: " in done.stderr and done.stderr.count("\n") == 2


def test_force_says_what_was_forced(stored: Path, tmp_path: Path) -> None:
    baseline = doubtful(stored, tmp_path / "b", a_year_old)
    args = ("-m", "sim/clean", "--baseline", str(baseline), "--force", "--out", "c", "--quiet")
    done = toolfuzz_("check", *args)
    assert done.exit_code == 0, done.output
    assert "the baseline is doubtful: it is 36" in done.stdout


@pytest.mark.parametrize(
    ("model", "code", "outcome"),
    [("sim/clean", 0, "ACCEPT"), (f"sim/{BROKEN}", 1, "REJECT")],
)
def test_accept_or_reject(model: str, code: int, outcome: str) -> None:
    done, result = check("-m", model, "--accept", "0.99", "--reject", "0.95", "--out", "c")
    assert (done, result["outcome"]) == (code, outcome)
    assert "Stopped early" in result["reason"]
    assert result["calls"] <= 72
    assert result["spent"]["first"] <= result["calls"] + 2 * 8, "only what was under way"
    shown = toolfuzz_("report", "c")
    assert "stopped early: the rate is no fair estimate" in shown.stdout


def test_too_few_cases_to_accept() -> None:
    args = ("-m", "sim/clean", "--accept", "0.99", "--reject", "0.95", "--cases", "20")
    code, result = check(*args)
    assert (code, result["outcome"]) == (3, "INCONCLUSIVE")


@pytest.mark.parametrize(
    ("model", "limit", "code"),
    [("sim/clean", "0.9", 0), (f"sim/{BROKEN}", "0.98", 1), (f"sim/{BROKEN}", "0.7", 3)],
)
def test_the_gate_of_a_run_is_on_the_interval(model: str, limit: str, code: int) -> None:
    done = toolfuzz_("run", "-m", model, "--cases", "100", "--fail-under", limit, "--quiet")
    assert done.exit_code == code, done.output
    word = {0: "PASS", 1: "FAIL", 3: "INCONCLUSIVE"}[code]
    assert f"{model}: {word}: " in done.stdout


BAD: list[tuple[list[str], str]] = [
    (["-m", "sim/clean"], "--baseline"),
    (["--baseline", "sim/clean"], "-m MODEL"),
    (["-m", "sim/clean", "-m", "sim/glm-4.7", "--baseline", "sim/clean"], "one candidate"),
    (["-m", "sim/clean", "--baseline", "sim/claud"], "claude-opus"),
    (["-m", "sim/clean", "--baseline", "nowhere.jsonl"], "nowhere.jsonl"),
    (["-m", "sim/clean", "--baseline", "."], "no journal at ."),
    (["-m", "sim/clean", "--accept", "0.99"], "--reject"),
    (["-m", "sim/clean", "--accept", "0.9", "--reject", "0.95"], "reject < accept"),
    (
        ["-m", "sim/clean", "--accept", "0.99", "--reject", "0.95", "--both-streams"],
        "each case once",
    ),
    (["-m", "sim/clean", "--baseline", "sim/clean", "--accept", "0.9", "--reject", "0.8"], "two"),
    (["-m", "sim/clean", "--baseline", "sim/clean", "--report", "junitt"], "junit"),
    (["-m", "sim/clean", "--baseline", "sim/clean", "--margin", "1.5"], "--margin"),
    (["-m", "sim/clean", "--baseline", "sim/clean", "--resume"], "--out"),
    (["-m", "sim/clean", "--baseline", "sim/clean", "--out", "."], "already exists"),
]


@pytest.mark.parametrize(("args", "words"), BAD, ids=lambda v: " ".join(v) if v else "")
def test_bad_input_says_what_to_do(args: list[str], words: str, tmp_path: Path) -> None:
    done = toolfuzz_("check", *args)
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == [".git"]


def test_which_target_of_a_run(tmp_path: Path) -> None:
    ran = toolfuzz_(
        "run", "-m", "sim/clean", "-m", f"sim/{BROKEN}", "--cases", "100", "--out", "b"
    )  # fmt: skip
    assert ran.exit_code == 0
    done = toolfuzz_("check", "-m", "sim/clean", "--baseline", "b", "--out", "c")
    assert done.exit_code == 2
    assert "--baseline-model" in done.stderr
    code, result = check(
        "-m", "sim/clean", "--baseline", "b", "--baseline-model", f"sim/{BROKEN}", "--out", "c"
    )  # fmt: skip
    assert code == 0
    assert result["pairs"]["better"] > 0


def test_toolfuzz_toml_knows_the_baseline(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "toolfuzz.toml").write_text(
        f'[run]\nmodels = ["sim/clean"]\ncases = 7\n[check]\nbaseline = "{stored}"\nmargin = 0.1\n'
    )
    code, result = check()
    assert (code, result["margin"]) == (0, 0.1)
    assert sum(result["pairs"].values()) == 100, "how many is the rule's, not the run's"


def wait_for(path: Path, verdicts: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if path.exists() and path.read_bytes().count(b"verdict-reached") >= verdicts:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} never held {verdicts} verdicts")


@needs.signals
def test_a_check_that_was_cut_off_goes_on(stored: Path, tmp_path: Path) -> None:
    args = ["check", "-m", f"sim/{BROKEN}", "--baseline", str(stored), "--out", "c", "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "toolfuzz", *args, "--concurrency", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(tmp_path / "c" / "run.jsonl", 10)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "--resume" in output
    before = (tmp_path / "c" / "run.jsonl").read_bytes()

    other = toolfuzz_(*args, "--concurrency", "2", "--resume", "--margin", "0.2")
    assert other.exit_code == 2
    assert "other options" in other.stderr

    code, result = check(*args[1:-1], "--concurrency", "2", "--resume")
    assert code == 1
    journal = (tmp_path / "c" / "run.jsonl").read_bytes()
    assert journal.startswith(before)
    asked = [json.loads(line) for line in journal.splitlines() if b"exchange-recorded" in line]
    assert len(asked) == len({e["case_id"] for e in asked}) == 100, "nothing was asked twice"
    assert result["spent"]["first"] == 100

    done = toolfuzz_(*args, "--concurrency", "2", "--resume")
    assert done.exit_code == 1
    now = (tmp_path / "c" / "run.jsonl").read_bytes()
    assert now.count(b"exchange-recorded") == 100, "a decided check is not asked anew"
