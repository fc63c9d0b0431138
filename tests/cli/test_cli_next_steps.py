"""The commands that a run or a check prints as next steps do what they say, as they stand there."""

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli

BROKEN = "sim/fault:object-as-json-string"


def invoke(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def next_steps(printed: str) -> list[list[str]]:
    """Return the commands behind ``next:``, as a shell takes them."""
    _, _, after = printed.partition("\nnext: ")
    lines = after.split("\n\n")[0].splitlines()
    return [shlex.split(line) for line in lines]


def follow(steps: list[list[str]]) -> dict[str, Result]:
    done = {}
    for tool, *args in steps:
        assert tool == "toolfuzz"
        fewer = ["--askings", "20", "--most", "1", "--quiet"] if args[0] == "minimize" else []
        done[args[0]] = invoke(*args, *fewer)
    return done


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_after_two_models_of_which_one_fails(folder: Path) -> None:
    name = "it's a folder"
    run = invoke(
        "run", "-m", BROKEN, "-m", "sim/clean", "--cases", "12", "--probe", "echo", "--quiet",
        "--feature", "object", "--out", name,
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    concluded = json.loads((folder / name / "summary.json").read_text())["conclusion"]
    # The first thing is the sentence, and it is the file's.
    assert " ".join(run.stdout.split()).startswith(concluded["sentence"])
    done = follow(next_steps(run.stdout))
    assert list(done) == ["show", "explain", "minimize", "compare"]
    assert {name: one.exit_code for name, one in done.items()} == dict.fromkeys(done, 0)
    assert concluded["cause"]["case"] in done["show"].stdout
    assert "object-as-json-string — " in done["explain"].stdout
    assert " ".join(done["compare"].stdout.split()).startswith(concluded["sentence"])


def test_after_a_run_that_a_budget_stopped_and_one_without_failures(folder: Path) -> None:
    stopped = invoke(
        "run", "-m", "sim/clean", "--cases", "6", "--probe", "echo", "--quiet", "--max-calls", "3",
        "--out", "o",
    )  # fmt: skip
    assert stopped.stdout.startswith("So far (stopped early): sim/clean got all ")
    steps = next_steps(stopped.stdout)
    assert steps[0] == ["toolfuzz", "run", "--resume", "o"]
    resumed = invoke(*steps[0][1:], "--quiet")
    assert resumed.exit_code == 0
    assert resumed.stdout.startswith("sim/clean got all 6 calls right, but that is too few")
    [page] = next_steps(resumed.stdout)
    assert page[1] == "report" and invoke(*page[1:]).exit_code == 0
    assert (folder / "o" / "report.html").is_file()


def test_after_a_check_that_fails(folder: Path) -> None:
    check = invoke(
        "check", "-m", BROKEN, "--baseline", "sim/clean", "--cases", "20", "--probe", "echo",
        "--feature", "object", "--quiet", "--out", "c",
    )  # fmt: skip
    assert check.exit_code == 1, check.output
    assert check.stdout.startswith(f"FAIL  {BROKEN} may not replace sim/clean: ")
    done = follow(next_steps(check.stdout))
    assert {name: one.exit_code for name, one in done.items()} == {"minimize": 0, "report": 0}
    again = invoke("report", "c")
    assert again.stdout == check.stdout
    told = json.loads(invoke("report", "c", "--json").stdout)["conclusion"]
    assert told["tone"] == "bad" and check.stdout.startswith(f"FAIL  {told['sentence'][:60]}")


def test_a_folder_of_ones_own_is_trusted_and_a_strangers_is_not(folder: Path) -> None:
    """What a run names in its folder may be used again by who has just named it."""
    from toolfuzz.report.next_steps import next_steps as steps

    summary = {
        "settings": {"models": ["m"], "base_url": "https://h.test/v1", "headers": ["X-Key"]},
        "finish_reason": "budget",
        "folder": "o",
        "cases": 5,
        "targets": [{"rate": 1.0, "defects": {}}],
    }
    own, *_ = steps(summary, own=True)
    assert own == "toolfuzz run --resume o --trust --header 'X-Key: …'"
    strangers, *_ = steps(summary)
    assert strangers == "toolfuzz run --resume o"
