"""docs/monitoring.md says what benchmarks/monitor.py measured, with the rule as it is now."""

import importlib
import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from toolfuzz.analyze.watch import USUAL

PAGE = (Path(__file__).parents[2] / "docs/monitoring.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return importlib.import_module("monitor")


@pytest.fixture(scope="module")
def kept(bench: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bench.KEPT.read_text(encoding="utf-8"))
    return found


def test_the_figures_are_of_this_rule(kept: dict[str, Any]) -> None:
    assert kept["rule"] == json.loads(json.dumps(asdict(USUAL))), "benchmarks/monitor.py --write"


def test_the_page_holds_the_figures(bench: ModuleType, kept: dict[str, Any]) -> None:
    lines = list(bench.tables(kept))
    assert "\n".join(lines) in PAGE, "put what the benchmark prints into the page"
    assert len(lines) > 25


def test_the_page_names_the_rule() -> None:
    text = " ".join(PAGE.split())
    for said in (
        f"has {USUAL.baseline} calls",
        f"up to {USUAL.most} (`--most-calls`)",
        f"alarm is at {USUAL.alarm_at:,.0f}",
        f"365 / {USUAL.alarm_at:,.0f} = {USUAL.yearly_error:.1%}",
        f"the first {USUAL.baseline} answers, again in the first {2 * USUAL.baseline:,}",
        f"{USUAL.baseline_error:.1%} together",
        "(1.5, 2.5, 5 and 12)",
        f"at least {USUAL.burst_at:.0f} times as likely",
    ):
        assert said in text, said
    assert USUAL.factors == (1.5, 2.5, 5, 12) and USUAL.burst_portions == 7


def test_what_was_aimed_at_was_reached(kept: dict[str, Any]) -> None:
    assert len(kept["seeds"]) >= 5
    assert {0.5, 0.9, 0.98, 0.99} <= {row["rate"] for row in kept["quiet"]}
    for row in kept["quiet"]:
        assert row["alarms"] <= 0.01 * row["years"]
        assert row["calls_a_day"] <= 21
    falls = [row for row in kept["falls"] if not row["margin"]]
    medians = {(r["rate"], r["to"], r["after"]): r["median"] for r in falls}
    assert all(medians[0.98, 0.9, after] <= 3 for after in (7, 30, 180))
    assert all(medians[0.98, 0.8, after] == 1 for after in (7, 30, 180))


def test_measured_again_in_small(bench: ModuleType) -> None:
    quiet = bench.lives(USUAL, np.random.default_rng(1), bench.steady(0.98), 12, 90)
    assert not any(one.alarm is not None for one in quiet)
    assert sum(one.calls for one in quiet) / (12 * 90) < 23
    fall = bench.fall_row(0.98, 0.8, 7, bench.SEEDS, 24)
    assert fall["median"] == 1 and fall["endpoints"] == 120
    assert bench.daily_tests(0.98, np.random.default_rng(1), 2000) == pytest.approx(0.93, abs=0.02)


def test_a_fall_that_is_none_would_be_noticed(bench: ModuleType) -> None:
    assert bench.fall_row(0.98, 0.98, 7, (1,), 10)["median"] is None
