"""``toolfuzz trial``: a gateway made for tests makes one mistake, which is found on its side."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli

MADE = Path(__file__).parents[1] / "runs/made_gateway.py"


def trial(folder: Path, *args: str) -> Result:
    args = ("trial", "--subject", "made 1.0", "--out", str(folder), *args)
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def tried(folder: Path, *more: str, cases: int = 8, mistake: str = "") -> Result:
    made = [sys.executable, str(MADE), "{port}", "{upstream}", *([mistake] if mistake else [])]
    return trial(folder, "--cases", str(cases), *more, "--", *made)


def test_a_gateway_that_changes_nothing_is_not_blamed(tmp_path: Path) -> None:
    done = tried(tmp_path / "out", cases=16)
    assert done.exit_code == 0, done.output
    assert "0 causes of failure" in done.stdout


@pytest.mark.parametrize(
    ("mistake", "cause", "mode"),
    [
        ("rounded", "relay-arguments-changed:integer", "streamed"),
        ("history-dropped", "relay-history-changed:lost", "plain"),
    ],
)
def test_a_mistake_is_found_with_both_sides(
    mistake: str, cause: str, mode: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    done = tried(folder, mistake=mistake)
    assert done.exit_code == 1, done.output
    assert cause in done.stdout
    assert mode in done.stdout
    [report] = folder.glob(f"reports/{cause.replace(':', '-')}*.md")
    text = report.read_text()
    assert all(f"<summary>{n}. " in text for n in (1, 2, 3, 4))
    assert "The nearest case that passes" in text
    assert "toolfuzz serve --script" in text
    assert json.loads(report.with_suffix(".json").read_text())["format_version"] == 1


def test_an_accepted_cause_is_no_failure(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text(
        '[[accepted]]\ncause = "relay-usage-lost"\n\n[[accepted]]\n'
        'cause = "relay-finish-changed:tool_calls to stop"\nurl = "https://x/1"\n'
    )
    done = tried(tmp_path / "out", "--known", str(known), mistake="finish-stop")
    assert done.exit_code == 0, done.output
    assert "https://x/1" in done.stdout
    assert "0 of them new" in done.stdout


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (["--", "no-such-gateway"], 2, "can't be started"),
        (["--wait", "30", "--", sys.executable, "-c", "print('no port'); raise SystemExit(7)"], 4,
         "exit code 7"),
        (["--wait", "1", "--", "sleep", "60"], 4, "doesn't listen on port"),
        (["--url", "http://127.0.0.1:9"], 4, "no front door"),
        ([], 2, "needs a gateway's command"),
        (["--config-name", "../made", "--", "made"], 2, "below the gateway's folder"),
        (["--front", "openai-chatt", "--url", "http://127.0.0.1:9"], 2, "openai-chat"),
    ],
)  # fmt: skip
def test_a_gateway_that_can_t_be_tried_is_told_of_in_a_line(
    given: list[str], code: int, says: str, tmp_path: Path
) -> None:
    done = trial(tmp_path / "out", *given)
    assert done.exit_code == code, done.output
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_whoever_ends_a_trial_ends_its_gateway(name: signal.Signals, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    beat = (
        f"import time, pathlib\nwhile True: pathlib.Path({str(alive)!r}).touch(); time.sleep(.05)"
    )
    command = [
        sys.executable,
        "-m",
        "toolfuzz",
        "trial",
        "--subject",
        "x",
        "--out",
        str(tmp_path / "out"),
        "--",
    ]
    with subprocess.Popen([*command, sys.executable, "-c", beat], stderr=subprocess.PIPE) as cut:
        while not alive.exists():
            time.sleep(0.05)
        cut.send_signal(name)
        assert cut.wait(20) == 130
    time.sleep(0.2)
    alive.unlink()
    time.sleep(0.3)
    assert not alive.exists()
