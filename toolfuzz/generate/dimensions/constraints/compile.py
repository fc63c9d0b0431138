"""What a rule means: for the values that a call carries, and as an automaton over the trace."""

from collections.abc import Callable, Mapping, Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.dimensions.constraints.wordings import rendered
from toolfuzz.worlds.spec import Rule

__all__ = [
    "FACTORS",
    "FIXED",
    "GOVERNED",
    "PARTS",
    "Orders",
    "Rules",
    "applies",
    "compiled",
    "counting",
    "factor_of",
    "value_of",
]

Orders = Mapping[str, JsonObject]
"""The orders of one area, by id."""

Rules = Mapping[str, JsonObject]
"""The rules of one area that count, by kind."""

FACTORS = {"grams": 1000, "milligrams": 1_000_000}
"""How many of a unit make a kilogram."""

PARTS: Mapping[str, Callable[[JsonObject], str]] = {
    "the item in capital letters": lambda order: str(order["item"]).upper(),
    "the item as it is": lambda order: str(order["item"]),
    "the town in capital letters": lambda order: str(order["town"]).upper(),
    "the town in small letters": lambda order: str(order["town"]).lower(),
    "the first three letters of the item": lambda order: str(order["item"])[:3],
}
"""What a label may be made of, besides fixed texts."""

FIXED = "the text "
"""Stands before a part that is the same in every label."""

GOVERNED = {"weight": "unit", "label": "naming", "carrier": "codes"}
"""Parameter → the kind of rule that says what it has to be."""


def counting(rules: Sequence[JsonObject], wins: str) -> list[JsonObject]:
    """Return the rules that count: of those that contradict each other only the stronger one.

    Rules contradict each other when they say different things of the same in the same area.
    """
    stronger = sorted(rules, key=lambda rule: rule["n"], reverse=wins == "higher")
    by_subject: dict[tuple[str, str], JsonObject] = {}
    for rule in stronger:
        by_subject.setdefault((rule["area"], rule["kind"]), rule)
    return sorted(by_subject.values(), key=lambda rule: rule["n"])


def applies(kind: str, order: JsonObject, rules: Rules) -> bool:
    """Whether there is a rule of that kind and it holds for an order."""
    return kind in rules and rules[kind]["except"] != order["town"]


def factor_of(order: JsonObject, rules: Rules) -> int:
    """Return what an order's kilograms are multiplied by."""
    return FACTORS[rules["unit"]["unit"]] if applies("unit", order, rules) else 1


def value_of(parameter: str, order: JsonObject, rules: Rules) -> Json:
    """Return what an argument has to be for an order (all its calls together, for a weight)."""
    if parameter == "weight":
        return order["weight_kg"] * factor_of(order, rules)
    plain: str = order["item"] if parameter == "label" else order["town"]
    kind = GOVERNED[parameter]
    if not applies(kind, order, rules):
        return plain
    rule = rules[kind]
    if kind == "codes":
        return rule["codes"][plain]
    return str(rule["joint"].join(_part(part, order) for part in rule["parts"]))


def _part(part: str, order: JsonObject) -> str:
    return PARTS[part](order) if part in PARTS else part.removeprefix(FIXED)


def compiled(
    rule: JsonObject, rules: Rules, orders: Orders, senders: Sequence[str], wording: int
) -> Rule:
    """Return the automaton of a rule about orders. What it excepts is held to the plain values."""
    ids = [id for id, order in orders.items() if order["town"] != rule["except"]]
    kind, settings = _automaton(rule, rules, orders, ids)
    about = {"tools": list(senders), "by": "order_id", "ids": ids}
    return Rule(kind, about | settings | {"says": rendered(rule, wording)})


def _automaton(
    rule: JsonObject, rules: Rules, orders: Orders, ids: Sequence[str]
) -> tuple[str, JsonObject]:
    def wanted(parameter: str) -> JsonObject:
        want = {id: value_of(parameter, order, rules) for id, order in orders.items()}
        return {"parameter": parameter, "want": want}

    match rule["kind"]:
        case "unit":
            return "total", wanted("weight")
        case "naming":
            return "argument", wanted("label")
        case "codes":
            return "argument", wanted("carrier")
        case "never":
            return "not_for", {"tools": [rule["tool"]]}
        case "at_most":
            return "at_most", {"tools": [rule["tool"]], "most": rule["most"]}
        case "only_if":
            held = [id for id in ids if orders[id][rule["field"]] != rule["value"]]
            return "not_for", {"ids": held}
        case "range":
            most = {id: rule["most"] * factor_of(orders[id], rules) for id in ids}
            return "limit", {"parameter": "weight", "most": most}
        case "before" | "after":
            return rule["kind"], {"other": rule["tool"]}
        case "priority":
            first = [id for id in ids if orders[id][rule["field"]] == rule["value"]]
            return "first", {"ids": first, "others": [id for id in ids if id not in first]}
        case "expiry":
            opened = {"other": rule["tool"], "other_by": "area", "value": rule["area"]}
            return "renewed", opened | {"most": rule["most"]}
        case _:
            asked = {"other": rule["tool"], "member": "answer", "answer": rule["answer"]}
            return "confirmed", asked
