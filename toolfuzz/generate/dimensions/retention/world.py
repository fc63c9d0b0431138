"""The dispatch desk: orders that are looked at, noted on and shipped."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.generate.dimensions.base import tool_of
from toolfuzz.generate.dimensions.retention.texts import WORDINGS, said
from toolfuzz.generate.dimensions.retention.timeline import (
    GOODS,
    REMINDER,
    Timeline,
    drawn,
    in_force,
)
from toolfuzz.generate.features.base import Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.spec import Check, Deed, Guard, User, World, nonce

__all__ = ["Desk", "calls_for", "desk_of", "draw"]

_LINES = (
    "{depot}: a lorry with {goods} came in, {n} pallets.",
    "{depot}: gate {n} was closed for cleaning.",
    "{depot}: {n} pallets of {goods} were counted again, all there.",
    "{depot}: the driver waited {n} minutes for papers.",
    "{depot}: an order of {goods} went out with the code {code}.",
    "{depot}: {n} parcels of {goods} came back unopened.",
    "{depot}: the scale at gate {n} was checked.",
)
_SHIPPED: JsonObject = {
    "code": "already_shipped",
    "told": {"message": "this order has been shipped already"},
}
_TEXTS = 53
_CHARACTERS = 4
"""Of a token, about."""

_NAMES: tuple[dict[str, str], ...] = (
    {
        "look": "get_order",
        "list": "list_orders",
        "note": "set_note",
        "ship": "ship_order",
        "ask": "ask_customer",
        "order": "order",
        "depot": "depot",
        "code": "code",
        "text": "note",
    },
    {
        "look": "orders_read",
        "list": "orders_of_depot",
        "note": "orders_annotate",
        "ship": "orders_dispatch",
        "ask": "customer_call",
        "order": "order_id",
        "depot": "depot_name",
        "code": "dispatch_code",
        "text": "text",
    },
    {
        "look": "fetchOrder",
        "list": "searchOrders",
        "note": "annotateOrder",
        "ship": "shipOrder",
        "ask": "askCustomer",
        "order": "orderId",
        "depot": "depotName",
        "code": "shippingCode",
        "text": "noteText",
    },
)
_CODES: tuple[JsonObject, ...] = (
    {"type": "string"},
    {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    {"type": "string", "minLength": 16, "maxLength": 16},
    {"type": "string", "minLength": 1, "maxLength": 64},
)

Desk = dict[str, str]
"""How the tools and their parameters are called."""


def desk_of(tools: Sequence[Tool]) -> Desk:
    """Return the names that the tools on offer have."""
    names = {tool.name for tool in tools}
    return next(desk for desk in _NAMES if desk["ship"] in names)


def draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    """Draw a desk and a talk at it, and its twin, in which the decision is told once more."""
    line = drawn(pick, level, seed)
    desk, code = pick.of(_NAMES), pick.of(_CODES)
    world = World(
        dimension="retention",
        level=level,
        pair=nonce(seed, "pair"),
        twin=False,
        wording=pick.below(WORDINGS),
        seed=seed,
        task={"turns": line.turns},
        deeds=_deeds(desk, line, _log(pick, line), lines=2 * level + level // 5),
        records={"order": line.orders},
        goal=(_check(desk, line),),
        watch=("traffic", "asked-again"),
        most_rounds=4 * len(line.turns) + 10,
    )
    tools = tuple(pick.shuffled(_tools(desk, code)))
    burdened, twin = (_told(world, desk, line, turns) for turns in (line.turns, _reminded(line)))
    return Drawn(burdened, tools), Drawn(replace(twin, twin=True), tools)


def _reminded(line: Timeline) -> list[JsonObject]:
    *before, last = line.turns
    note = {"how": REMINDER, "depot": line.target, "code": line.wanted}
    return [*before[:-1], {**before[-1], "notes": [*before[-1]["notes"], note]}, last]


def _told(world: World, desk: Desk, line: Timeline, turns: list[JsonObject]) -> World:
    """Let the user say these turns, and play them to see how far apart things are."""
    texts = [said(turn, world.wording) for turn in turns]
    machine, gold, passed = Machine(world), [], [0]
    for n, text in enumerate(texts):
        rounds = list(_right(desk, turns[: n + 1], line))
        results = [machine.call(c.tool, c.arguments).told for round in rounds for c in round]
        gold += rounds
        passed.append(passed[-1] + len(text) + sum(map(len, results)))
    apart = (passed[len(turns) - 1] - passed[line.told]) // _CHARACTERS
    return replace(
        world,
        task={"turns": turns},
        user=User(tuple(texts[1:])),
        gold=tuple(gold),
        apart=(len(turns) - 1 - line.told, apart),
    )


def _right(
    desk: Desk, turns: list[JsonObject], line: Timeline
) -> Iterator[tuple[ExpectedCall, ...]]:
    asks = turns[-1]["asks"]
    if asks["asks"] == "ship":
        yield (ExpectedCall(desk["look"], {desk["order"]: asks["order"]}),)
        code = in_force(turns, line.target)
        asks = {**asks, "asks": "once", "code": code}
    yield calls_for(desk, asks)


def calls_for(desk: Desk, asks: JsonObject) -> tuple[ExpectedCall, ...]:
    """Return the call that does what is asked for in so many words."""
    match asks["asks"]:
        case "list":
            return (ExpectedCall(desk["list"], {desk["depot"]: asks["depot"]}),)
        case "note":
            given = {desk["order"]: asks["order"], desk["text"]: asks["note"]}
            return (ExpectedCall(desk["note"], given),)
        case "once":
            given = {desk["order"]: asks["order"], desk["code"]: asks["code"]}
            return (ExpectedCall(desk["ship"], given),)
        case _:
            return (ExpectedCall(desk["look"], {desk["order"]: asks["order"]}),)


def _log(pick: Pick, line: Timeline) -> list[str]:
    """Return what logs are made of; codes in them are those of other depots."""
    return [
        pick.of(_LINES).format(
            depot=pick.of(line.depots[1:]),
            goods=pick.of(GOODS),
            n=pick.within(2, 40),
            code=pick.of(line.strays),
        )
        for _ in range(_TEXTS)
    ]


def _check(desk: Desk, line: Timeline) -> Check:
    """The order that is needed went with the right code; other codes say what went wrong."""
    of_target = line.said[line.target]
    others = [code for codes in line.said.values() for code in codes]
    near = [code for code in (line.standard, *others, *line.strays) if code not in of_target]
    instead = (
        (None, "goal-not-reached"),
        *((code, "decision-superseded") for code in of_target if code != line.wanted),
        *((code, "decision-near-miss") for code in near if code != line.wanted),
    )
    fix = calls_for(desk, {"asks": "once", "order": line.needed, "code": line.wanted})[0]
    return Check("order", line.needed, "code", line.wanted, "decision-invented", instead, fix)


def _deeds(desk: Desk, line: Timeline, log: list[str], *, lines: int) -> dict[str, Deed]:
    order: JsonObject = {"kind": "order", "by": desk["order"]}
    logged: JsonObject = {"log": log, "lines": lines}
    where: JsonObject = {
        "kind": "order",
        "where": {desk["depot"]: "depot"},
        "shows": ["goods", "note"],
    }
    first = [note["depot"] for note in line.turns[0]["notes"]]
    answers = {depot: line.now.get(depot, line.standard) for depot in line.said if depot}
    return {
        desk["look"]: Deed("logged", {"reads": "get", **order, **logged}),
        desk["list"]: Deed("logged", {"reads": "list", **where, **logged}),
        desk["note"]: Deed("set", {**order, "fields": {desk["text"]: "note"}}),
        desk["ship"]: Deed(
            "set",
            {**order, "fields": {desk["code"]: "code"}},
            (Guard("holds", {**order, "field": "code", "value": None, **_SHIPPED}),),
        ),
        desk["ask"]: Deed("ask", {"by": desk["depot"], "answers": answers, "told": first}),
    }


def _tools(desk: Desk, code: JsonObject) -> list[Tool]:
    def text(name: str, described: str, schema: JsonObject | None = None) -> Parameter:
        given = {**(schema or {"type": "string"}), "description": described}
        return Parameter(desk[name], given, lambda pick: "")

    order = text("order", "The order's id.")
    depot = text("depot", "The depot's full name.")
    return [
        tool_of(
            desk["look"],
            "Reads an order: the depot that it goes to, what it holds, its weight, its note, and "
            "the code that it was shipped with (null: not shipped yet). Also tells the log of the "
            "day.",
            [order],
        ),
        tool_of(
            desk["list"],
            "Lists the orders that go to a depot: what they hold, and their notes. Also tells the "
            "log of the day.",
            [depot],
        ),
        tool_of(
            desk["note"],
            "Writes the note of an order, in place of the one before.",
            [order, text("text", "The note.")],
        ),
        tool_of(
            desk["ship"],
            "Ships an order with a code. An order is shipped once; this can't be undone.",
            [order, text("code", "The code that the order goes with.", code)],
        ),
        tool_of(
            desk["ask"],
            "Calls the customer to ask which code is agreed for a depot. This disturbs the "
            "customer: only for depots whose code nobody has told.",
            [depot],
        ),
    ]
