"""What `attribute` promises at every failure rate, on few studies.

benchmarks/attribute.py makes many.
"""

import importlib
import re
import statistics
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return importlib.import_module("attribute")


@pytest.fixture(scope="module")
def shop(bench: ModuleType) -> Any:
    return bench.Workshop(1, 2)


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.9])
def test_a_model_that_fails_whatever_is_sent_has_no_cause(
    bench: ModuleType, shop: Any, rate: float
) -> None:
    assert bench.cause_of_nothing(shop, rate, 25, 1).false == 0


@pytest.mark.parametrize(("rate", "noise"), [(0.3, 0.02), (0.7, 0.1)])
def test_planted_causes_are_found(bench: ModuleType, shop: Any, rate: float, noise: float) -> None:
    row = bench.cause_of(shop, rate, noise, 1, 20, 1)
    assert row.right >= 0.85
    assert row.false <= 0.05


DOCS = Path(__file__).parents[2] / "docs" / "evidence.md"
ROW = re.compile(r"\| (\d+)% \| (\d+)% \| (?:(\d+)%|–) \| (\d+)% \| (\d+) \|")


def documented() -> list[tuple[float, float, float | None, float, int]]:
    return [
        (int(rate) / 100, int(noise) / 100, int(right) / 100 if right else None, int(false) / 100,
         int(calls))
        for rate, noise, right, false, calls in ROW.findall(DOCS.read_text(encoding="utf-8"))
    ]  # fmt: skip


def test_the_documented_figures_are_those_of_the_code(bench: ModuleType, shop: Any) -> None:
    """A few studies of the documented rows; their cases are smaller, so they take fewer calls."""
    rows = documented()
    assert len(rows) >= 15
    assert max(false for *_, false, _ in rows) <= 0.02
    for rate, noise, right, _, calls in rows:
        if right is None:
            measured = bench.cause_of_nothing(shop, rate, 12, 2)
            assert measured.false == 0
            # Every other study looks twice, so that the median of twelve may be either's calls.
            assert measured.calls <= 3 * calls
        else:
            measured = bench.cause_of(shop, rate, noise, 1, 12, 2)
            assert measured.right >= right - 0.2
            assert measured.calls <= 1.5 * calls + 16


LAYER = re.compile(r"\| [\w ]+: (\w+) \| (\d+)% \| (\d+)% \| ([\d.]+)% \| (\d+) \|")


def documented_layers() -> list[tuple[str, float, float, float, int]]:
    return [
        (where, int(rate) / 100, int(right) / 100, float(false) / 100, int(calls))
        for where, rate, right, false, calls in LAYER.findall(DOCS.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("where", ["model", "parser", "gateway", "template"])
def test_the_documented_layers_are_those_of_the_code(bench: ModuleType, where: str) -> None:
    way = {layer: way for way, layer in bench.LAYERS.items()}[where]
    rows = [row for row in documented_layers() if row[0] == where]
    wanted = bench.LAYER_RATES if way else bench.NULL_RATES
    assert [rate for _, rate, *_ in rows] == list(wanted)
    for _, rate, right, false, calls in rows:
        measured = bench.layers(rate, way, 40, 1)
        assert false <= 0.02
        assert measured.false <= 0.025
        assert measured.right == pytest.approx(right, abs=0.3)
        assert measured.calls == pytest.approx(calls, rel=0.35)


MINIMIZED = re.compile(r"\| (\d+) of 10 \| (\d+)% \| (\d+) \| (\d+) \|")


def test_the_documented_figures_of_minimizing_are_those_of_the_code() -> None:
    """A few studies a row; the documented ones are over more cases and seeds."""
    bench = importlib.import_module("minimize")
    rows = MINIMIZED.findall(DOCS.read_text(encoding="utf-8"))
    assert [int(rate) for rate, *_ in rows] == [10, 7, 5, 3]
    planted = [(1, p) for p in bench.plant(6, 1)]
    for rate, exact, calls, _ in rows:
        least, most = bench.AIMS[int(rate) / 10]
        assert int(exact) / 100 >= least
        assert int(calls) <= most
        if rate in ("10", "3"):
            done = bench.studies(planted, int(rate) / 10)
            assert sum(s.right for s in done) >= 5
            assert statistics.median(s.result.calls for s in done) <= 1.5 * int(calls)


def test_what_fails_whatever_is_sent_is_said_to_do_so() -> None:
    bench = importlib.import_module("minimize")
    for p in bench.plant(2, 1):
        done = bench.study(bench.Planted("nothing", p.case, lambda case: True), 0.7, 0.7, 1)
        assert done.result.neighbour is None
        assert done.result.needs_nothing
