"""The promises of the decision rules, on few trials; benchmarks/check_rule.py makes many."""

import importlib
import re
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return importlib.import_module("check_rule")


def share(bench: ModuleType, outcome: str, trials: int, world: object) -> float:
    rng = np.random.default_rng(1)
    made = [bench.check_once(world, rng)[0].outcome for _ in range(trials)]
    return made.count(outcome) / trials


def test_no_change_is_hardly_ever_failed(bench: ModuleType) -> None:
    assert share(bench, "FAIL", 200, bench.World("", 0, 0.05)) <= 0.02


def test_a_drop_of_ten_points_is_found(bench: ModuleType) -> None:
    world = bench.World("", 0.04, 0.0104, 0.1010, new_defect=False)
    assert share(bench, "FAIL", 100, world) >= 0.98


def test_a_drop_of_five_points_is_found(bench: ModuleType) -> None:
    world = bench.World("", 0.04, 0.0104, 0.0505)
    assert share(bench, "FAIL", 150, world) >= 0.92
    assert share(bench, "PASS", 150, world) <= 0.08


def test_the_interval_holds_the_truth(bench: ModuleType) -> None:
    _, _, fifty_by_four, *_ = bench.coverage(300)
    ours, plain = (float(part) for part in re.findall(r"([\d.]+)%", fifty_by_four))
    assert ours >= 93 > plain
