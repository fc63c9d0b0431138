"""The benchmark of the dimensions, in small: who fails what, over HTTP and on worlds as drawn."""

import importlib

import pytest

from toolfuzz.generate.dimensions import all_dimensions


def test_what_the_benchmark_shows() -> None:
    bench = importlib.import_module("dimensions")
    assert bench.lacking().keys() == all_dimensions().keys()
    figures = bench.main(["--quick"])
    assert figures.keys() <= bench.claimed().keys(), (
        "docs/dimensions.md claims all that is measured"
    )
    for name in ("other dimensions", "sim/clean", "control twins", "solved, read back and known"):
        assert figures[f"{name}, at least"] == "100.0%"
    idle = [value for name, value in figures.items() if name.startswith("passed ")]
    assert len(idle) == 4
    assert {figures["own dimension, at most"], *idle} == {"0.0%"}


@pytest.mark.parametrize("half", [3.0, 7.5, 20.0])
def test_simulated_callers_fail_one_half_at_their_level(half: float) -> None:
    chance = importlib.import_module("dimensions").chance
    assert chance(half, half) == pytest.approx(0.5)
    assert chance(2 * half, half) < 0.25 < 0.75 < chance(half / 2, half)
