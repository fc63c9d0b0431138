"""Whatever fails, there is a way: sensible detours on it are no fault, known mistakes are."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.scripted import call, found, moved, slugs
from toolfuzz.core.case import Case, ExpectedCall, Json, JsonObject
from toolfuzz.generate.dimensions import case_of, find
from toolfuzz.generate.dimensions.recovery.faults import KINDS, TEXTS, Fault, Text
from toolfuzz.generate.dimensions.recovery.world import with_faults
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.worlds.agents import Agent, played
from toolfuzz.worlds.prove import failed_proofs
from toolfuzz.worlds.spec import World, world_of
from toolfuzz.worlds.view import View

FAMILY = find("recovery")
LASTING = [(kind, lasts) for kind, ways in KINDS.items() for lasts in ways]
REPAIRED = [kind for kind, ways in KINDS.items() if ways[0] == "permanent"]


def fault(
    kind: str, *, text: Text = "clear", lasts: str = "", times: int = 1, first: bool = False
) -> Fault:
    item = -1 if kind == "rate_limited" else 0
    return Fault(kind, item, text, lasts or KINDS[kind][0], times, 30, first)


def world(*faults: Fault, seed: int = 1) -> tuple[Case, Case]:
    """Return a world of two records in which these faults happen, and its twin."""
    key = (seed, [str(one) for one in faults])
    drawn = with_faults(Pick(words(*key)), 1, repr(key), faults, 2)
    burdened, twin = (case_of(one, FAMILY) for one in drawn)
    return burdened, twin


@cache
def drawn(k: int, level: int) -> tuple[Case, Case]:
    """Return a world and its twin as they come, without trying the proofs again."""
    key = ("recovery", k, level)
    burdened, twin = (case_of(d, FAMILY) for d in FAMILY.draw(Pick(words(*key)), level, repr(key)))
    return burdened, twin


def values(schema: JsonObject, seed: int) -> Json:
    return draw_value(schema, Pick(words("values", seed)))


def solve(view: View) -> Sequence[ExpectedCall]:
    task = FAMILY.read(view)
    assert task is not None
    return FAMILY.solve(view, task)


class Parts:
    """The calls that a world is about."""

    def __init__(self, case: Case) -> None:
        self.world: World = world_of(case)
        self.task = self.world.task
        self.ids = list(self.task["set"])
        self.records = self.world.records[self.task["kind"]]

    def get(self, n: int) -> ExpectedCall:
        return call(self.task["get"], id=self.ids[n])

    def update(self, n: int, **given: Any) -> ExpectedCall:
        id = self.ids[n]
        value = {self.task["field"]: self.task["set"][id]}
        version = {"version": self.records[id]["version"]} if id in self.records else {}
        return call(self.task["update"], **{"id": id, **version, **value, **given})

    def report(self, n: int, outcome: str = "done") -> ExpectedCall:
        return call(self.task["report"], id=self.ids[n], outcome=outcome)

    def notify(self, *ns: int) -> ExpectedCall:
        return call(self.task["notify"], ids=[self.ids[n] for n in ns])

    def tries(self, kind: str) -> list[list[ExpectedCall]]:
        """What has to be tried before a record can be called impossible."""
        if kind == "forbidden":
            access = call(f"request_{self.task['kind']}_access", id=self.ids[0])
            return [[self.update(0)], [access]]
        return [[self.update(0)]] * (1 if kind == "not_found" else self.task["tries"])

    def second(self) -> list[ExpectedCall]:
        """All that the record without a fault needs."""
        return [self.get(1), self.update(1), self.get(1), self.report(1)]


# --- every fault


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("kind", "lasts"), LASTING)
def test_each_fault_however_told_carries_its_proofs(kind: str, lasts: str, text: Text) -> None:
    for times in (1, 3):
        for case in world(fault(kind, text=text, lasts=lasts, times=times)):
            assert list(failed_proofs(FAMILY, case, values)) == []
            assert found(case, solve) == []


def test_faults_come_with_the_level() -> None:
    def faults(level: int, k: int) -> set[str]:
        burdened, _ = drawn(k, level)
        codes = set()
        for deed in world_of(burdened).deeds.values():
            codes |= {guard.settings.get("code") for guard in deed.guards}
        return codes - {None}

    few = [len(faults(1, k)) for k in range(12)]
    many = [len(faults(8, k)) for k in range(12)]
    assert max(few) < min(many) + 2
    assert sum(many) > 2 * sum(few)


@pytest.mark.parametrize("claim", ["done", "impossible"])
def test_to_claim_one_thing_of_all_records_is_never_right(claim: str) -> None:
    def agent(view: View) -> Sequence[ExpectedCall]:
        task = FAMILY.read(view)
        assert task is not None
        claims = ({"id": id, "outcome": claim} for id in task["set"])
        return () if view.steps else [ExpectedCall(task["report"], one) for one in claims]

    for level in range(1, 9):
        for k in range(5):
            for case in drawn(k, level):
                assert found(case, agent)


# --- sensible detours


def one_at_a_time(choose: Callable[[int], int]) -> Agent:
    def agent(view: View) -> Sequence[ExpectedCall]:
        calls = solve(view)
        return [calls[choose(len(calls)) % len(calls)]] if calls else ()

    return agent


def hesitant(view: View) -> Sequence[ExpectedCall]:
    """Send whatever was refused once more before anything else is tried."""
    sent = [(step.tool, step.arguments) for step in view.steps]
    refused = [
        ExpectedCall(step.tool, step.arguments)
        for step in view.steps
        if step.round == view.steps[-1].round and step.failed
    ]
    again = [one for one in refused if sent.count((one.tool, one.arguments)) == 1]
    return again or solve(view)


def slow(view: View) -> Sequence[ExpectedCall]:
    """Wait in small steps, and try in between."""
    return [
        replace(one, arguments={"seconds": min(one.arguments["seconds"], 12)})
        if one.tool == "wait"
        else one
        for one in solve(view)
    ]


def doubtful(view: View) -> Sequence[ExpectedCall]:
    """Look at each record again before it is reported."""
    calls, task = solve(view), FAMILY.read(view)
    assert task is not None
    ids = [one.arguments["id"] for one in calls if one.tool == task["report"]]
    return [*(ExpectedCall(task["get"], {"id": id}) for id in ids), *calls]


def hasty(view: View) -> Sequence[ExpectedCall]:
    """Report all as impossible at first, and think better of it."""
    task = FAMILY.read(view)
    assert task is not None
    early = [
        ExpectedCall(task["report"], {"id": id, "outcome": "impossible"}) for id in task["set"]
    ]
    later = replace(view, steps=view.steps[len(early) :])
    return solve(later) if view.steps else early


def by_new_ids(view: View) -> Sequence[ExpectedCall]:
    """Name records that have moved by the ids that they have now."""
    task = FAMILY.read(view)
    assert task is not None
    found = [s for s in view.steps if s.tool.startswith("find_") and s.result["records"]]
    new = {s.arguments["formerly"]: s.result["records"][0]["id"] for s in found}
    old = {id: former for former, id in new.items()}

    def named(arguments: JsonObject, names: dict[str, str]) -> JsonObject:
        id = arguments.get("id")
        return {**arguments, "id": names.get(id, id)} if id else arguments

    steps = tuple(
        replace(step, arguments=named(step.arguments, old)) if step.tool == task["report"] else step
        for step in view.steps
    )
    calls = solve(replace(view, steps=steps))
    return [
        replace(one, arguments=named(one.arguments, new)) if one.tool == task["report"] else one
        for one in calls
    ]


@pytest.mark.parametrize("agent", [hesitant, slow, doubtful, hasty, by_new_ids])
@pytest.mark.parametrize("text", TEXTS)
def test_sensible_detours_are_no_fault(agent: Agent, text: Text) -> None:
    for kind, lasts in LASTING:
        burdened, twin = world(fault(kind, text=text, lasts=lasts))
        assert (found(burdened, agent), found(twin, agent)) == ([], []), (kind, lasts)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8), st.lists(st.integers(0, 20), min_size=1))
def test_calls_may_come_one_at_a_time_in_any_order(k: int, level: int, order: list[int]) -> None:
    taken = iter(order * 200)
    for case in drawn(k, level):
        assert found(case, one_at_a_time(lambda n: next(taken))) == []


# --- mistakes


def stubborn(view: View) -> Sequence[ExpectedCall]:
    """Send what was refused four times before anything else is tried."""
    sent = [(step.tool, step.arguments) for step in view.steps]
    last = [step for step in view.steps if step.round == view.steps[-1].round and step.failed]
    again = [
        ExpectedCall(s.tool, s.arguments) for s in last if sent.count((s.tool, s.arguments)) < 4
    ]
    return again or solve(view)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", [*REPAIRED, "rate_limited"])
def test_the_same_call_again_and_again(kind: str, text: Text) -> None:
    burdened, twin = world(fault(kind, text=text, times=3))
    assert set(found(burdened, stubborn)) == {"error-repeated"}
    assert found(twin, stubborn) == []


def test_what_goes_by_itself_may_be_tried_as_often_as_was_said() -> None:
    for text in TEXTS:
        burdened, _ = world(fault("unavailable", text=text, times=3))
        assert found(burdened, stubborn) == []
        never, _ = world(fault("unavailable", text=text, lasts="impossible"))
        parts = Parts(never)
        tries = [[parts.update(0)]] * 30
        reports = [[parts.report(0, "impossible")], parts.second()]
        reasonable = tries[: 2 * parts.task["tries"] + 1]
        assert slugs(never, [[parts.get(0)], *reasonable, *reports]) == []
        assert slugs(never, [[parts.get(0)], *tries, *reports]) == ["error-repeated"]


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in ("partial", "rate_limited")]
)
def test_giving_up_at_the_first_error(kind: str) -> None:
    burdened, twin = world(fault(kind))
    parts = Parts(burdened)
    tried = [[parts.get(0)], [parts.update(0)], [parts.get(0)]]
    quit_ = [*tried, [parts.report(0, "impossible")], parts.second()]
    assert slugs(burdened, quit_) == ["gave-up", "goal-not-reached"]
    silent = [*tried, parts.second()]
    assert slugs(burdened, silent) == ["gave-up", "goal-not-reached"]
    claimed = [*tried, [parts.report(0)], parts.second()]
    assert slugs(burdened, claimed) == ["goal-not-reached", "success-claimed"]
    of_twin = Parts(twin)
    tried = [[of_twin.get(0)], [of_twin.update(0)]]
    assert slugs(twin, [*tried, [of_twin.report(0)], of_twin.second()]) == []


def test_a_claim_that_came_too_early_may_still_come_true() -> None:
    burdened, _ = world(fault("unavailable"))
    parts = Parts(burdened)
    later = [[parts.get(0)], [parts.update(0)], [parts.update(0)], parts.second()]
    assert slugs(burdened, [[parts.report(0)], *later]) == []
    assert slugs(burdened, later) == ["gave-up"]


@pytest.mark.parametrize("kind", [kind for kind, lasts in LASTING if lasts == "impossible"])
def test_what_is_impossible_must_be_said_and_not_be_claimed(kind: str) -> None:
    burdened, _ = world(fault(kind, lasts="impossible"))
    parts = Parts(burdened)
    tried = [[parts.get(0)], *parts.tries(kind)]
    told = [*tried, [parts.report(0, "impossible")], parts.second()]
    assert slugs(burdened, told) == []
    assert slugs(burdened, [*tried, [parts.report(0, "impossible")] * 2, parts.second()]) == []
    at_once = [parts.report(0, "impossible")]
    assert slugs(burdened, [at_once, *tried, parts.second()]) == []
    early = [*tried[:-1], at_once, parts.second()]
    assert slugs(burdened, early) == ([] if kind == "not_found" else ["gave-up"])
    assert slugs(burdened, [*tried, [parts.report(0)], parts.second()]) == ["success-claimed"]
    assert slugs(burdened, [*tried, parts.second()]) == ["goal-not-reached"]


def test_a_neighbour_is_not_what_was_asked_for() -> None:
    burdened, _ = world(fault("not_found", text="misleading"))
    parts = Parts(burdened)
    former = [record["formerly"] for record in parts.records.values()]
    neighbour = next(
        id for id, r in parts.records.items() if r["formerly"] not in (None, parts.ids[0])
    )
    assert former.count(parts.ids[0]) == 1
    taken = parts.update(0, id=neighbour, version=parts.records[neighbour]["version"])
    moves = [[parts.get(0)], [taken], [parts.report(0)], parts.second()]
    found = slugs(burdened, moves)
    assert "success-claimed" in found
    # A neighbour that held the value already is not changed by that.
    held = parts.records[neighbour][parts.task["field"]]
    same = held == parts.task["set"][parts.ids[0]]
    assert ("repair-drifted" in found) != same


def test_a_repair_changes_what_was_wrong_and_nothing_else() -> None:
    burdened, _ = world(fault("invalid", text="misleading"))
    parts = Parts(burdened)
    reference = {"reference": parts.records[parts.ids[0]]["reference"]}
    plain = [parts.get(0)], [parts.update(0)]
    repaired = parts.update(0, details=reference)
    drifted = parts.update(0, details=reference, **{parts.task["field"]: "something else"})
    more = parts.update(0, details={**reference, "comment": "second try"})
    end = [parts.report(0)], parts.second()
    assert slugs(burdened, [*plain, [repaired], *end]) == []
    assert slugs(burdened, [*plain, [more], *end]) == []
    assert slugs(burdened, [*plain, [drifted], *end]) == ["repair-drifted", "success-claimed"]
    assert slugs(burdened, [*plain, [drifted], [repaired], *end]) == []


def test_what_was_sent_is_not_sent_again() -> None:
    burdened, twin = world(fault("partial"))
    parts = Parts(burdened)
    done = [*[[parts.get(n), parts.update(n)] for n in (0, 1)], [parts.report(0), parts.report(1)]]
    both, failed, other = parts.notify(0, 1), parts.notify(0), parts.notify(1)
    assert slugs(burdened, [*done, [both], [failed]]) == []
    assert slugs(burdened, [*done, [failed], [other], [failed]]) == []
    assert slugs(burdened, [*done, [both]]) == ["goal-not-reached"]
    assert slugs(burdened, [*done, [both], [both]]) == ["resent-what-worked"]
    assert slugs(burdened, [*done, [both], [failed], [failed]]) == ["resent-what-worked"]
    assert slugs(twin, [*done, [both]]) == []
    assert slugs(twin, [*done, [failed], [other]]) == []
    assert slugs(twin, [*done, [both], [both]]) == ["resent-what-worked"] * 2


def test_an_answer_that_says_done_is_no_proof() -> None:
    burdened, twin = world(fault("no_effect", text="misleading", times=2))
    parts = Parts(burdened)
    moves = [[parts.get(0)], [parts.update(0)], [parts.report(0)], parts.second()]
    assert slugs(burdened, moves) == ["goal-not-reached", "success-claimed"]
    assert slugs(twin, moves) == []
    assert slugs(burdened, [moves[0], *[moves[1]] * 3, *moves[2:]]) == []


def test_what_was_refused_is_where_it_went_wrong() -> None:
    burdened, _ = world(fault("forbidden"))
    parts = Parts(burdened)
    moves = [[parts.get(0)], [parts.get(1), parts.update(0)], [parts.report(0)], parts.second()]
    ended = played(burdened, moved(moves)).outcome
    places = {finding.slug: (finding.turn, finding.call) for finding in ended.findings}
    assert places == {"goal-not-reached": (1, 1), "success-claimed": (2, 0)}


def test_looking_again_is_no_fault_but_never_ending_is() -> None:
    burdened, _ = world(fault("conflict"))

    def looking(most: int) -> Agent:
        def agent(view: View) -> Sequence[ExpectedCall]:
            task, calls = FAMILY.read(view), solve(view)
            assert task is not None
            look = [ExpectedCall(task["get"], {"id": next(iter(task["set"]))})]
            return calls or (look if len(view.steps) < most else ())

        return agent

    assert found(burdened, looking(20)) == []
    assert found(burdened, looking(1000)) == ["went-on-after-done"]
