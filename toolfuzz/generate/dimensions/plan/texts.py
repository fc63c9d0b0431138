"""What the user and the tools' descriptions say, and how both are read back."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from toolfuzz.core.case import JsonObject, Message, Tool
from toolfuzz.generate.dimensions.base import filled, read_filled
from toolfuzz.generate.dimensions.plan.graph import Need, Node
from toolfuzz.worlds.view import View

__all__ = ["VERBS", "WORDINGS", "Used", "makes", "need_told", "read", "render", "tool_told", "uses"]

_TASKS = (
    "Please have a token of {thing} delivered, with the tool {deliver}. Tokens are made by tools, "
    "most of them out of other tokens: what a tool makes and what it needs stands in its "
    "description. Some tools have settings as well; use these: {given}. Don't ask back.",
    "A customer is waiting for {thing}: hand its token over with {deliver}. Find out from the "
    "descriptions of the tools which of them you need, and in which order. Where a tool has "
    "settings, they are: {given}. Please begin at once, without asking back.",
    "We need one {thing} token, and it goes to the customer by {deliver}. Every token comes out of "
    "a tool, and the tools' descriptions tell what goes into it. The settings of the tools that "
    "have any: {given}. Nobody is there to answer questions: please do it now.",
)
_PLANS = (
    " Before you call anything else, submit your plan with {submit}: every tool that you will "
    "call, in the order in which you will first call it, the delivery too. Then keep to it.",
    " Start by handing in a plan through {submit}. It lists all the tools that you are going to "
    "call, up to the delivery, in the order of their first calls. Follow it from then on.",
    " The first thing to do is to call {submit} with your plan, which is the list of all tools "
    "that you will use, each once, in order of first use and with the delivery at its end. After "
    "that, stay with this order.",
)
_STEPS = (
    "\nThis is the order: {steps}. A tool that takes the items of a list one by one is called "
    "once for each of them.",
    "\nThe way to do it is: {steps}. Where a tool makes something of each item of a list, call it "
    "once an item.",
    "\nCall the tools in this order: {steps}. Of those that work on one item of a list, make one "
    "call for every item.",
)
WORDINGS = len(_TASKS)
_PARTS: tuple[tuple[bool, bool], ...] = ((True, True), (True, False), (False, True), (False, False))


def _template(wording: int, submit: bool, steps: bool) -> str:
    plan, order = _PLANS[wording] if submit else "", _STEPS[wording] if steps else ""
    return _TASKS[wording] + plan + order


def render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    """Return what the user says."""
    template = _template(wording, task["submit"] is not None, task["steps"] is not None)
    return (Message("user", filled(template, **task)),)


def read(view: View) -> JsonObject | None:
    """Read the task back out of what the user said."""
    for wording in range(WORDINGS):
        for parts in _PARTS:
            if (task := read_filled(_template(wording, *parts), view.task)) is not None:
                return {"submit": None, "steps": None, **task}
    return None


# --- descriptions of tools

VERBS = ("Makes", "Produces", "Turns out")
_MAKES = re.compile(r"(?:Makes|Produces|Turns out) (?:a token|several tokens) of (\w+)\.")
_USES = re.compile(r"(All the tokens|A token) of (\w+)(\.|:|;)")
_EACH = " there are several, so call this tool once for each of them."


class Used(NamedTuple):
    """What a parameter takes, by its description."""

    path: tuple[str, ...]
    thing: str
    need: Need


def tool_told(node: Node, verb: str) -> str:
    """Return the description of a node's tool."""
    told = f"{verb} {'several tokens' if node.count else 'a token'} of {node.thing}."
    if node.needs:
        told += f" It takes {' and '.join(node.needs)}."
    if node.page:
        told += " Tells them page by page: call it again with the `next_cursor` of the result, "
        told += "as long as there is one."
    return told


def need_told(node: Node, thing: str) -> str:
    """Return the description of the parameter that takes a thing."""
    match node.needs[thing]:
        case "all":
            return f"All the tokens of {thing}: one for every token of {node.origin} that there is."
        case "each":
            return f"A token of {thing};{_EACH}"
        case "one":
            return f"A token of {thing}."


def makes(tool: Tool) -> str | None:
    """Return the thing that a tool makes, by its description."""
    found = _MAKES.match(tool.description or "")
    return found[1] if found else None


def uses(tool: Tool) -> Iterator[Used]:
    """Yield what a tool takes, by the descriptions of its parameters, also of nested ones."""
    yield from _uses(tool.parameters, ())


def _uses(schema: JsonObject, path: tuple[str, ...]) -> Iterator[Used]:
    for name, inner in schema.get("properties", {}).items():
        found = _USES.match(inner.get("description", ""))
        if found:
            need: Need = "one" if found[3] == "." else "each"
            yield Used((*path, name), found[2], "all" if found[1].startswith("All") else need)
        elif name == "materials":
            yield from _uses(inner, (*path, name))
