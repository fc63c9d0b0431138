"""The frames of faults that change one value, or one argument text."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call, ReplyPlan, Wire
from toolfuzz.judge.faults.fault import Fault, Roll
from toolfuzz.judge.faults.schema import Spot, places

__all__ = [
    "AS_TEXT",
    "KEEP",
    "NOTHING",
    "changes",
    "is_json",
    "messages_of",
    "parameters",
    "plain_string",
    "rewrites",
]

KEEP: Final = object()
"""What a mutator returns for a value that it has no use for."""

AS_TEXT = "text, pieces stream"
"""Where arguments travel as text."""

NOTHING: Final = object()
"""What a rewriter returns when it has nothing to change."""

Mutator = Callable[[Spot, Random], Any]
Rewriter = Callable[[str, Random], Any]


def changes(mutator: Mutator, needs: str = "") -> Fault:
    """Make a fault of the stage values of ``(place, rng) -> new value or KEEP``.

    One fitting place is changed, or all of them when the trigger says ``everywhere``.
    """

    def apply(reply: ReplyPlan, roll: Roll) -> bool:
        found = [
            (place, value)
            for call in reply.calls
            for place in places(call.arguments, parameters(reply, call))
            if roll.trigger.takes(place) and (value := mutator(place, roll.rng)) is not KEEP
        ]
        if not found:
            return False
        for place, value in found if roll.trigger.everywhere else [roll.rng.choice(found)]:
            place.holder[place.key] = value
        return True

    return Fault(apply, "values", needs, help=(mutator.__doc__ or "").strip())


def rewrites(rewriter: Rewriter, needs: str = AS_TEXT) -> Fault:
    """Make a fault of ``(argument text, rng) -> what stands on the wire, or NOTHING``."""

    def apply(reply: ReplyPlan, roll: Roll) -> bool:
        found = [
            (call, raw)
            for call in reply.calls
            if _is_object(call.raw) and (raw := rewriter(call.raw, roll.rng)) is not NOTHING
        ]
        for call, raw in found if roll.trigger.everywhere else found[-1:]:
            call.raw = raw
        return bool(found)

    return Fault(apply, "raw", needs, help=(rewriter.__doc__ or "").strip())


def parameters(reply: ReplyPlan, call: Call) -> Any:
    """The schema of the called tool's parameters, ``{}`` for a tool that was not offered."""
    tool = reply.ask.tool(call.name)
    return tool.parameters if tool else {}


def plain_string(place: Spot) -> bool:
    """Whether a string stands there that no enum, const, format or pattern ties down."""
    tied = place.schema.keys() & {"enum", "const", "format", "pattern"}
    return isinstance(place.value, str) and not tied


def messages_of(wire: Wire) -> list[JsonObject]:
    """The message of an encoded reply in choices, or the deltas of its stream."""
    bodies = [wire.body, *(data for _, data in wire.events if isinstance(data, dict))]
    choices = [choice for body in bodies for choice in body.get("choices", ())]
    return [choice["message"] if "message" in choice else choice["delta"] for choice in choices]


def _is_object(raw: Any) -> bool:
    """Whether no other fault has been at this argument string."""
    return isinstance(raw, str) and raw[:1] == "{" and is_json(raw)


def is_json(text: Any) -> bool:
    """Whether it is a text that Python's reader loads."""
    try:
        json.loads(text)
    except (ValueError, TypeError):
        return False
    return True
