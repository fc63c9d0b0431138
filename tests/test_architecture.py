"""The house keeps its floors: imports point down only."""

import ast
import re
from pathlib import Path

import pytest

import toolfuzz

PACKAGE = Path(toolfuzz.__file__).parent
# A folder may import those of a lower floor and itself, never a neighbour of its own floor.
FLOORS = {
    "core": 0,
    "system": 1,
    "formats": 1,
    "worlds": 1,
    "generate": 2,
    "judge": 2,
    "engines": 3,
    "simulate": 4,
    "sources": 5,
    "recordings": 5,
    "analyze": 6,
    "pools": 7,
    "runs": 8,
    "evidence": 9,
    "report": 9,
    "view": 10,
    "commands": 12,
    "cli": 13,
    "__main__": 14,
}
TOP = 11  # config, pytest_plugin, the public functions


def part(module: str) -> str:
    return module.split(".")[1] if module.count(".") else module


def imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return {name for name in found if name.startswith("toolfuzz.")}


@pytest.fixture(scope="module")
def modules() -> dict[str, ast.Module]:
    return {
        ".".join(("toolfuzz", *path.relative_to(PACKAGE).with_suffix("").parts)): ast.parse(
            path.read_bytes()
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def test_imports_point_down(modules: dict[str, ast.Module]) -> None:
    upwards = [
        f"{name} imports {other}"
        for name, tree in modules.items()
        for other in {part(found) for found in imports(tree)} - {part(name), "__version__"}
        if FLOORS.get(other, TOP) >= FLOORS.get(part(name), TOP + 1)
    ]
    assert upwards == []


def test_the_package_is_looked_at(modules: dict[str, ast.Module]) -> None:
    assert len(modules) > 20


KINDS = {"http", "simulated", "engine"}


def compares_kinds(tree: ast.AST) -> bool:
    """Whether the code asks which of the kinds of targets something is."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                named = any(
                    (isinstance(n, ast.Attribute) and n.attr == "kind")
                    or (isinstance(n, ast.Name) and n.id == "kind")
                    or (isinstance(n, ast.Constant) and n.value == "kind")
                    for side in sides
                    for n in ast.walk(side)
                )  # fmt: skip
                words = {n.value for s in sides for n in ast.walk(s) if isinstance(n, ast.Constant)}
                if named and KINDS & words:
                    return True
            case ast.MatchValue(value=ast.Constant(value=word)) if word in KINDS:
                return True
            case ast.Dict(keys=keys):
                words = {k.value for k in keys if isinstance(k, ast.Constant)}
                if len(KINDS & words) > 1:
                    return True
    return False


@pytest.mark.parametrize(
    "code",
    [
        "target.kind == 'engine'",
        "p.target.kind in ('http', 'x')",
        "row['kind'] != 'simulated'",
        "{'http': 1, 'engine': 2}[kind]",
        "match kind:\n  case 'engine': pass",
    ],
)
def test_a_comparison_of_kinds_would_be_noticed(code: str) -> None:
    assert compares_kinds(ast.parse(code))


def test_only_nature_knows_the_kinds_of_targets(modules: dict[str, ast.Module]) -> None:
    assert [name for name, tree in modules.items() if compares_kinds(tree)] == [
        "toolfuzz.core.nature"
    ]


def test_no_template_compares_kinds() -> None:
    for path in PACKAGE.rglob("*.j2"):
        assert not re.search(r"kind *[!=]= *['\"](http|simulated|engine)", path.read_text("utf-8"))
