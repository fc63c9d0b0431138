"""A system prompt of the user's own, before everything else that is said."""

from dataclasses import replace

from toolfuzz.core.case import Case, Message

__all__ = ["with_system"]


def with_system(case: Case, text: str) -> Case:
    """Return the case with this system prompt; one that it has already follows in the same message.

    Not every chat template takes two. Where a message stands is the wire format's to say.
    """
    if not text:
        return case
    first, *later = case.turns
    match first.messages:
        case (Message("system", said), *rest):
            head = replace(first.messages[0], content=f"{text}\n\n{said}")
        case rest:
            head = Message("system", text)
    opening = replace(first, messages=(head, *rest))
    return replace(case, turns=(opening, *later))
