"""The house keeps its floors: imports point down only."""

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

import toolfuzz

PACKAGE = Path(toolfuzz.__file__).parent
# A folder may import those of a lower floor and itself, never a neighbour of its own floor.
FLOORS = {
    "core": 0,
    "formats": 1,
    "generate": 2,
    "judge": 2,
    "engines": 3,
    "simulate": 4,
    "sources": 5,
    "analyze": 6,
    "pools": 7,
    "runs": 8,
    "evidence": 9,
    "report": 9,
}
TOP = 10  # cli, config, pytest_plugin
# Imports that still point up, each to be mended; the list only gets shorter.
STILL_UP = {
    ("toolfuzz.engines.participant", "runs"),
    ("toolfuzz.engines.trial", "runs"),
}


def part(module: str) -> str:
    return module.split(".")[1] if module.count(".") else module


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return {name for name in found if name.startswith("toolfuzz.")}


def modules() -> list[tuple[str, Path]]:
    return [
        (".".join(("toolfuzz", *path.relative_to(PACKAGE).with_suffix("").parts)), path)
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda v: v if isinstance(v, str) else "")
def test_imports_point_down(name: str, path: Path) -> None:
    here = part(name)
    for other in map(part, imports(path)):
        if other in (here, "__version__") or (name, other) in STILL_UP:
            continue
        assert FLOORS.get(other, TOP) < FLOORS.get(here, TOP + 1), f"{name} imports {other}"


def test_the_package_is_looked_at() -> None:
    assert len(modules()) > 20


def test_help_is_quick() -> None:
    """Heavy libraries stay out of the way of ``--help``."""
    heavy = ("hypothesis", "httpx", "scipy", "pydantic", "openai", "rich", "jsonschema")
    code = (
        "import sys; from toolfuzz.cli import cli; "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "toolfuzz", "--help"], capture_output=True, check=True)
    assert time.monotonic() - began < 3, "even a busy machine shows --help sooner than that"
