"""``toolfuzz compare``: two runs of the simulated endpoint, in every format."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli


def toolfuzz_(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two runs on the same 100 cases: one faultless and one not so, one with another fault."""
    home = tmp_path_factory.mktemp("runs")
    for name, models in {
        "monday": ["sim/claude-opus", "sim/glm-4.7"],
        "friday": ["sim/minimax-m2.1"],
    }.items():
        asked = [part for model in models for part in ("-m", model)]
        done = toolfuzz_("run", *asked, "--seed", 1, "--out", home / name, "--quiet")
        assert done.exit_code == 0, done.output
    return home / "monday", home / "friday"


def test_json_has_the_leaderboard(runs: tuple[Path, Path]) -> None:
    result = json.loads(toolfuzz_("compare", *runs, "--format", "json").stdout)
    groups = {row["label"]: row["groups"] for row in result["rows"]}
    assert list(groups)[-1] == "sim/glm-4.7", "best first"
    assert groups["sim/claude-opus"] == groups["sim/minimax-m2.1"] == ["a"]
    assert groups["sim/glm-4.7"] == ["b"]
    assert [row["cost_per_success"] for row in result["rows"]] == [0, 0, 0]
    apart = [d for d in result["differences"] if d["apart"]]
    assert {d["worse"] for d in apart} == {"sim/glm-4.7"}
    assert all(d["paired"] and d["pairs"] == 100 for d in result["differences"])
    assert result["left_out"] == []


def test_table(runs: tuple[Path, Path]) -> None:
    shown = toolfuzz_("compare", *runs).stdout
    assert "3 targets · simulated endpoints" in shown
    assert "sim/claude-opus is ahead of sim/glm-4.7: 100.0% against " in shown
    assert (
        "sim/claude-opus can't be told from sim/minimax-m2.1: 100.0% against 100.0%, +0.0" in shown
    )
    assert "object-as-json-string 0 against " in " ".join(shown.split())
    assert not any(line.endswith(" ") for line in shown.splitlines())


def test_markdown(runs: tuple[Path, Path]) -> None:
    shown = toolfuzz_("compare", *runs, "--format", "md").stdout
    assert "| a | `sim/claude-opus (simulated)` | 100 | 100.0% |" in shown
    assert "### Defects, share of replies" in shown
    heads = [line for line in shown.splitlines() if line.startswith("| group")]
    assert len(heads) == 1


def test_csv(runs: tuple[Path, Path]) -> None:
    rows = list(csv.DictReader(io.StringIO(toolfuzz_("compare", *runs, "--format", "csv").stdout)))
    assert len(rows) == 3
    assert rows[-1]["label"] == "sim/glm-4.7"
    assert float(rows[0]["low"]) < float(rows[0]["rate"]) == 1
    assert rows[0]["simulated"] == "true"


def test_html_is_one_page(runs: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "c.html"
    done = toolfuzz_("compare", *runs, "--format", "html", "--out", path)
    assert done.exit_code == 0, done.output
    assert f"wrote {path}" in done.stderr
    page = path.read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert all(name in page for name in ("sim/claude-opus", "sim/minimax-m2.1", "sim/glm-4.7"))


def test_a_run_that_stopped_early_is_left_out(runs: tuple[Path, Path], tmp_path: Path) -> None:
    early = tmp_path / "early"
    args = ("-m", "sim/glm-4.7", "--accept", "0.99", "--reject", "0.9", "--out", early, "--quiet")
    assert toolfuzz_("check", *args).exit_code == 1
    result = json.loads(toolfuzz_("compare", *runs, early, "--format", "json").stdout)
    assert result["left_out"] == ["early"]
    assert len(result["rows"]) == 3
    alone = toolfuzz_("compare", early)
    assert alone.exit_code == 2
    assert "stopped early" in alone.stderr


def test_runs_of_the_same_name_are_told_apart(runs: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "monday"
    other.mkdir()
    (other / "run.jsonl").write_bytes((runs[0] / "run.jsonl").read_bytes())
    result = json.loads(toolfuzz_("compare", runs[0], other, "--format", "json").stdout)
    assert len({row["label"] for row in result["rows"]}) == 4


@pytest.mark.parametrize(
    ("args", "words"),
    [([], "RUN"), (["nowhere"], "nowhere"), (["RUN", "--format", "xml"], "'xml'"),
     (["RUN", "--out", "."], "folder")],
)  # fmt: skip
def test_bad_input(runs: tuple[Path, Path], args: list[str], words: str) -> None:
    done = toolfuzz_("compare", *(str(runs[0]) if a == "RUN" else a for a in args))
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.output
