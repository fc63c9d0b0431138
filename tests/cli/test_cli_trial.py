"""``toolfuzz trial``: from a gateway's command to reports that others can follow."""

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as Xml

import needs
import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Target
from toolfuzz.runs.gateway import free_port
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.options import RunOptions

MADE = Path(__file__).parents[1] / "runs/made_gateway.py"
TOOLFUZZ = [sys.executable, "-m", "toolfuzz"]
GATEWAY = ["--", sys.executable, str(MADE), "{port}", "{upstream}"]


def tried(folder: Path, *given: str) -> Result:
    told = ["trial", "--subject", "made 1.0", "--out", str(folder), "--cases", "8", *given]
    return CliRunner().invoke(cli, told)


def blocks(report: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", report, re.S)


@needs.shell
def test_a_mistake_is_found_made_small_and_seen_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the report is run as it stands there."""
    monkeypatch.chdir(tmp_path)
    folder, cause = tmp_path / "out", "relay-arguments-changed:integer"
    known = tmp_path / "known.toml"
    known.write_text(f'[[accepted]]\ncause = "{cause}"\nurl = "https://x.example/1"\n')
    reports = ["--known", str(known), "--report", "junit", "--report", "html"]
    done = tried(folder, *reports, *GATEWAY, "rounded")
    assert done.exit_code == 0, done.output  # it is known
    assert "1 cause of failure, 0 of them new" in done.stdout
    junit = Xml.parse(folder / "junit.xml").getroot()
    assert (junit.get("failures"), junit.get("skipped")) == ("0", "2")
    assert "https://x.example/1" in (folder / "report.html").read_text()

    report = (folder / "reports/relay-arguments-changed-integer.md").read_text()
    start, trial, serve, curl = blocks(report, "sh")
    monkeypatch.chdir(folder / "reports")
    again = CliRunner().invoke(cli, ["trial", "--json", *shlex.split(trial)[2:]])
    assert again.exit_code == 1, again.output
    assert [found["cause"] for found in json.loads(again.stdout)] == [cause]

    upstream, gateway = str(free_port()), str(free_port())
    start, serve, curl = (
        text.replace("8401", upstream).replace("4000", gateway) for text in (start, serve, curl)
    )
    command = [*TOOLFUZZ, *shlex.split(serve)[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()  # it listens
        with subprocess.Popen(shlex.split(start)) as made:
            try:
                retry = curl.replace("curl ", "curl --retry 40 --retry-connrefused ", 1)
                got = subprocess.run(
                    ["sh", "-c", retry], capture_output=True, text=True, timeout=100, check=True
                ).stdout
            finally:
                server.kill()
                made.kill()
    [sent, came] = [json.loads(text) for text in blocks(report, "json") if "call_" in text]
    wrong = json.loads(got)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert wrong == came["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert wrong != sent["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]


@needs.shell
@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (["--", "no-such-gateway"], 2, "can't be started"),
        (["--wait", "30", "--", sys.executable, "-c", "print('no port'); raise SystemExit(7)"], 4,
         "exit code 7\n next: it said: no port"),
        (["--wait", "1", "--", "sh", "-c", "echo listening on 8787; sleep 60"], 4,
         "it said: listening on 8787"),
        (["--url", "http://127.0.0.1:9"], 4, "no front door"),
        (["--front", "chat, messages", "--url", "http://127.0.0.1:9"], 4,
         "anthropic-messages: no front door"),
        ([], 2, "needs a gateway's command"),
        (["--config-name", "../made", "--", "made"], 2, "below the gateway's folder"),
        (["--front", "openai-chatt", "--url", "http://127.0.0.1:9"], 2, "openai-chat"),
        (["--report", "jnuit", "--url", "http://127.0.0.1:9"], 2, "junit"),
        (["--case", __file__, "--url", "http://127.0.0.1:9"], 2, "not JSON"),
    ],
)  # fmt: skip
def test_a_gateway_that_can_t_be_tried_is_told_of_in_a_line(
    given: list[str], code: int, says: str, tmp_path: Path
) -> None:
    done = tried(tmp_path / "out", *given)
    assert done.exit_code == code, done.output
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_gateway_that_dies_in_the_middle_leaves_what_was_asked(tmp_path: Path) -> None:
    done = tried(tmp_path / "out", *GATEWAY, "dies")
    assert done.exit_code == 4, done.output
    assert "in the middle the gateway ended with exit code 3; it said: out of memory" in done.stderr
    assert "the trial ended early: endpoint" in done.stdout
    assert "0 causes" in CliRunner().invoke(cli, ["report", str(tmp_path / "out")]).stdout


@needs.signals
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_whatever_ends_a_trial_ends_its_gateway(name: str, tmp_path: Path) -> None:
    """With all that the gateway has started."""
    alive = tmp_path / "alive"
    beat = f"(while :; do touch {alive}; sleep .05; done) & wait"
    command = [*TOOLFUZZ, "trial", "--subject", "x", "--out", str(tmp_path / "out"), "--"]
    with subprocess.Popen([*command, "sh", "-c", beat], stderr=subprocess.PIPE) as trial:
        while not alive.exists():
            time.sleep(0.05)
        number = getattr(signal, name)
        trial.send_signal(number)
        assert trial.wait(20) == (-number if name == "SIGKILL" else 128 + number)
    time.sleep(0.3)
    alive.unlink()
    time.sleep(0.3)
    assert not alive.exists()


def test_commands_for_endpoints_say_what_a_trial_s_folder_is_for(tmp_path: Path) -> None:
    door = Target("openai-chat", "gateway", "scripted", "openai-chat", "both")
    settings = {**RunOptions().settings(), "trial": {"subject": "made 1.0"}}
    with Journal(tmp_path / "out") as journal:
        journal.append([RunStarted(1_763_856_000.0, "0.1.0", (door,), settings)])
    for command in (["bug"], ["minimize"], ["attribute"], ["replay", "-m", "sim/clean"],
                    ["corpus", "add"]):  # fmt: skip
        done = CliRunner().invoke(cli, [*command, str(tmp_path / "out")])
        assert done.exit_code == 2, done.output
        assert "both of its sides" in done.stderr and "toolfuzz trial --case" in done.stderr
    assert (
        "both of its sides" not in CliRunner().invoke(cli, ["show", str(tmp_path / "out")]).output
    )
    shown = CliRunner().invoke(cli, ["report", str(tmp_path / "out")])
    assert "made 1.0: 0 causes of failure" in shown.stdout
