"""What CI reads says what the exit code says, over real runs of the simulated endpoint."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli

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
