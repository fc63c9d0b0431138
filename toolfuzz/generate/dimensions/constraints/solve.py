"""An agent that keeps rules: those of the request, or those that stand beside the orders only."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from toolfuzz.core.case import ExpectedCall, Json, JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.generate.dimensions.constraints.compile import (
    Orders,
    Rules,
    applies,
    counting,
    factor_of,
    value_of,
)
from toolfuzz.generate.dimensions.constraints.wordings import read_rules
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.view import View

__all__ = ["asking", "ignore", "of_area", "sending", "solve", "to_send"]


def of_area(rules: Sequence[JsonObject], area: str) -> Rules:
    """Return the rules of an area by kind."""
    return {rule["kind"]: rule for rule in rules if rule["area"] == area}


def asking(orders: Orders, rules: Rules) -> Iterator[ExpectedCall]:
    """Yield the calls that ask for leave, for every order that may be sent otherwise."""
    for id, order in orders.items():
        if applies("confirm", order, rules) and _meets_condition(order, rules):
            yield ExpectedCall(rules["confirm"]["tool"], {"order_id": id})


def to_send(orders: Orders, rules: Rules, answers: Mapping[str, Json]) -> list[str]:
    """Return the orders that are to be sent, in an order that the rules allow."""

    def allowed(id: str) -> bool:
        order = orders[id]
        asked = applies("confirm", order, rules)
        return _meets_condition(order, rules) and (
            not asked or answers.get(id) == rules["confirm"]["answer"]
        )

    first = rules.get("priority")
    return sorted(
        filter(allowed, orders),
        key=lambda id: first is not None and orders[id][first["field"]] != first["value"],
    )


def _meets_condition(order: JsonObject, rules: Rules) -> bool:
    rule = rules.get("only_if")
    return not applies("only_if", order, rules) or (
        rule is not None and order[rule["field"]] == rule["value"]
    )


def sending(
    task: JsonObject, area: str, orders: Orders, rules: Rules, answers: Mapping[str, Json]
) -> Iterator[ExpectedCall]:
    """Yield all calls that send the orders of an area, one after the other."""
    most_first = 0 if "never" in rules else rules.get("at_most", {"most": len(orders)})["most"]
    for n, id in enumerate(to_send(orders, rules, answers)):
        order, opened = orders[id], rules.get("expiry")
        if opened is not None and n % opened["most"] == 0:
            yield ExpectedCall(opened["tool"], {"area": area})
        if applies("before", order, rules):
            yield ExpectedCall(rules["before"]["tool"], {"order_id": id})
        fixed = {p: value_of(p, order, rules) for p in ("label", "carrier")}
        for weight in _weights(order, rules):
            given = {"order_id": id, "weight": weight, **fixed, "options": task["options"]}
            yield ExpectedCall(task["first"] if n < most_first else task["second"], given)
        if applies("after", order, rules):
            yield ExpectedCall(rules["after"]["tool"], {"order_id": id})


def _weights(order: JsonObject, rules: Rules) -> Iterator[float]:
    left, factor = order["weight_kg"], factor_of(order, rules)
    most = rules["range"]["most"] if applies("range", order, rules) else left
    while left > 0:
        yield min(left, most) * factor
        left -= most


def solve(view: View, task: JsonObject) -> Move:
    """Keep all the rules that were given and count."""
    rules = counting(task["rules"], task.get("wins", ""))
    return _moved(view, task, lambda area, orders: of_area(rules, area))


def ignore(view: View, task: JsonObject) -> Move:
    """Keep the rules that stand beside the orders, and forget all that was said before."""

    def beside(area: str, orders: Orders) -> Rules:
        texts = {text for order in orders.values() for text in order.get("rules", ())}
        return of_area([rule for text in texts for rule in read_rules(text, "")], area)

    return _moved(view, task, beside)


def _moved(view: View, task: JsonObject, rules_of: Callable[[str, Orders], Rules]) -> Move:
    """List the areas, ask for leave, send; leave out what is done already."""
    listed: dict[str, Orders] = {}
    answers: dict[str, Json] = {}
    for step in view.steps:
        result = step.result if isinstance(step.result, dict) else {}
        if step.tool == task.get("list"):
            orders = {order["id"]: order for order in result.get("records", ())}
            listed.setdefault(step.arguments["area"], orders)
        elif "answer" in result:
            answers[step.arguments["order_id"]] = result["answer"]
    areas = task.get("areas", ())
    unseen = [ExpectedCall(task["list"], {"area": area}) for area in areas if area not in listed]
    if unseen:
        return unseen
    rules = {area: rules_of(area, orders) for area, orders in listed.items()}
    asked = [call for area in areas for call in asking(listed[area], rules[area])]
    open_ = [call for call in asked if call.arguments["order_id"] not in answers]
    if open_:
        return open_
    done = Counter(_key(s.tool, s.arguments) for s in view.steps if not s.failed)
    left: list[ExpectedCall] = []
    for area in areas:
        for call in sending(task, area, listed[area], rules[area], answers):
            key = _key(call.tool, call.arguments)
            if done[key] > 0:
                done[key] -= 1
            else:
                left.append(call)
    return left


def _key(tool: str, arguments: JsonObject) -> tuple[str, str]:
    return tool, canonical(arguments)
