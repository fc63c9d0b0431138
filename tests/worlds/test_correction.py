"""``correction``: what passes at first, what has to be corrected, and what comes of corrections."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from toolfuzz.core.case import ExpectedCall
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.worlds.agents import Agent, brain, ignorant, played
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.spec import world_of
from toolfuzz.worlds.user import is_correction
from toolfuzz.worlds.view import View

FAMILY = find("correction")
KS = range(4)
right = brain(FAMILY)


def one_by_one(view: View) -> Move:
    return right(view)[:1]


def field_by_field(view: View) -> Move:
    calls = []
    for call in right(view):
        fields = [{k: v} for k, v in call.arguments.items() if k not in ("id", "name")]
        parts = [{"id": call.arguments["id"], **f} for f in fields] or [call.arguments]
        calls += [ExpectedCall(call.tool, part) for part in parts]
    return calls


def looking_twice(view: View) -> Move:
    calls = list(right(view))
    finds = [c for c in calls if c.tool.startswith("find")]
    return [*calls, *finds]


def twice(view: View) -> Move:
    return [call for call in right(view) for _ in range(2)]


def spelled_otherwise(view: View) -> Move:
    def value(given: object) -> object:
        return float(given) if type(given) is int else given

    return [
        ExpectedCall(c.tool, {k: value(v) for k, v in c.arguments.items()}) for c in right(view)
    ]


@pytest.mark.parametrize(
    "agent", [one_by_one, field_by_field, looking_twice, twice, spelled_otherwise]
)
def test_whoever_gets_there_at_first_passes(agent: Agent) -> None:
    for k in KS:
        for case in draw_pair(FAMILY, 5, k):
            ended = played(case, agent).outcome
            assert ended.status == "pass", ended.findings[:2]
            assert ended.scenario is not None
            assert (ended.scenario.interventions, ended.scenario.reached) == (0, True)


def test_whoever_does_everything_at_the_end_passes() -> None:
    for case in draw_pair(FAMILY, 5, 0):
        told = len(world_of(case).user.pieces) + 1
        late = played(case, lambda view: right(view) if len(view.users) == told else ())  # noqa: B023
        assert late.outcome.status == "pass"


def corrected(view: View) -> bool:
    return is_correction(view.users[-1])


def lazy(view: View) -> Move:
    """Be one message behind, until somebody says that it isn't right."""
    if corrected(view):
        return right(view)
    return right(replace(view, users=view.users[:-1])) if view.users[1:] else ()


def careless(view: View) -> Move:
    """Repair what is wrong, and give another key to the record that was found first."""
    if corrected(view):
        update = next(tool.name for tool in view.tools if tool.name.startswith("update"))
        breaks = ExpectedCall(update, {"id": view.steps[0].result["id"], "key": "another"})
        return () if view.since else [*right(view), breaks]
    return lazy(view)


def stubborn(view: View) -> Move:
    """Do nothing whatever is said after the last piece."""
    return () if corrected(view) else lazy(view)


@pytest.mark.parametrize(
    ("agent", "slugs", "reached"),
    [
        (lazy, {"correction-needed"}, True),
        (ignorant(FAMILY), {"correction-needed", "correction-not-taken"}, True),
        (careless, set(FAMILY.findings), False),
        (stubborn, {"correction-needed", "correction-not-taken", "goal-not-reached"}, False),
    ],
    ids=["lazy", "ignorant", "careless", "stubborn"],
)
def test_whoever_has_to_be_corrected_fails(
    agent: Callable[[View], Move], slugs: set[str], reached: bool
) -> None:
    found: set[str] = set()
    for k in KS:
        burdened, _ = draw_pair(FAMILY, 5, k)
        ended = played(burdened, agent).outcome
        assert ended.status == "fail"
        found |= {f.slug for f in ended.findings}
        scenario = ended.scenario
        assert scenario is not None
        assert scenario.reached is reached
        assert scenario.interventions >= 1
        assert (scenario.interventions == world_of(burdened).user.patience) or reached
    assert found == slugs


def test_the_first_finding_stands_where_the_model_said_that_it_was_done() -> None:
    burdened, _ = draw_pair(FAMILY, 5, 0)
    talk = played(burdened, ignorant(FAMILY))
    first = talk.outcome.findings[0]
    assert first.slug == "correction-needed"
    assert not talk.history[first.turn][1].calls
    said = talk.history[first.turn + 1][0].messages[0].content
    assert said == "That is not right yet. Please look at it again and finish it."
