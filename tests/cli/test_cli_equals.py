"""Two models that are alike, on the simulator: they fail at random, and nobody is called worse."""

from pathlib import Path

import pytest

import toolfuzz

ALIKE = ("sim/fault:object-as-json-string@0.3", "sim/fault:object-as-json-string@0.30")


@pytest.mark.parametrize("seed", [0, 1])
def test_equals_are_not_told_apart(seed: int, tmp_path: Path) -> None:
    summary = toolfuzz.run(ALIKE, cases=40, seed=seed, out=tmp_path / "r")
    assert all(0 < target["failed"] < 40 for target in summary["targets"])
    concluded = summary["conclusion"]
    assert concluded["worse"] == [] and set(concluded["alike"]) == set(ALIKE)
    assert "can't be told apart, and both fail: of " in concluded["sentence"]
    assert concluded["tone"] == "bad"
