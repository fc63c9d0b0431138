"""The promises of the decision rules, on few trials; benchmarks/check_rule.py makes many."""

import importlib
import re
from math import sqrt
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return importlib.import_module("check_rule")


def test_the_documented_figures_keep_the_promises(bench: ModuleType) -> None:
    """As measured; where the baseline fails in half of its calls a drop is harder to see."""
    said = bench.documented()
    worlds = {(world.name, world.rate): world for world in bench.worlds()}
    assert said.keys() == worlds.keys(), "the table of docs/checking.md has other rows"
    for (name, rate), (passed, failed) in said.items():
        assert passed + failed <= 1.001
        if name.startswith("no change"):
            assert failed <= 0.012
        elif name == "-2 points, old defects":
            assert failed <= 0.02
        elif name == "-5 points, new defect" or (name == "-10 points, old defects" and rate > 0.5):
            assert failed >= 0.95


@pytest.mark.parametrize(
    ("name", "rate", "trials"),
    [
        ("no change, all noise", 0.9, 80),
        ("no change, all noise, unconfirmed", 0.8, 80),
        ("-2 points, old defects", 0.98, 60),
        ("-5 points, new defect", 0.9, 60),
        ("-5 points, old defects", 0.9, 50),
        ("-10 points, old defects", 0.8, 50),
        ("-10 points, old defects, at random", 0.98, 50),
    ],
)
def test_the_documented_figures_are_those_of_the_code(
    bench: ModuleType, name: str, rate: float, trials: int
) -> None:
    world = next(w for w in bench.worlds() if (w.name, w.rate) == (name, rate))
    measured = bench.measure(world, trials, 1)
    for said, seen in zip(
        bench.documented()[name, rate], (measured.passed, measured.failed), strict=True
    ):
        # What chance does to so few trials, three times over.
        assert abs(seen - said) <= 3 * sqrt(max(said * (1 - said), 0.01) / trials)


def test_the_interval_holds_the_truth(bench: ModuleType) -> None:
    _, _, fifty_by_four, *_ = bench.coverage(300)
    ours, plain = (float(part) for part in re.findall(r"([\d.]+)%", fifty_by_four))
    assert ours >= 93 > plain
