"""How the task and its rules are put to an agent, and how it reads them."""

from collections.abc import Sequence

from toolfuzz.core.case import JsonObject, Message
from toolfuzz.generate.dimensions.base import filled, read_filled
from toolfuzz.generate.dimensions.constraints.wordings import read_rules, rendered
from toolfuzz.worlds.view import View

__all__ = ["at_tool", "messages", "read"]

_TASKS = (
    "Please send all orders of these areas: {areas}. {list} shows the orders of one area. An order "
    "is sent with {first} or with {second}, whichever you like, once. Unless a rule says otherwise "
    "weight is the order's weight_kg, label its item and carrier its town, just as they stand in "
    "the order; options is always {options}.\nKeep to all the rules that you were given, in "
    "messages and in the descriptions of tools. Where two rules contradict each other, the one "
    "with the {wins} number counts. Calls are carried out in the order in which you make them. Go "
    "ahead without asking back.",
    "The orders of the areas {areas} have to go out today. Look them up with {list}, area by area, "
    "and send each of them once; {first} and {second} both do. Pass the order's weight_kg as "
    "weight, its item as label and its town as carrier, unchanged, except where a rule wants "
    "something else. options: {options} every time.\nThe rules from the messages and from the "
    "tools' descriptions all hold. If two of them contradict each other, follow the one with the "
    "{wins} number. Several calls at once are made one after the other, as they stand. Start right "
    "away; there is nothing to ask me.",
    "Work through the areas {areas}: list the orders of each with {list}, and send every order "
    "once by {first} or {second}. What to pass: weight = weight_kg, label = item, carrier = town "
    "of the order as they are, and options = {options}. Rules that you were given, wherever they "
    "stood (messages, descriptions of tools), go before this. When rules contradict each other, "
    "only the one with the {wins} number is valid. Your calls are made in the order that you write "
    "them in. Please don't ask back, just do it.",
)
_SYSTEM = (
    "You work at a dispatch desk. These rules hold for everything you do there:",
    "You are the assistant of a dispatch desk. Always keep these rules:",
    "You send orders for a company. Its rules:",
)
_EARLIER = (
    "Before the work begins, here are rules for it. There is nothing to do yet: just say that you "
    "have read them.",
    "I will give you a task in a moment. Please read its rules first, and answer with OK only.",
    "First some rules for what follows. Don't call any tool yet; a short yes is enough.",
)


def messages(task: JsonObject, wording: int) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Return what is said at first, and what the user says after the first answer."""

    def said(heads: Sequence[str], place: str) -> list[str]:
        rules = [rendered(rule, wording) for rule in task["rules"] if rule["place"] == place]
        return ["\n".join((heads[wording], *rules))] if rules else []

    system = [Message("system", text) for text in said(_SYSTEM, "system")]
    fields = {k: v for k, v in task.items() if k != "rules"}
    spoken = [*said(_EARLIER, "earlier"), filled(_TASKS[wording], **fields)]
    first, *later = (Message("user", text) for text in spoken)
    return (*system, first), tuple(later)


def at_tool(tool: str, task: JsonObject, wording: int) -> str:
    """Return the rules that stand in a tool's description, as lines behind it."""
    of_senders = tool in (task["first"], task["second"])
    lines = [
        "\n" + rendered(rule, wording)
        for rule in task["rules"]
        if rule["place"] == "tools" and (rule["tool"] == tool if "tool" in rule else of_senders)
    ]
    return "".join(lines)


def read(view: View) -> JsonObject | None:
    """Read the task back, or its rules alone as long as nothing else was said."""
    found = (read_filled(template, text) for text in view.users for template in _TASKS)
    task = next((one for one in found if one is not None), None)
    earlier = any(text.startswith(_EARLIER) for text in view.users)
    if task is None and not earlier:
        return None
    texts = [("system", text) for text in view.system]
    texts += [("earlier", text) for text in view.users]
    texts += [("tools", tool.description or "") for tool in view.tools]
    rules = {rule["n"]: rule for place, text in texts for rule in read_rules(text, place)}
    return (task or {}) | {"rules": [rules[n] for n in sorted(rules)]}
