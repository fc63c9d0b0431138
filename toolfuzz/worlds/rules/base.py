"""What a rule is, and which calls it is about."""

from collections.abc import Callable, Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.machine import Event

__all__ = ["Obeyed", "about", "acts"]

Obeyed = Callable[[JsonObject, Sequence[Event]], Sequence[Event]]
"""Takes the rule's settings and the trace, and returns the calls that break it, in order.

A call that was refused did nothing, so it neither breaks a rule nor fulfils one.
"""


def about(settings: JsonObject, event: Event) -> Json:
    """Return what a call is about: its argument named ``by``."""
    return event.arguments.get(settings["by"])


def acts(settings: JsonObject, trace: Sequence[Event]) -> list[Event]:
    """Return the calls of ``tools`` that did something to one of ``ids``."""
    tools, ids = settings["tools"], settings["ids"]
    return [e for e in trace if e.tool in tools and not e.error and about(settings, e) in ids]
