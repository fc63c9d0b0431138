"""What CI reads says what the exit code says, over real runs of the simulated endpoint."""

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli
from toolfuzz.report.formats import format_names

BROKEN = "sim/fault:object-as-json-string"
RUN = ("run", "--cases", "20", "--probe", "echo")
CHECK = ("check", "--cases", "30", "--probe", "echo", "--baseline", "sim/clean")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((*RUN, "-m", BROKEN), 0),
        ((*RUN, "-m", BROKEN, "-m", "sim/clean", "--fail-under", "0.9"), 1),
        ((*RUN, "-m", "sim/clean", "--fail-under", "0.99"), 3),
        ((*RUN, "-m", "sim/clean", "--fail-under", "0.99", "--inconclusive", "pass"), 0),
        ((*CHECK, "-m", BROKEN), 1),
        ((*CHECK, "-m", "sim/clean", "--margin", "0.01", "--inconclusive", "pass"), 0),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else str(v),
)
def test_reports_agree_with_the_exit_code(
    args: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    wanted = ("--report", "junit=j.xml", "--report", "github=g.md", "--quiet", "--out", "o")
    done = CliRunner().invoke(cli, [*args, *wanted], prog_name="toolfuzz")
    assert done.exit_code == code, done.output
    xml = Xml.parse(tmp_path / "j.xml").getroot()
    assert (xml.get("failures") != "0") == (code == 1)
    assert (xml.get("failures") != "0" or xml.get("errors") != "0") == (code != 0)
    assert ("::error" in done.stdout) == (code == 1)


def test_json_stays_json_with_every_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What GitHub is to read goes to standard error then; the runner looks at both."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    names = format_names()
    assert {"github", "html", "junit"} <= set(names)
    wanted = [word for name in names for word in ("--report", name)]
    asked = (*RUN, "-m", BROKEN, "--fail-under", "0.9", "--json", *wanted)
    ran = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / "r")])
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["gates"][0]["outcome"] == "FAIL"
    assert "::error" in ran.stderr
    again = CliRunner().invoke(cli, ["report", str(tmp_path / "r"), "--json", *wanted])
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout)["targets"]
