"""Draws areas with their orders and rules, so that each rule binds and all can be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.generate.dimensions.base import THINGS, values_of
from toolfuzz.generate.dimensions.constraints.compile import (
    FACTORS,
    FIXED,
    GOVERNED,
    PARTS,
    Rules,
    compiled,
    counting,
    value_of,
)
from toolfuzz.generate.dimensions.constraints.message import messages
from toolfuzz.generate.dimensions.constraints.solve import asking, of_area, sending
from toolfuzz.generate.dimensions.constraints.tools import HELPERS, deeds_of, tools_of
from toolfuzz.generate.dimensions.constraints.wordings import COUNT, KINDS, rendered
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn
from toolfuzz.worlds.spec import Check, Rule, User, World, nonce

__all__ = ["draw"]

_AREAS = ("north", "harbour", "mill", "quarry", "valley", "coast", "market", "castle")
_TOWNS = (
    "Aldon", "Berrow", "Calder", "Dunmere", "Eastly", "Farrow", "Garth", "Holm", "Ingle", "Jarlow",
    "Kelby", "Larkhill", "Marlow", "Norby", "Oakham", "Penrow", "Quarley", "Redmoor", "Selby",
    "Thorpe", "Upton", "Verne", "Wexley", "Yarm",
)  # fmt: skip
_SENDERS = (
    ("send_by_van", "send_by_rail"),
    ("ship_by_road", "ship_by_sea"),
    ("dispatch_by_bike", "dispatch_by_truck"),
    ("deliver_by_day", "deliver_by_night"),
)
_GRADES = ("A", "B")
_PLACES = (("system",), ("tools",), ("earlier",), ("system", "tools", "earlier"))
_MOST_AREAS = 4
_ALTERNATIVES = ("never", "at_most")
_AN_AREA_S = len(KINDS) - 1
"""How many rules an area can have: of the two alternatives only one."""


@dataclass(slots=True)
class _Area:
    """An area while it is drawn.

    ``answers`` are those that come when somebody is asked; ``sent`` are the orders that are to be
    sent, of which ``spared`` (a town) is excepted from the rule that would stop it.
    """

    name: str
    kinds: Sequence[str]
    orders: dict[str, JsonObject] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    rules: list[JsonObject] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    spared: str | None = None


def draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    """Draw a world with ``level`` rules, and its twin: the rules stand beside the orders, too."""
    first, second = pick.of(_SENDERS)
    helpers = {kind: pick.of(names) for kind, names in HELPERS.items()}
    areas = [_area(pick, name, kinds, seed) for name, kinds in _kinds(pick, level).items()]
    for area in areas:
        area.rules = [_rule(pick, kind, area, first, helpers, seed) for kind in area.kinds]
    wins = pick.of(("lower", "higher"))
    rules = _numbered(pick, areas, wins, seed)
    extra, options = values_of(pick, 1, 2)
    task: JsonObject = {
        "areas": [area.name for area in areas],
        "list": "list_orders",
        "first": first,
        "second": second,
        "options": options,
        "wins": wins,
        "rules": rules,
    }
    wording = pick.below(COUNT)
    world = World(
        dimension="constraints",
        level=level,
        pair=nonce(seed, "pair"),
        twin=False,
        wording=wording,
        seed=seed,
        task=task,
        deeds=deeds_of(task, helpers),
        records={
            "order": {id: order for area in areas for id, order in area.orders.items()},
            "answer": {id: {"answer": said} for area in areas for id, said in area.answers.items()},
            "area": {name: {"status": "open"} for name in _AREAS},
        },
        user=User(pieces=tuple(message.content for message in messages(task, wording)[1])),
    )
    world = _judged(world, areas)
    tools = tuple(pick.shuffled(tools_of(world, helpers, extra)))
    return Drawn(world, tools), Drawn(_twin(world, areas), tools)


def _kinds(pick: Pick, level: int) -> dict[str, list[str]]:
    """Return area → kinds of its rules, ``level`` of them in all; perhaps one area has none."""
    count = pick.within(-(-level // _AN_AREA_S), min(_MOST_AREAS, level))
    names = pick.some(_AREAS, count + 1, count + 1)
    slots = []
    for name in names[:count]:
        without = pick.of(_ALTERNATIVES)
        slots += [(name, kind) for kind in KINDS if kind != without]
    kinds: dict[str, list[str]] = {name: [] for name in names[: count + pick.below(2)]}
    for name, kind in pick.some(slots, level, level):
        kinds[name].append(kind)
    return kinds


def _area(pick: Pick, name: str, kinds: Sequence[str], seed: str) -> _Area:
    """Draw orders of which each kind of rule concerns some, and three at least are to be sent."""
    area = _Area(name, kinds)
    stopping = [kind for kind in ("only_if", "confirm") if kind in kinds]
    count = pick.within(3, 5) + len(stopping)
    items, towns = pick.some(THINGS, count, count), pick.some(_TOWNS, count, count)
    halted = dict(zip(pick.some(range(count), len(stopping), len(stopping)), stopping, strict=True))
    sent = [n for n in range(count) if n not in halted]
    spared = pick.of(sent) if "only_if" in kinds and pick.chance(40) else None
    rushed = pick.of(sent[1:])
    for n, (item, town) in enumerate(zip(items, towns, strict=True)):
        id = nonce(seed, name, n)
        lower = halted.get(n) == "only_if" or n == spared
        rush = n == rushed or pick.chance(30)
        area.orders[id] = {
            "area": name,
            "item": item,
            "town": town,
            "weight_kg": pick.within(2, 80) / 2,
            "grade": "B" if lower else "A" if "only_if" in kinds else pick.of(_GRADES),
            "rush": rush and not ("priority" in kinds and n == sent[0]),
            "sent": False,
            "sent_weight": 0,
        }
        area.answers[id] = "no" if halted.get(n) == "confirm" else "yes"
    ids = list(area.orders)
    area.sent = [ids[n] for n in sent]
    area.spared = None if spared is None else towns[spared]
    return area


def _rule(
    pick: Pick, kind: str, area: _Area, first: str, helpers: Mapping[str, str], seed: str
) -> JsonObject:
    """Draw a rule that binds: who ignores it breaks it with one of the orders."""
    rule: JsonObject = {"n": 0, "kind": kind, "area": area.name, "except": None, "place": ""}
    match kind:
        case "unit" | "naming" | "codes":
            rule |= _value(pick, kind, area, seed)
            if pick.chance(40):
                rule["except"] = area.orders[pick.of(area.sent)]["town"]
        case "never":
            rule["tool"] = first
        case "at_most":
            rule |= {"most": pick.within(1, len(area.sent) - 1), "tool": first}
        case "only_if":
            rule |= {"field": "grade", "value": "A", "except": area.spared}
        case "range":
            rule["most"] = _heavier(pick, area)
        case "before" | "after":
            rule["tool"] = helpers[kind]
        case "priority":
            rule |= {"field": "rush", "value": True}
        case "expiry":
            rule |= {"most": pick.within(1, len(area.sent) - 1), "tool": helpers[kind]}
        case _:
            rule |= {"answer": "yes", "tool": helpers[kind]}
    return rule


def _value(pick: Pick, kind: str, area: _Area, *key: str) -> JsonObject:
    """Draw what a value has to be; ``key`` makes the codes."""
    if kind == "unit":
        return {"unit": pick.of(tuple(FACTORS))}
    if kind == "codes":
        towns = [order["town"] for order in area.orders.values()]
        return {"codes": {town: nonce(*key, area.name, town)[:5].upper() for town in towns}}
    parts = pick.some(tuple(PARTS), 1, 2)
    fixed = FIXED + nonce(*key, area.name)[:4].upper()
    parts.insert(pick.below(len(parts) + 1), fixed)
    return {"joint": pick.of(("-", "/", "_", ".")), "parts": parts}


def _heavier(pick: Pick, area: _Area) -> int:
    """Return how much a call may send; some orders get heavier than that, all others lighter."""
    most = pick.within(3, 30)
    heavy = pick.some(area.sent, 1, 2)
    for id, order in area.orders.items():
        lighter = min(order["weight_kg"], most)
        order["weight_kg"] = most * pick.within(2, 3) if id in heavy else lighter
    return most


def _numbered(pick: Pick, areas: Sequence[_Area], wins: str, seed: str) -> list[JsonObject]:
    """Give the rules numbers and places; some get a weaker one that contradicts them."""
    places = pick.of(_PLACES)
    pairs: list[list[JsonObject]] = []
    for area in areas:
        for rule in area.rules:
            pairs.append([rule])
            if rule["kind"] in GOVERNED.values() and not rule["except"] and pick.chance(25):
                pairs[-1].append(rule | _contrary(pick, rule, area, seed))
    numbers = pick.shuffled(range(1, sum(map(len, pairs)) + 1))
    for pair in pairs:
        taken = sorted((numbers.pop() for _ in pair), reverse=wins == "higher")
        for rule, n in zip(pair, taken, strict=True):
            rule |= {"n": n, "place": pick.of(places)}
    return sorted((rule for pair in pairs for rule in pair), key=lambda rule: int(rule["n"]))


def _contrary(pick: Pick, rule: JsonObject, area: _Area, seed: str) -> JsonObject:
    if rule["kind"] == "unit":
        return {"unit": next(unit for unit in FACTORS if unit != rule["unit"])}
    return _value(pick, rule["kind"], area, seed, "contrary")


# --- goal, automata, and the way


def _judged(world: World, areas: Sequence[_Area]) -> World:
    """Add what has to come of it and how."""
    task, senders = world.task, (world.task["first"], world.task["second"])
    effective = counting(task["rules"], task["wins"])
    goal: list[Check] = []
    rules: list[Rule] = []
    asked: list[ExpectedCall] = []
    sent: list[ExpectedCall] = []
    for area in areas:
        by_kind = of_area(effective, area.name)
        asked += asking(area.orders, by_kind)
        sent += sending(task, area.name, area.orders, by_kind, area.answers)
        for rule in by_kind.values():
            rules.append(compiled(rule, by_kind, area.orders, senders, world.wording))
        for id in area.sent:
            goal += _checks(id, area.orders[id], by_kind, task, senders)
    listed = tuple(ExpectedCall(task["list"], {"area": area.name}) for area in areas)
    gold = [listed, tuple(asked), tuple(sent)]
    return replace(
        world,
        goal=tuple(goal),
        rules=tuple(rules),
        gold=tuple(filter(None, gold)),
        most_rounds=10 + 2 * sum(map(len, gold)),
    )


def _checks(
    id: str, order: JsonObject, rules: Rules, task: JsonObject, senders: Sequence[str]
) -> list[Check]:
    """An order is sent; what no rule says of its values is as in the order."""
    want: JsonObject = {"sent": True, "sent_options": task["options"]}
    for parameter, kind in GOVERNED.items():
        if kind not in rules:
            want[f"sent_{parameter}"] = value_of(parameter, order, rules)
    return [Check("order", id, held, value, "goal-not-reached") for held, value in want.items()]


def _twin(world: World, areas: Sequence[_Area]) -> World:
    """The rules that count stand in every order that they are about."""
    effective = counting(world.task["rules"], world.task["wins"])
    beside = {
        area.name: [
            rendered(rule, world.wording) for rule in effective if rule["area"] == area.name
        ]
        for area in areas
    }
    orders = {id: o | {"rules": beside[o["area"]]} for id, o in world.records["order"].items()}
    return replace(world, twin=True, records=world.records | {"order": orders})
