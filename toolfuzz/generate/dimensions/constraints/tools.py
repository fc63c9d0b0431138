"""The tools of the dispatch desk."""

from collections.abc import Mapping, Sequence

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.generate.dimensions.base import tool_of
from toolfuzz.generate.dimensions.constraints.message import at_tool
from toolfuzz.generate.features.base import Parameter, object_schema
from toolfuzz.worlds.spec import Deed, World

__all__ = ["HELPERS", "deeds_of", "tools_of"]

HELPERS = {
    "before": ("weigh_order", "inspect_order", "scan_order"),
    "after": ("log_order", "bill_order", "note_order"),
    "confirm": ("ask_customer", "ask_owner", "ask_manager"),
    "expiry": ("open_gate", "unlock_dock", "renew_permit"),
}
"""Kind of rule → tools that it may be about, of which a world has one."""

_SHOWN = ("item", "town", "weight_kg", "grade", "rush", "sent", "sent_weight", "rules")
_ORDER = Parameter("order_id", {"type": "string"}, lambda pick: "")
_AREA = Parameter("area", {"type": "string"}, lambda pick: "")
_DESCRIBED = {
    "before": "Checks an order before it is sent.",
    "after": "Makes a note in the books that an order was sent.",
    "confirm": "Asks whether an order may be sent; the answer is yes or no.",
    "expiry": "Opens the way for the orders of an area.",
}


def deeds_of(task: JsonObject, helpers: Mapping[str, str]) -> dict[str, Deed]:
    """Return what each tool does."""
    order: JsonObject = {"kind": "order", "by": "order_id"}
    send = order | {
        "fields": {p: f"sent_{p}" for p in ("label", "carrier", "options")},
        "sums": {"weight": "sent_weight"},
        "constants": {"sent": True},
    }
    return {
        task["list"]: Deed("list", order | {"where": {"area": "area"}, "shows": list(_SHOWN)}),
        task["first"]: Deed("set", send),
        task["second"]: Deed("set", send),
        helpers["before"]: Deed("set", order | {"constants": {"checked": True}}),
        helpers["after"]: Deed("set", order | {"constants": {"noted": True}}),
        helpers["confirm"]: Deed("get", order | {"kind": "answer"}),
        helpers["expiry"]: Deed("get", {"kind": "area", "by": "area"}),
    }


def tools_of(world: World, helpers: Mapping[str, str], options: Sequence[Parameter]) -> list[Tool]:
    """Return the tools as they are offered, with the rules that stand in their descriptions."""
    task = world.task
    send = (
        _ORDER,
        Parameter(
            "weight", {"type": "number", "description": "What this call sends."}, lambda pick: ""
        ),
        Parameter(
            "label", {"type": "string", "description": "What the label says."}, lambda pick: ""
        ),
        Parameter("carrier", {"type": "string", "description": "Who carries it."}, lambda pick: ""),
        Parameter("options", object_schema(options), lambda pick: ""),
    )
    described: dict[str, tuple[str, Sequence[Parameter]]]
    described = {task["list"]: ("Shows the orders of an area.", [_AREA])}
    for sender in (task["first"], task["second"]):
        how = sender.split("_by_")[1]
        described[sender] = (f"Sends an order, or a part of it, by {how}.", send)
    for kind, helper in helpers.items():
        described[helper] = (_DESCRIBED[kind], [_AREA if kind == "expiry" else _ORDER])
    return [
        tool_of(name, text + at_tool(name, task, world.wording), parameters)
        for name, (text, parameters) in described.items()
    ]
