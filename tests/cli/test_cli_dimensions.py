"""Dimensions on the command line: what there is, what it costs, what went wrong."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.generate.dimensions import all_dimensions


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [n for n in os.environ if n.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def test_the_list_names_each_with_its_levels() -> None:
    listed = json.loads(toolfuzz_("list", "dimensions", "--json").output)
    assert {row["dimension"] for row in listed} == all_dimensions().keys()
    plan = next(row for row in listed if row["dimension"] == "plan")
    assert (plan["levels"], plan["usual"]) == ([3, 20], 7)


@pytest.mark.parametrize("name", sorted(all_dimensions()))
def test_each_is_explained_by_an_example_that_fails(name: str) -> None:
    family = all_dimensions()[name]
    done = toolfuzz_("explain", name)
    assert done.exit_code == 0, done.output
    page = done.output
    assert family.title in page and family.summary in page and family.knobs[:20] in page
    facts, _, example = page.partition("an example (level")
    assert all(slug in facts for slug in family.findings)
    assert any(f"✗ {slug}" in example for slug in family.findings)
    assert "user" in example and "→" in example


BAD_INPUT = [
    (["--probe", "plan", "--level", "99"], "3 to 20", "explain plan"),
    (["--probe", "plan,plann"], "plann", "plan?"),
    (["--probe", "dimension"], "dimension", "mean dimensions"),
    (["--probe", "plan", "--probe", "echo"], "echo is no dimension", "plan"),
    (["--probe", "plan", "--tools", "data_import"], "tools of their own", "leave out"),
    (["--probe", "dimensions", "--feature", "enum"], "tools of their own", "leave out"),
    (["--probe", "plan", "--respell"], "other spellings", "--respell"),
    (["--level", "3"], "--level", "--probe plan"),
]


@pytest.mark.parametrize(("args", "told", "next_step"), BAD_INPUT)
def test_what_makes_no_sense_is_one_clear_line(args: list[str], told: str, next_step: str) -> None:
    done = toolfuzz_("run", "-m", "sim/clean", *args)
    assert done.exit_code == 2
    error, hint = done.stderr.strip().splitlines()
    assert told in error and next_step in hint
    assert not Path("reports").exists()


def test_the_cost_is_known_before() -> None:
    args = ("run", "-m", "sim/clean", "--probe", "plan", "--cases", "3", "--level", "4")
    (plan,) = json.loads(toolfuzz_(*args, "--dry-run", "--json").output)
    assert plan["conversations"] == 6
    done = toolfuzz_(*args, "--json")
    assert done.exit_code == 0, done.output
    assert f"6 conversations, about {plan['calls']} calls" in done.stderr
    target = json.loads(done.stdout)["targets"][0]
    assert target["calls"] == plan["calls"]
    assert 0.7 < plan["input_tokens"] / target["tokens"]["input"] < 1.4
    assert target["dimensions"]["plan"]["levels"] == [4]


def test_all_dimensions_are_planned_for(tmp_path: Path) -> None:
    done = toolfuzz_("run", "-m", "sim/clean", "--probe", "dimensions", "--cases", "1", "--dry-run")
    assert done.exit_code == 0, done.output
    assert all(name in done.output for name in (*all_dimensions(), "all"))
    assert "nothing was asked" in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_table_says_scenarios_and_each_dimension() -> None:
    done = toolfuzz_("run", "-m", "sim/clean", "--probe", "plan", "--cases", "2", "--quiet")
    assert done.exit_code == 0, done.output
    assert "scenarios" in done.output and "calls " not in done.output.partition("dimension")[0]
    row = next(line for line in done.output.splitlines() if line.startswith("plan "))
    assert row.split()[1] == "100.0%"
    assert "conversations" not in done.stderr


def test_a_model_that_got_worse_in_one_dimension_fails_a_check() -> None:
    args = ("check", "-m", "sim/hasty", "--baseline", "sim/clean", "--probe", "plan")
    done = toolfuzz_(*args, "--level", "3", "--cases", "18", "--json", "--quiet")
    assert done.exit_code == 1, done.output
    check = json.loads(done.stdout)
    assert "Worse in the dimension plan: 0 → 9 of 9 scenarios failed" in check["reason"]
