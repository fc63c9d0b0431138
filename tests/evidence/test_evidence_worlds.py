"""Worlds are minimized by drawing them again from simpler choices; the control is their twin."""

import asyncio

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.evidence.minimize import Minimized, minimize
from toolfuzz.evidence.tree import size
from toolfuzz.evidence.worlds import ChoiceTree
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.generate.dimensions.again import drawn_again
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.worlds import agents
from toolfuzz.worlds.prove import failed_proofs
from toolfuzz.worlds.spec import world_of

PLAN = find("plan")


def values(schema: JsonObject, seed: int) -> Json:
    return draw_value(schema, Pick(words("values", seed)))


def shown(case: Case) -> set[str]:
    """The slugs that the agent without a plan shows."""
    ended = agents.played(case, agents.ignorant(PLAN)).outcome
    return {finding.slug for finding in ended.findings}


def minimized(case: Case, slug: str) -> Minimized:
    async def fails(case: Case) -> bool | None:
        return slug in shown(case)

    async def passes(case: Case) -> bool | None:
        return not shown(case)

    return asyncio.run(minimize(case, fails, passes=passes, deterministic=True))


def test_a_world_is_drawn_again_the_same_unless_told_otherwise() -> None:
    burdened, twin = draw_pair(PLAN, 0, 3)
    for case in (burdened, twin):
        again = drawn_again(world_of(case))
        assert again is not None
        assert (again.burdened, again.twin) == (burdened, twin)


def test_simpler_choices_stay_simple_when_it_is_drawn_again() -> None:
    burdened, _ = draw_pair(PLAN, 0, 3)
    tree = ChoiceTree(burdened)
    some = frozenset(tree.candidates(frozenset())[::3])
    simpler = tree.build(some)
    assert simpler is not None
    assert simpler.id != burdened.id
    assert list(failed_proofs(PLAN, simpler, values)) == []
    assert ChoiceTree(simpler).build(frozenset()) == simpler


def test_a_failing_world_becomes_small_and_keeps_its_finding() -> None:
    burdened, _ = draw_pair(PLAN, 0, 3, 12)
    result = minimized(burdened, "call-before-known")
    assert result.complete
    assert "call-before-known" in shown(result.case)
    assert world_of(result.case).level == PLAN.levels[0]
    assert size(result.case) < size(burdened) / 2
    assert list(failed_proofs(PLAN, result.case, values)) == []


def test_the_control_is_the_twin_of_the_minimal_world() -> None:
    burdened, _ = draw_pair(PLAN, 0, 3, 12)
    result = minimized(burdened, "call-before-known")
    assert result.neighbour is not None
    small, control = world_of(result.case), world_of(result.neighbour)
    assert (small.twin, control.twin) == (False, True)
    assert small.pair == control.pair
    assert result.neighbour.tools == result.case.tools


def test_a_world_that_nobody_drew_is_left_as_it_is() -> None:
    burdened, _ = draw_pair(PLAN, 0, 3)
    assert burdened.world is not None
    by_hand = Case(
        "generated", "plan", (), burdened.tools, burdened.turns, {**burdened.world, "seed": "mine"}
    )
    assert minimized(by_hand, "call-before-known").case == by_hand
