"""What the user says, from the data and back to it."""

from collections.abc import Sequence
from functools import lru_cache

from toolfuzz.core.case import JsonObject, Message
from toolfuzz.generate.dimensions.base import filled, read_filled
from toolfuzz.generate.dimensions.retention.timeline import AGREED, CHANGED, REMINDER, WITHDRAWN
from toolfuzz.worlds.view import View

__all__ = ["WORDINGS", "read", "render", "said"]

_OPENINGS = (
    "You run our dispatch desk. Every order goes to a depot, and it is shipped with a code: the "
    "code that is agreed for its depot or, where none is agreed, the standard code {standard}. "
    "I will tell you the agreed codes and change them as we go; what I said last counts. Please "
    "remember them: the customer must not be asked for a code that I have told you.",
    "You look after shipping for us. An order is shipped with the code of the depot that it goes "
    "to. Depots without a code of their own use the standard code {standard}. You hear from me "
    "which codes are agreed, and when one changes: the latest word is the one that holds. Don't "
    "ask the customer for a code that I have told you already.",
    "Here is how we ship: each order belongs to a depot, and needs that depot's code. If nothing "
    "is agreed for a depot, its orders go with the standard code {standard}. During our talk I "
    "agree codes and sometimes change them, and only my latest word is valid. Keep them in mind, "
    "because the customer is not to be asked for what I have told you.",
)
WORDINGS = len(_OPENINGS)

_SAID: dict[str, tuple[str, ...]] = {
    AGREED: (
        "From now on, orders to {depot} go with the code {code}.",
        "Agreed with the customer: the code for {depot} is {code} from now on.",
        "For the depot {depot}, please use the code {code} from now on.",
    ),
    CHANGED: (
        "A change: orders to {depot} go with the code {code} from now on, and no longer with the "
        "one before.",
        "The code for {depot} has changed. It is {code} now; the old one is not valid any more.",
        "For the depot {depot} there is a new code, {code}. Please stop using the old one.",
    ),
    WITHDRAWN: (
        "The code for {depot} is withdrawn: from now on its orders go with the standard code.",
        "There is no agreed code for {depot} any more, so its orders take the standard code again.",
        "For the depot {depot}, forget the agreed code. From now on the standard code is used "
        "there.",
    ),
    REMINDER: (
        "A reminder: orders to {depot} go with the code {code}.",
        "Just to remind you: the code for {depot} is {code}.",
        "Remember that for the depot {depot} the code is {code}.",
    ),
    "look": (
        "How much does the order {order} weigh?",
        "Please look up the weight of the order {order}.",
        "I need the weight of the order {order}.",
    ),
    "list": (
        "Which orders are there for the depot {depot}?",
        "Please list the orders of the depot {depot}.",
        "I need the list of orders for the depot {depot}.",
    ),
    "note": (
        "Put the note {note} on the order {order}.",
        "Please write the note {note} on the order {order}.",
        "The order {order} needs a note: {note}.",
    ),
    "once": (
        "Ship the order {order} with the code {code}; that is for this order only.",
        "Please ship the order {order}. As an exception, take the code {code} for this one order.",
        "The order {order} can go. Just this once, the code is {code}.",
    ),
    "ship": (
        "Ship the order {order}.",
        "Please ship the order {order} now.",
        "The order {order} is ready. Please ship it.",
    ),
}


def said(turn: JsonObject, wording: int) -> str:
    """Return a turn in words: a line for each thing that is decided, and the request."""
    lines = []
    if "standard" in turn:
        lines.append(filled(_OPENINGS[wording], standard=turn["standard"]))
    for note in turn["notes"]:
        lines.append(filled(_SAID[note["how"]][wording], **note))
    lines.append(filled(_SAID[turn["asks"]["asks"]][wording], **turn["asks"]))
    return "\n".join(lines)


def render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    """Return the first turn as a message."""
    return (Message("user", said(task["turns"][0], wording)),)


def read(view: View) -> JsonObject | None:
    """Read the turns so far out of what the user said."""
    turns = [_turn(text) for text in view.users]
    if not turns or None in turns or "standard" not in (turns[0] or {}):
        return None
    return {"turns": turns}


@lru_cache(maxsize=2048)
def _turn(text: str) -> JsonObject | None:
    """Read a turn out of its words; whoever gets it must not change it."""
    turn: JsonObject = {"notes": []}
    lines = text.split("\n")
    for opening in _OPENINGS:
        if (found := read_filled(opening, lines[0])) is not None:
            turn |= found
            lines = lines[1:]
            break
    *notes, asks = (_sentence(line) for line in lines) if lines else (None,)
    if asks is None or "asks" not in asks or any(n is None or "how" not in n for n in notes):
        return None
    return {**turn, "notes": notes, "asks": asks}


def _sentence(line: str) -> JsonObject | None:
    decided: Sequence[str] = (AGREED, CHANGED, WITHDRAWN, REMINDER)
    for kind, templates in _SAID.items():
        for template in templates:
            if (found := read_filled(template, line)) is not None:
                return {("how" if kind in decided else "asks"): kind, **found}
    return None
