"""How the statements are worded, and how they are read back."""

from collections.abc import Sequence

from toolfuzz.core.case import JsonObject, Message
from toolfuzz.generate.dimensions.base import filled, read_filled
from toolfuzz.worlds.user import is_correction
from toolfuzz.worlds.view import View

__all__ = ["OPENINGS", "read", "render", "told"]

OPENINGS = (
    "I'd like to change some records with you. I tell you bit by bit what to change, and you "
    "change it right away with {update}. {find} looks a record up by its name. Change nothing "
    "else, and don't ask back.",
    "Please keep our records up to date while I go through them: do what I say with {update} as "
    "soon as I have said it, and nothing more. You find a record by its name with {find}. There is "
    "no need to ask me anything.",
    "Today we put our records in order. Each of my messages says what has to change; make the "
    "change with {update} before you answer, leave everything else as it is, and ask nothing. To "
    "look a record up by its name, take {find}.",
)
_SAID = {
    "set": (
        "In the record {name}, set {field} to {value}.",
        "Set {field} of the record {name} to {value}.",
        "Record {name}: {field} has to be {value}.",
    ),
    "same": (
        "The record {name} gets the same {field} as {other} has now.",
        "Set {field} of the record {name} to the value that {other} has there now.",
        "Record {name}: {field} has to be the same as it is now in {other}.",
    ),
    "swap": (
        "The records {name} and {other} exchange their values of {field}.",
        "Swap {field} between the records {name} and {other}.",
        "Records {name} and {other}: each has to get the value of {field} that the other has now.",
    ),
    "also": (
        "Everything that I told you so far to set in {other}: set it in the record {name} as well, "
        "to the same values.",
        "What I had you set in {other} so far goes for the record {name}, too: the same fields, "
        "with the same values.",
        "Record {name}: set in it all the fields that I have told you to set in {other} so far, to "
        "the same values.",
    ),
}


def told(piece: Sequence[JsonObject], wording: int) -> str:
    """Put the statements of one message into words, a line each."""
    return "\n".join(
        filled(_SAID[one["do"]][wording], **{k: v for k, v in one.items() if k != "do"})
        for one in piece
    )


def render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    """Put the task and the first piece into words."""
    head = filled(OPENINGS[wording], find=task["find"], update=task["update"])
    return (Message("user", f"{head}\n\n{told(task['said'][0], wording)}"),)


def read(view: View) -> JsonObject | None:
    """Read what was said so far: the opening and the pieces after it."""
    head, _, first = view.task.partition("\n\n")
    tools = next((read for t in OPENINGS if (read := read_filled(t, head))), None)
    if tools is None:
        return None
    return {**tools, "said": [_read_piece(t) for t in (first, *view.users[1:]) if _is_piece(t)]}


def _is_piece(text: str) -> bool:
    return not is_correction(text)


def _read_piece(text: str) -> list[JsonObject]:
    return [_read_one(line) for line in text.split("\n")]


def _read_one(line: str) -> JsonObject:
    for do, wordings in _SAID.items():
        for template in wordings:
            try:
                read = read_filled(template, line)
            except ValueError:  # what stands there is no value: it is said in other words
                continue
            if read is not None:
                return {"do": do, **read}
    raise ValueError(f"not understood: {line}")
