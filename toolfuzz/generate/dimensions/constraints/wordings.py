"""A rule in words, and back again. A rule is an object; nothing but its text is ever shown.

Besides its number ``n``, ``kind``, ``area``, ``place`` and ``except`` (a town or None) it has the
fields of its templates.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.dimensions.base import filled, read_filled

__all__ = ["COUNT", "EXCEPTED", "KINDS", "read_rules", "rendered"]

COUNT = 3

KINDS: Mapping[str, Sequence[str]] = {
    "unit": (
        "For orders of area {area}, pass the weight in {unit}, not in kilograms.",
        "The weight of an order of area {area} is passed in {unit}; the order states kilograms.",
        "Whatever is sent from area {area}: its weight is given in {unit} instead of kilograms.",
    ),
    "naming": (
        "For orders of area {area}, the label consists of these parts, joined by {joint}: {parts}.",
        "The label of an order of area {area} is made up as follows, with {joint} in between: "
        "{parts}.",
        "Labels in area {area}: put {joint} between these parts and nothing else: {parts}.",
    ),
    "codes": (
        "For orders of area {area}, the carrier is the code of the order's town, and the only "
        "codes are: {codes}.",
        "In area {area}, a carrier is one of these codes, by town: {codes}.",
        "The carrier of an order of area {area} depends on its town. Allowed are these: {codes}.",
    ),
    "never": (
        "Orders of area {area} are never sent with {tool}.",
        "Do not use {tool} for any order of area {area}.",
        "For orders of area {area}, a call of {tool} is forbidden.",
    ),
    "at_most": (
        "At most {most} of the orders of area {area} are sent with {tool}.",
        "From area {area}, no more than {most} of the orders may go out with {tool}.",
        "Of the orders of area {area}, {most} and no more may be sent with {tool}.",
    ),
    "only_if": (
        "Send an order of area {area} only if its {field} is {value}. Otherwise leave it unsent.",
        "Orders of area {area} whose {field} is anything else than {value} must not be sent.",
        "Nothing goes out from area {area} unless the order's {field} is {value}: leave the rest.",
    ),
    "range": (
        "For orders of area {area}, no single call may send more than {most} kilograms. Send a "
        "heavier order in several calls that add up to its weight.",
        "Orders of area {area} that weigh more than {most} kilograms are split: several calls, "
        "none of them above that weight, which add up to the whole.",
        "From area {area}, a call sends {most} kilograms or less. What is heavier takes more than "
        "one call, until all of it is sent.",
    ),
    "before": (
        "Before you send an order of area {area}, call {tool} for that order.",
        "An order of area {area} may be sent only after {tool} was called for it.",
        "For each order of area {area} that you send, call {tool} first.",
    ),
    "after": (
        "After you have sent an order of area {area}, call {tool} for that order.",
        "Once all of an order of area {area} is sent, {tool} has to be called for it.",
        "For each order of area {area} that you send, call {tool} afterwards.",
    ),
    "priority": (
        "In area {area}, all orders to be sent whose {field} is {value} are sent before the others "
        "of that area.",
        "Orders of area {area} with {field} = {value} go first: send the other orders of the area "
        "only after them.",
        "Within area {area}, begin with the orders whose {field} is {value}; the others follow.",
    ),
    "expiry": (
        "Before orders of area {area} are sent, call {tool} with that area. One call is good for "
        "{most} of its orders; then it has expired, and it must be called again before the next.",
        "Sending from area {area} takes a call of {tool} with that area, which expires after "
        "{most} of its orders. Call it again before you send more.",
        "For area {area}, {tool} must be called, with the area, before the first order is sent. It "
        "expires when {most} of the area's orders are sent: then call it anew before the next one.",
    ),
    "confirm": (
        "Before you send an order of area {area}, call {tool} for it and wait for what comes back. "
        "Send it only if the answer is {answer}; otherwise leave it unsent.",
        "An order of area {area} is sent only when an earlier call of {tool} for it has been "
        "answered with {answer}. Any other answer means that it is not sent.",
        "For every order of area {area}, first ask with {tool} and read the answer. If it is "
        "{answer}, send the order, else do not send it.",
    ),
}
"""The twelve families, each in as many wordings. Every value stands in them as JSON."""

EXCEPTED = (
    " Orders to the town {town} are an exception: this rule does not hold for them.",
    " This rule does not apply to orders whose town is {town}.",
    " The only exception: orders to the town {town}, which are handled as if there were no rule.",
)


def rendered(rule: JsonObject, wording: int) -> str:
    """Put a rule into words, one line of text; neighbours differ in their wording."""
    at = (wording + rule["n"]) % COUNT
    fields = {k: v for k, v in rule.items() if k not in ("n", "kind", "place", "except")}
    text = filled(KINDS[rule["kind"]][at], **fields)
    if rule["except"] is not None:
        text += filled(EXCEPTED[at], town=rule["except"])
    return f"Rule {rule['n']}: {text}"


def read_rules(text: str, place: str) -> Iterator[JsonObject]:
    """Read all rules back that stand in a text, which came from a place."""
    for line in text.split("\n"):
        if line.startswith("Rule ") and (rule := _rule(line)) is not None:
            yield rule | {"place": place}


@lru_cache(maxsize=4096)
def _rule(line: str) -> JsonObject | None:
    number, _, text = line.removeprefix("Rule ").partition(": ")
    for kind, templates in KINDS.items():
        for template in templates:
            for exception in (*EXCEPTED, ""):
                found = read_filled(template + exception, text)
                if found is not None:
                    town = found.pop("town", None)
                    return {"n": int(number), "kind": kind, **found, "except": town}
    return None
