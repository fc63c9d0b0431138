"""The promises of the decision rules, on few trials; benchmarks/check_rule.py makes many."""

import importlib
import re
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return importlib.import_module("check_rule")


def world(bench: ModuleType, name: str, rate: float = 0.9) -> Any:
    return next(w for w in bench.worlds() if (w.name, w.rate) == (name, rate))


def test_no_change_is_hardly_ever_failed(bench: ModuleType) -> None:
    assert bench.measure(world(bench, "no change, all noise"), 150, 1).failed <= 0.01


def test_a_small_drop_by_known_defects_is_no_failure(bench: ModuleType) -> None:
    assert bench.measure(world(bench, "-2 points, old defects"), 120, 1).failed <= 0.02


def test_a_drop_beyond_the_margin_is_found(bench: ModuleType) -> None:
    assert bench.measure(world(bench, "-10 points, old defects"), 60, 1).failed >= 0.93


def test_a_new_defect_is_found(bench: ModuleType) -> None:
    measured = bench.measure(world(bench, "-5 points, new defect"), 80, 1)
    assert measured.failed >= 0.92
    assert measured.passed <= 0.08


def test_the_interval_holds_the_truth(bench: ModuleType) -> None:
    _, _, fifty_by_four, *_ = bench.coverage(300)
    ours, plain = (float(part) for part in re.findall(r"([\d.]+)%", fifty_by_four))
    assert ours >= 93 > plain
