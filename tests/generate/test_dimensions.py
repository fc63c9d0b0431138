"""Every dimension keeps to its contract: what is drawn carries its proofs."""

import json

import pytest

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.codec import case_from_json, case_to_json
from toolfuzz.generate.dimensions import all_dimensions, draw_pair
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.worlds import agents
from toolfuzz.worlds.family import Family
from toolfuzz.worlds.prove import failed_proofs
from toolfuzz.worlds.spec import world_of

FAMILIES = list(all_dimensions().values())
KS = range(6)


def values(schema: JsonObject, seed: int) -> Json:
    return draw_value(schema, Pick(words("values", seed)))


def levels(family: Family) -> tuple[int, ...]:
    least, most = family.levels
    return tuple(sorted({least, family.usual, most}))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_what_is_drawn_carries_its_proofs(family: Family) -> None:
    for level in levels(family):
        for k in KS if level == family.usual else KS[:2]:
            for case in draw_pair(family, 1, k, level):
                assert list(failed_proofs(family, case, values)) == [], (level, k, case.features)


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
