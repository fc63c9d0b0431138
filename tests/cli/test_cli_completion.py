"""Shell completion, asked as a shell asks: a process, variables, words on stdout."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from toolfuzz.cli import cli
from toolfuzz.formats import format_names as wire_formats
from toolfuzz.generate import dimension_names, probe_names
from toolfuzz.generate.tools import catalogues
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.formats import format_names
from toolfuzz.simulate.faults.registry import faults, http_faults
from toolfuzz.simulate.profiles import profiles
from toolfuzz.sources.registry import endpoints

# click's own script for bash needs a newer one than some systems have; this asks what it asks.
ASK = "from toolfuzz.cli import main; main()"


def completed(line: str, folder: Path) -> list[str]:
    """What bash is offered at the end of the line."""
    words = line.split(" ")
    env = {
        **os.environ,
        "_TOOLFUZZ_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, cwd=folder, check=True
    )
    assert "," in done.stdout, done.stdout + done.stderr
    return [row.partition(",")[2] for row in done.stdout.splitlines()]


def test_what_is_completed(tmp_path: Path) -> None:
    for name in ("monday", "tuesday"):
        (tmp_path / "reports" / name).mkdir(parents=True)
        (tmp_path / "reports" / name / "run.jsonl").touch()
    assert {"minimize", "monitor"} == set(completed("toolfuzz m", tmp_path))
    assert completed("toolfuzz show ", tmp_path) == ["reports/tuesday", "reports/monday"]
    assert "glm-4.7" in completed("toolfuzz run -m glm", tmp_path)
    assert "sim/glm-4.7" in completed("toolfuzz check -m sim/", tmp_path)
    service = '[[endpoint]]\nname = "gateway"\nurl = "https://gateway.example/v1"\n'
    (tmp_path / "toolfuzz.toml").write_text(service)
    assert completed("toolfuzz run -m gate", tmp_path) == ["gateway"]


@pytest.mark.parametrize(
    "text", ["[[endpoint]", "endpoint = 3", "[[endpoint]]\nurl = 3", "[endpoint]"]
)
def test_a_broken_configuration_offers_what_else_there_is(text: str, tmp_path: Path) -> None:
    (tmp_path / "toolfuzz.toml").write_text(text)
    assert "glm-4.7" in completed("toolfuzz run -m glm", tmp_path)


def test_all_defects_are_offered_to_a_shell(tmp_path: Path) -> None:
    assert set(completed("toolfuzz explain ", tmp_path)) == {*defects(), *dimension_names()}


FAULTS = {*faults(), *http_faults()}


@pytest.mark.parametrize(
    ("command", "option", "names"),
    [
        ("run", "--report", set(format_names())),
        ("run", "--format", set(wire_formats())),
        ("check", "--baseline-format", set(wire_formats())),
        ("run", "--probe", {*probe_names(), *dimension_names(), "dimensions"}),
        ("run", "--tools", set(catalogues())),
        ("run", "--ignore", set(defects())),
        ("serve", "--profile", set(profiles())),
        # Those of parsers that read values by one mechanism or another are made by loops.
        ("serve", "--fault", {name for name in FAULTS if "/" not in name}),
    ],
)
def test_all_names_are_offered(command: str, option: str, names: set[str]) -> None:
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    (param,) = (p for p in found.params if option in p.opts)
    offered = {item.value for item in param.shell_complete(click.Context(found), "")} - {""}
    assert names <= offered <= names | FAULTS


def test_ids_of_every_model_are_offered() -> None:
    found = cli.get_command(click.Context(cli), "run")
    assert found is not None
    (param,) = (p for p in found.params if "--model" in p.opts)
    offered = {item.value for item in param.shell_complete(click.Context(found), "")}
    aliases = {name for one in endpoints().values() for name in one.models}
    assert offered == aliases | {f"sim/{name}" for name in profiles()}
