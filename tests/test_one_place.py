"""A newcomer adds one thing in one place: drop in one of each kind and look whether it is found."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import toolfuzz

ROOT = Path(toolfuzz.__file__).parents[1]

FEATURE = """
from toolfuzz.generate.features.base import Feature, Parameter

FEATURES = (
    Feature(
        "dummy-feature",
        "a parameter called dummy",
        "values",
        parameter=lambda pick: Parameter("dummy", {"type": "integer", "x-dummy": 1}, lambda p: 7),
        keyword="x-dummy",
        node=lambda node, place: True,
    ),
)
"""
PROBE = """
from toolfuzz.core.case import ExpectedCall
from toolfuzz.generate.probes.base import Probe, asked


def _ask(pick, offer):
    tool, values = offer.askable[0]
    return asked("echo", offer, (ExpectedCall(tool.name, values(pick)),))


PROBE = Probe("dummy-probe", "a dummy", 100, _ask)
"""
FAULT = '''
from toolfuzz.simulate.faults import fault


@fault("dummy-fault", "plan", "indexed plain")
def silence(reply, roll):
    """Says nothing at all."""
    reply.calls.clear()
    return True
'''
REPORT = '''
FILE = "dummy.txt"


def render(run, summary):
    """Count the targets."""
    return f"{len(summary['targets'])} targets"
'''
PROVIDER = """
[dummy-provider]
title = "Dummy"
base_url = "http://127.0.0.1:9/v1"
docs = "https://example.org"
[dummy-provider.models]
"dummy-model" = "dummy-model"
"""
DEFECT = """
from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="dummy-defect",
    group="A",
    title="a dummy",
    severity="error",
    layer="arguments",
    stage="values",
    usual="nobody",
    help="Nothing to do.",
    detect=lambda facts: [DEFECT.finding("always")],
)
"""
TOOL = {"name": "dummy", "description": "x", "parameters": {"type": "object", "properties": {}}}

LOOK = """
import json
from toolfuzz.cli.list import _KINDS
from toolfuzz.core.exchange import Target
from toolfuzz.formats import wire_format, format_names
from toolfuzz.engines.native import families
from toolfuzz.generate import draw_cases
from toolfuzz.generate.tools import load
from toolfuzz.report.write import parse_wanted
from toolfuzz.simulate.faults import faults

names = {kind: [row[0] for row in _KINDS[kind][1]()]
         for kind in ("models", "defects", "features", "probes", "schemas")}
names["formats"] = list(format_names())
names["families"] = list(families())
names["faults"] = list(faults())
names["reports"] = [str(w) for w in parse_wanted(["dummy"])]
names["tools"] = [t.name for t in load("dummy").tools]
cases = list(draw_cases(40))
names["drawn features"] = [f for c in cases for f in c.features]
names["drawn probes"] = [c.probe for c in cases]
print(json.dumps(names))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Names that a copy of the package knows after one of each was dropped in."""
    root = tmp_path_factory.mktemp("copy")
    package = root / "toolfuzz"
    shutil.copytree(ROOT / "toolfuzz", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schemas", root / "schemas")
    (package / "generate/features/dummy.py").write_text(FEATURE)
    (package / "generate/probes/dummy.py").write_text(PROBE)
    (package / "simulate/faults/dummy.py").write_text(FAULT)
    (package / "report/formats/dummy.py").write_text(REPORT)
    (root / "schemas/dummy.json").write_text(json.dumps([TOOL]))
    (package / "judge/defects/dummy_defect.py").write_text(DEFECT)
    with (package / "sources/endpoints.toml").open("a") as file:
        file.write(PROVIDER)
    shutil.copytree(package / "formats/openai_chat", package / "formats/dummy_format")
    family = (package / "engines/native/llama3.py").read_text()
    (package / "engines/native/dummy.py").write_text(family.replace('"llama3"', '"dummy-family"'))
    done = subprocess.run(
        [sys.executable, "-c", LOOK], check=False, cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    names: dict[str, list[str]] = json.loads(done.stdout)
    return names


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("models", "dummy-provider"),
        ("defects", "dummy-defect"),
        ("features", "dummy-feature"),
        ("probes", "dummy-probe"),
        ("schemas", "dummy"),
        ("tools", "dummy"),
        ("formats", "dummy-format"),
        ("families", "dummy-family"),
        ("faults", "dummy-fault"),
    ],
)
def test_one_of_each_kind_is_found(found: dict[str, list[str]], kind: str, name: str) -> None:
    assert name in found[kind]


def test_a_new_feature_and_a_new_probe_are_drawn(found: dict[str, list[str]]) -> None:
    assert found["drawn features"].count("dummy-feature") >= 3
    assert found["drawn probes"].count("dummy-probe") >= 10


def test_a_report_format_is_found(found: dict[str, list[str]]) -> None:
    assert any("dummy" in name for name in found["reports"])
