"""The frame for faults that change one value: find the fitting places, pick, put the new value."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call, ReplyPlan, Wire
from toolfuzz.simulate.faults.registry import Roll, fault
from toolfuzz.simulate.schema import Place, places

__all__ = ["KEEP", "changes", "messages_of", "parameters", "plain_string"]

KEEP: Final = object()
"""What a mutator returns for a value that it has no use for."""

Mutator = Callable[[Place, Random], Any]


def changes(slug: str, where: str = "") -> Callable[[Mutator], Mutator]:
    """Register ``(place, rng) -> new value or KEEP`` as the fault ``slug`` of the stage values.

    One fitting place is changed, or all of them when the trigger says ``everywhere``.
    """

    def register(mutator: Mutator) -> Mutator:
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

        apply.__doc__ = mutator.__doc__
        fault(slug, "values", where)(apply)
        return mutator

    return register


def parameters(reply: ReplyPlan, call: Call) -> Any:
    """The schema of the called tool's parameters, ``{}`` for a tool that was not offered."""
    tool = reply.ask.tool(call.name)
    return tool.parameters if tool else {}


def plain_string(place: Place) -> bool:
    """Whether a string stands there that no enum, const, format or pattern ties down."""
    tied = place.schema.keys() & {"enum", "const", "format", "pattern"}
    return isinstance(place.value, str) and not tied


def messages_of(wire: Wire) -> list[JsonObject]:
    """The message of an encoded reply in choices, or the deltas of its stream."""
    bodies = [wire.body, *(data for _, data in wire.events if isinstance(data, dict))]
    choices = [choice for body in bodies for choice in body.get("choices", ())]
    return [choice["message"] if "message" in choice else choice["delta"] for choice in choices]
