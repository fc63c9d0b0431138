"""Rules bind one by one, and who keeps them may keep them in any way."""

from collections.abc import Callable, Iterator
from itertools import zip_longest

import pytest

from toolfuzz.core.case import Case, ExpectedCall, JsonObject
from toolfuzz.generate.dimensions import case_of
from toolfuzz.generate.dimensions.constraints import FAMILY, wordings
from toolfuzz.generate.dimensions.constraints.compile import counting
from toolfuzz.generate.pick import Pick, words
from toolfuzz.worlds.agents import played
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.spec import world_of
from toolfuzz.worlds.view import View

LEVEL = 16
EXAMPLES: JsonObject = {
    "area": "mill", "unit": "grams", "joint": "-", "parts": ["the text A: B", "the item as it is"],
    "codes": {"Holm": "X{1}", "Garth": "rule."}, "tool": "send", "most": 3, "field": "rush",
    "value": True, "answer": "yes",
}  # fmt: skip


@pytest.mark.parametrize("wording", range(wordings.COUNT))
@pytest.mark.parametrize("town", [None, "Holm"])
@pytest.mark.parametrize("kind", wordings.KINDS)
def test_a_rule_is_read_back_from_its_words(kind: str, town: str | None, wording: int) -> None:
    template = wordings.KINDS[kind][(wording + 7) % wordings.COUNT]
    fields = {name: value for name, value in EXAMPLES.items() if "{" + name + "}" in template}
    rule = {"n": 7, "kind": kind, "place": "tools", "except": town} | fields
    text = wordings.rendered(rule, wording)
    assert list(wordings.read_rules(f"Rules:\n{text}\nThat's all.", "tools")) == [rule]


def drawn(seed: int, k: int, level: int) -> tuple[Case, Case]:
    """Return a world and its twin as they are drawn; that they are proved is tried elsewhere."""
    burdened, twin = FAMILY.draw(Pick(words(seed, k)), level, f"{seed} {k}")
    return case_of(burdened, FAMILY), case_of(twin, FAMILY)


def findings(case: Case, agent: Callable[[View], Move]) -> list[str]:
    return [f"{one.slug}: {one.message}" for one in played(case, agent).outcome.findings]


def keeping(rules: list[JsonObject]) -> Callable[[View], Move]:
    """Return the agent that keeps these rules and no others."""

    def agent(view: View) -> Move:
        task = FAMILY.read(view)
        assert task is not None
        return FAMILY.solve(view, task | {"rules": rules})

    return agent


def effective(case: Case) -> list[JsonObject]:
    task = world_of(case).task
    return counting(task["rules"], task["wins"])


@pytest.mark.parametrize("k", range(4))
def test_every_rule_binds(k: int) -> None:
    """Who forgets one of them breaks this one and no other."""
    case, _ = drawn(3, k, LEVEL)
    rules, wording = effective(case), world_of(case).wording
    assert len(rules) == LEVEL
    for rule in rules:
        found = findings(case, keeping([one for one in rules if one is not rule]))
        assert found == [f"rule-broken: a rule is broken: {wordings.rendered(rule, wording)}"]


def test_of_two_rules_that_contradict_each_other_the_stronger_one_counts() -> None:
    tried = 0
    for k in range(12):
        case, _ = drawn(4, k, 8)
        task = world_of(case).task
        rules = effective(case)
        for weaker in (rule for rule in task["rules"] if rule not in rules):
            kept = [r for r in rules if (r["area"], r["kind"]) != (weaker["area"], weaker["kind"])]
            (found,) = findings(case, keeping([*kept, weaker]))
            assert found.startswith("rule-broken")
            tried += 1
    assert tried > 3


def test_all_kinds_places_and_exceptions_are_drawn() -> None:
    tasks = [world_of(drawn(1, k, 16)[0]).task for k in range(8)]
    rules = [rule for task in tasks for rule in task["rules"]]
    assert {rule["kind"] for rule in rules} == set(wordings.KINDS)
    assert {rule["place"] for rule in rules} == {"system", "tools", "earlier"}
    excepted = {rule["kind"] for rule in rules if rule["except"] is not None}
    assert excepted == {"unit", "naming", "codes", "only_if"}


# --- other ways that are right, and some that aren't

Calls = list[ExpectedCall]


def scripted(case: Case, rounds: list[Calls]) -> str:
    """Play the first message's answer, where there is an earlier one, and then these rounds."""
    waits, rounds = len(world_of(case).user.pieces), [calls for calls in rounds if calls]

    def agent(view: View) -> Move:
        if len(view.users) <= waits:
            return ()
        number = max((step.round - waits for step in view.steps), default=0)
        return rounds[number] if number < len(rounds) else ()

    return played(case, agent).outcome.status


def ways(case: Case) -> Iterator[tuple[str, list[Calls], bool]]:
    """Yield ways through a world: a name, its rounds, and whether it is right."""
    world = world_of(case)
    gold = [list(round) for round in world.gold]
    rules = {rule["kind"]: rule for rule in effective(case)}
    *earlier, sent = gold
    yield "as it is", gold, True
    yield "one call at a time", [[call] for round in gold for call in round], True
    yield "all looked up twice", [*earlier, *earlier, sent], True
    floats = [_in_floats(call) for call in sent]
    yield "numbers spelled otherwise", [*earlier, floats], True
    helper = {kind: rules[kind]["tool"] for kind in ("before", "after") if kind in rules}
    checks = [call for call in sent if call.tool == helper.get("before")]
    notes = [call for call in sent if call.tool == helper.get("after")]
    rest = [call for call in sent if call not in (*checks, *notes)]
    yield "checks at first, notes at last", [*earlier, checks, rest, notes], True
    yield "the areas by turns", [*earlier, _by_turns(case, sent)], True
    yield (
        "every order in parts",
        [*earlier, [half for call in sent for half in _halves(call)]],
        True,
    )
    yield "less than ordered", [*earlier, [_halves(call)[0] for call in sent]], False
    yield "nothing sent", earlier, False
    yield "everything sent twice", [*gold, sent], False
    if checks:
        yield "checks too late", [*earlier, rest, checks, notes], False
    if notes:
        yield "notes too early", [*earlier, checks, notes, rest], False
    if "confirm" in rules:
        yield "not waited for the answer", [*earlier[:-1], [*earlier[-1], *sent]], False


def _by_turns(case: Case, sent: Calls) -> Calls:
    """Return the calls of all areas mixed, those of each area in their order."""
    areas: dict[str, Calls] = {}
    orders = world_of(case).records["order"]
    for call in sent:
        given = call.arguments
        area = given["area"] if "area" in given else orders[given["order_id"]]["area"]
        areas.setdefault(area, []).append(call)
    return [call for turn in zip_longest(*areas.values()) for call in turn if call is not None]


def _halves(call: ExpectedCall) -> Calls:
    if "weight" not in call.arguments:
        return [call]
    half = call.arguments["weight"] / 2
    return [ExpectedCall(call.tool, call.arguments | {"weight": half})] * 2


def _in_floats(call: ExpectedCall) -> ExpectedCall:
    if "weight" not in call.arguments:
        return call
    return ExpectedCall(call.tool, call.arguments | {"weight": float(call.arguments["weight"])})


@pytest.mark.parametrize("k", range(6))
def test_any_way_that_keeps_the_rules_is_right(k: int) -> None:
    case, twin = drawn(5, k, 11)
    for world in (case, twin):
        for name, rounds, right in ways(world):
            assert scripted(world, rounds) == ("pass" if right else "fail"), name
