"""A built wheel holds what toolfuzz reads at run time, not only its modules, and no more."""

import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_every_file(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith(".py")}
    package = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "toolfuzz").rglob("*")
        if p.is_file() and p.suffix not in (".py", ".http") and "__pycache__" not in p.parts
    }
    assert package <= held
    assert not any(name.endswith(".http") for name in held), "examples are read by tests alone"
    assert {f"toolfuzz/schemas/{p.name}" for p in (ROOT / "schemas").glob("*.json")} <= held
    for pattern, least in (
        ("toolfuzz/evidence/corpus_cases/*.json", 25),
        ("toolfuzz/evidence/templates/*.j2", 3),
        ("toolfuzz/report/html/templates/*", 5),
        ("toolfuzz/schemas/*.json", 16),
        ("toolfuzz/*/*.toml", 2),
        ("toolfuzz/formats/*/laws.toml", 5),
    ):
        assert sum(Path(name).match(pattern) for name in held) >= least, pattern
