"""The plan: all combinations in few rows, rules kept, nothing correlated."""

from itertools import combinations
from math import floor
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolfuzz
from toolfuzz.generate import draw_cases
from toolfuzz.generate.covering import (
    Rule,
    combinations_of,
    covering_rows,
    random_row,
)
from toolfuzz.generate.features import all_features
from toolfuzz.generate.plan import coverage, describe_plan, make_plan, rules

GROUPS = make_plan().groups


def held(rows: list[tuple[str, ...]], features: tuple[str, ...], strength: int) -> set:
    states = [[(name, name in row) for name in features] for row in rows]
    return {c for row in states for c in combinations(row, strength)}


def keeps(row: tuple[str, ...], given_rules: tuple[Rule, ...]) -> bool:
    return all((r.other in row) is r.state for r in given_rules if r.feature in row)


@pytest.mark.parametrize(("strength", "most"), [(2, 16), (3, 48)])
@pytest.mark.parametrize(("name", "features"), GROUPS, ids=[name for name, _ in GROUPS])
def test_few_rows_cover_everything(
    name: str, features: tuple[str, ...], strength: int, most: int
) -> None:
    kept = rules(features)
    rows = covering_rows(features, kept, strength, 0)
    assert len(rows) <= most
    assert all(keeps(row, kept) and row for row in rows)
    assert held(list(rows), features, strength) == set(combinations_of(features, kept, strength))


NAMES = ("a", "b", "c", "d", "e")
RULES = st.lists(
    st.builds(Rule, st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans()).filter(
        lambda rule: rule.feature != rule.other
    ),
    max_size=5,
).map(tuple)


@given(RULES, st.integers(1, 3), st.integers(0, 3))
def test_what_can_be_is_exactly_what_is_covered(
    kept: tuple[Rule, ...], strength: int, seed: int
) -> None:
    every = [
        tuple(name for n, name in enumerate(NAMES) if bits >> n & 1) for bits in range(1, 2**5)
    ]
    possible = held([row for row in every if keeps(row, kept)], NAMES, strength)
    rows = covering_rows(NAMES, kept, strength, seed)
    assert all(keeps(row, kept) for row in rows)
    assert held(list(rows), NAMES, strength) == possible


def test_later_rows_do_not_correlate_features() -> None:
    features = dict(GROUPS)["constraints"]
    rows = [random_row(features, rules(features), 0, n) for n in range(600)]
    free = [f for f in features if not any(f in (r.feature, r.other) for r in rules(features))]
    for a, b in combinations(free, 2):
        share = sum(a in row for row in rows) / len(rows)
        with_b = [a in row for row in rows if b in row]
        assert abs(sum(with_b) / len(with_b) - share) < 0.13


def test_the_row_of_a_case_depends_on_its_number_alone() -> None:
    plan = make_plan(seed=3)
    backwards = [plan.row(k) for k in reversed(range(120))]
    assert [make_plan(seed=3).row(k) for k in range(120)] == backwards[::-1]
    assert [make_plan(seed=4).row(k) for k in range(120)] != backwards[::-1]


def test_groups_take_turns_by_weight() -> None:
    groups = [make_plan().row(k).group for k in range(200)]
    assert groups[:100].count("indirect") == 11
    drawn_by_the_plan = {name for name, _ in GROUPS} - {"conversation"}
    assert set(groups[:25]) == drawn_by_the_plan


def test_rules_name_features_that_exist() -> None:
    known = all_features()
    for feature in known.values():
        assert {*feature.excludes, *feature.implies} <= known.keys()


@pytest.mark.parametrize("strength", [2, 3])
def test_cases_reach_what_the_plan_promises(strength: int) -> None:
    chosen = ["enum-string", "integer-bounds", "text-unicode", "default", "format", "tuple", "map"]
    rows = covering_rows(tuple(chosen), rules(tuple(chosen)), strength, 0)
    cases = list(draw_cases(len(rows), features=chosen, strength=strength, probes=["echo"]))
    # A row's case may have a feature more, by chance: the triple without it is then missing.
    assert coverage(cases, strength, chosen) > 0.99
    assert coverage(cases[: len(rows) // 2], strength, chosen) < 1.0


def test_the_summary_counts_from_the_cases() -> None:
    cases = list(draw_cases(60))
    few, all_ = describe_plan(cases[:20]), describe_plan(cases)
    assert 0 < few.three_way < few.pairwise < all_.pairwise <= 1
    assert all_.cases == 60
    assert 50 < all_.shapes <= 60
    assert describe_plan([*cases, *cases]).shapes == all_.shapes
    assert 100 < all_.mean_request_tokens < 5000


def test_the_guide_states_what_ten_seeds_cover() -> None:
    guide = (Path(toolfuzz.__file__).parents[1] / "docs" / "generation.md").read_text()
    drawn = [list(draw_cases(200, seed=seed)) for seed in range(10)]
    for noun, strength in (("pairs", 2), ("triples", 3)):
        for n in (100, 200):
            shares = [100 * coverage(cases[:n], strength) for cases in drawn]
            least, middle = (floor(10 * share) / 10 for share in (min(shares), median(shares)))
            stated = f"{noun} covered by {n} cases | | least {least} %, median {middle} %"
            assert stated in guide
