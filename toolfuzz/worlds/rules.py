"""Rules as small automata over the trace: each returns the events that break it."""

from collections.abc import Callable, Sequence

from toolfuzz.core.case import JsonObject
from toolfuzz.worlds.machine import Event

__all__ = ["RULES", "Obeyed"]

Obeyed = Callable[[JsonObject, Sequence[Event]], Sequence[Event]]


def _never(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """A tool is never called."""
    return [event for event in trace if event.tool == settings["tool"]]


RULES: dict[str, Obeyed] = {"never": _never}
