"""Dimensions in words: what stands for one, where half passes, what corrections cost."""

from typing import Any

import pytest
from rich.console import Group

from toolfuzz.analyze.dimension_pairs import shown
from toolfuzz.core.case import JsonObject
from toolfuzz.report.console import plain
from toolfuzz.report.dimensions import (
    compared,
    corrected,
    dimension_notes,
    dimension_tables,
    half,
    points,
    shown_level,
    unit,
)


def rate(share: float | None, judged: int = 20) -> JsonObject:
    low, high = (max(share - 0.1, 0), min(share + 0.1, 1)) if share is not None else (0, 1)
    return {"rate": share, "low": low, "high": high, "judged": judged, "passed": 0}


def entry(**changed: Any) -> JsonObject:
    return {
        "levels": [7],
        "scenarios": 20,
        "success": rate(0.6),
        "check_success": 0.9,
        "twin": rate(0.95),
        "difference": {"difference": -0.35, "low": -0.5, "high": -0.1, "pairs": 20},
        "level_half": None,
        "usual": None,
        "by_level": {},
        "unjudged": 0,
        "unjudged_reasons": {},
        "broken": 0,
        "success_with_broken": rate(0.6),
        "detour": 1.0,
        "cost": {
            "rounds": 6.0, "calls": 8.0, "input_tokens": 9000.0, "output_tokens": 300.0,
            "price_usd": 0.0,
        },
        "half_life": None,
        "interventions": None,
        **changed,
    }  # fmt: skip


def estimate(level: float, low: float, high: float, beyond: str = "") -> JsonObject:
    return {"level": level, "low": low, "high": high, "beyond": beyond, "range": [3, 20]}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (estimate(7.2, 5.6, 9.1), "7.2 (5.6 – 9.1)"),
        (estimate(15, 9, 40), "15 (9 – beyond 20)"),
        (estimate(4, 1, 6), "4 (below 3 – 6)"),
        (estimate(50, 22, 80, "above"), "beyond 20"),
        (estimate(1, 0.8, 2, "below"), "below 3"),
        (None, "–"),
    ],
)
def test_where_half_passes(found: JsonObject | None, words: str) -> None:
    assert half(found) == words


def test_large_numbers_stay_short() -> None:
    tokens = {**estimate(23_400, 15_000, 40_000), "range": [1000, 90_000]}
    assert half(tokens, " tokens") == "23k tokens (15k – 40k)"


def test_a_fixed_level_shows_what_was_measured_an_adaptive_run_what_it_tells() -> None:
    assert (shown(entry())["rate"], shown_level(entry())) == (0.6, "7")
    usual = {"level": 7, "rate": 0.81, "low": 0.7, "high": 0.9}
    adaptive = entry(levels=[5, 9], usual=usual, level_half=estimate(8, 7, 9))
    assert (shown(adaptive)["rate"], shown_level(adaptive)) == (0.81, "7")


def test_points_have_a_sign_where_there_is_a_difference() -> None:
    assert [points(x) for x in (0.123, -0.05, 0.0, -0.001)] == ["+12", "-5", "0", "0"]


def target(**dimensions: JsonObject) -> JsonObject:
    return {"target": "acme/one", "dimensions": dimensions}


def printed(targets: list[JsonObject], width: int) -> str:
    return plain(lambda _: Group(*dimension_tables(targets, width=width)))


def test_the_table_has_a_row_a_dimension() -> None:
    page = printed([target(plan=entry(), scope=entry(success=rate(None, 0)))], 140)
    head, plan, scope = page.strip().splitlines()[1:]
    assert head.split()[-3:] == ["judged", "calls", "tokens"]
    cells = "plan 60.0% 50 – 70 95.0% -35 (-50 to -10) 7 20 6 9,300"
    assert " ".join(plan.split()) == cells
    assert "not judged" in scope and " – " in scope


def test_a_narrow_table_leaves_columns_out() -> None:
    assert "tokens" not in printed([target(plan=entry())], 80)
    assert "judged" not in printed([target(plan=entry())], 70)
    assert printed([{"target": "x"}], 140) == ""


def test_several_targets_are_named() -> None:
    page = printed([target(plan=entry()), {**target(plan=entry()), "target": "evil\x1b[2J"}], 140)
    assert "acme/one, by dimension" in page and "evil\\x1b[2J, by dimension" in page


def test_what_arrived_broken_is_told_in_both_ways() -> None:
    broken = entry(
        unjudged=3, broken=2, success_with_broken=rate(0.5),
        unjudged_reasons={"id-missing": 2, "HTTP 503": 1},
    )  # fmt: skip
    first, second = dimension_notes([target(plan=broken)])
    assert "2 scenarios ended by what arrived broken (id-missing)" in first and "50.0%" in first
    assert "1 scenario unjudged (HTTP 503)" in second


def test_what_is_an_estimate_is_said_once() -> None:
    adaptive = entry(usual={"level": 7, **rate(0.8)})
    notes = dimension_notes([target(plan=adaptive, scope=adaptive), target(plan=adaptive)])
    assert [note.partition(",")[0] for note in notes] == [
        "success is that at the usual level of each dimension"
    ]
    assert dimension_notes([target(plan=entry()), {"target": "x"}]) == []


def test_a_price_and_a_detour_are_told_where_there_are_any() -> None:
    dear = {**entry()["cost"], "price_usd": 0.0123}
    page = printed([target(plan=entry(cost=dear, detour=1.34))], 140)
    assert page.split()[-1] == "$0.012" and "price" in page
    assert "price" not in printed([target(plan=entry(cost=dear))], 90)
    (note,) = dimension_notes([target(plan=entry(detour=1.34))])
    assert note.endswith("took 1.3 times the rounds of the shortest way")


def test_what_corrections_cost() -> None:
    found = {"per_100": 80.0, "low": 55.0, "high": 105.0, "censored": 2, "regressions": 0.1,
             "survival": [0.45, 0.2, 0.0]}  # fmt: skip
    words = corrected(found)
    assert words.startswith("80 corrections per 100 tasks (55 – 105), at least: 2 tasks never")
    assert words.endswith("not yet right after 0: 45.0%, 1: 20.0%")


def test_a_half_life_is_told_in_turns_and_tokens() -> None:
    tokens = {"level": 3400, "low": 2100, "high": 9000, "beyond": "above", "range": [300, 4000]}
    found = entry(half_life={"turns": estimate(9.1, 6, 13), "tokens": tokens})
    (note,) = dimension_notes([target(retention=found)])
    assert note.endswith("half-life 9.1 turns (6 – 13), beyond 4,000 tokens")


def test_two_models_in_a_dimension() -> None:
    found = {
        "dimension": "plan", "first": "a", "second": "b", "difference": -0.2, "low": -0.4,
        "high": -0.05, "apart": True, "paired": True, "pairs": 1,
    }  # fmt: skip
    assert compared(found) == "plan: b is ahead of a: +20 (+5 to +40) on 1 shared scenario"
    alike = {**found, "difference": 0.1, "low": -0.1, "high": 0.3, "apart": False, "paired": False}
    assert compared(alike) == (
        "plan: a can't be told from b: +10 (-10 to +30) estimated at the usual level"
    )


def test_runs_of_worlds_count_scenarios() -> None:
    assert unit([target(plan=entry())]) == "scenario"
    assert unit([{"target": "x"}]) == unit([{"target": "x"}, target(plan=entry())]) == "call"
