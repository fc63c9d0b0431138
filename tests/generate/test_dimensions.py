"""Every dimension keeps to its contract: what is drawn carries its proofs."""

import json
from dataclasses import replace
from typing import Any

import pytest

from toolfuzz.core.codec import case_from_json, case_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, drawn_anew, find, value_of
from toolfuzz.worlds import agents
from toolfuzz.worlds.family import Drawn, Family
from toolfuzz.worlds.prove import failed_proofs
from toolfuzz.worlds.spec import world_of

FAMILIES = list(all_dimensions().values())
KS = range(4)


def levels(family: Family) -> tuple[int, ...]:
    least, most = family.levels
    return tuple(sorted({least, family.usual, most}))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_what_is_drawn_carries_its_proofs(family: Family) -> None:
    """What doesn't is drawn anew: that must hardly ever be needed."""
    anew = 0
    for level in levels(family):
        for k in KS[: 2 if level <= family.usual else 1]:
            pair = draw_pair(family, 1, k, level)
            anew += drawn_anew(world_of(pair[0]))
    for case in pair:
        assert list(failed_proofs(family, case, value_of)) == [], (level, case.features)
    assert anew <= 1


def test_what_fails_a_proof_is_thrown_away() -> None:
    family = find("correction")
    drawn = []

    def leaky(*given: Any) -> tuple[Drawn, Drawn]:
        burdened, twin = family.draw(*given)
        drawn.append(given)
        if len(drawn) == 1:
            return burdened, replace(twin, world=replace(twin.world, goal=()))
        if len(drawn) == 2:
            raise ValueError("nothing is left to be drawn")
        return burdened, twin

    pair = draw_pair(replace(family, draw=leaky), 1, 0)
    assert [drawn_anew(world_of(case)) for case in pair] == [2, 2]
    assert world_of(pair[1]).goal


def test_a_family_without_proofs_is_not_asked() -> None:
    family = find("correction")

    def easy(*given: Any) -> tuple[Drawn, Drawn]:
        burdened, twin = family.draw(*given)
        return replace(burdened, world=replace(burdened.world, goal=())), twin

    with pytest.raises(UsageError, match="not by doing nothing: the null agent passes"):
        draw_pair(replace(family, draw=easy), 1, 0)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_a_world_and_its_twin_differ_in_the_burden_alone(family: Family) -> None:
    for k in KS:
        burdened, twin = (world_of(case) for case in draw_pair(family, 1, k))
        assert (burdened.twin, twin.twin) == (False, True)
        assert burdened.pair == twin.pair
        assert burdened.level == family.usual
        assert burdened.dimension == twin.dimension == family.name


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_the_agent_that_ignores_the_dimension_passes_the_twin(family: Family) -> None:
    for k in KS:
        _, twin = draw_pair(family, 1, k)
        ended = agents.played(twin, agents.ignorant(family)).outcome
        assert ended.status == "pass", (k, ended.findings[:2])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_what_goes_wrong_has_the_slugs_that_the_family_names(family: Family) -> None:
    for k in KS:
        burdened, _ = draw_pair(family, 1, k)
        ended = agents.played(burdened, agents.ignorant(family)).outcome
        assert {finding.slug for finding in ended.findings} <= set(family.findings)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_a_world_depends_on_its_place_alone_and_is_json(family: Family) -> None:
    for case in draw_pair(family, 2, 3):
        again = case_from_json(json.loads(json.dumps(case_to_json(case))))
        assert again == case
        assert again.id == case.id
    assert draw_pair(family, 2, 3) == draw_pair(family, 2, 3)
    assert draw_pair(family, 2, 3) != draw_pair(family, 2, 4)
