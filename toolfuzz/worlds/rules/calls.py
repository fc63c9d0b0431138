"""Which calls may be made, and in which order. For ``tools``, ``by`` and ``ids`` see base.py."""

from collections.abc import Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.machine import Event
from toolfuzz.worlds.rules.base import Obeyed, about, acts

__all__ = ["RULES"]


def _never(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """A tool is never called."""
    return [event for event in trace if event.tool == settings["tool"]]


def _not_for(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """Some records are left alone."""
    return acts(settings, trace)


def _before(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """``other`` is called for the same record at an earlier place of the trace."""
    place = {id(event): n for n, event in enumerate(trace)}
    return [e for e in acts(settings, trace) if not _others(settings, trace[: place[id(e)]], e)]


def _after(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """``other`` is called for the same record later on."""
    place = {id(event): n for n, event in enumerate(trace)}
    return [e for e in acts(settings, trace) if not _others(settings, trace[place[id(e)] :], e)]


def _confirmed(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """``other`` was called for the same record in an earlier reply, and answered.

    Its result holds ``answer`` in the member ``member``.
    """

    def yes(event: Event) -> bool:
        result = event.result
        return isinstance(result, dict) and result.get(settings["member"]) == settings["answer"]

    return [
        act
        for act in acts(settings, trace)
        if not any(e.round < act.round and yes(e) for e in _others(settings, trace, act))
    ]


def _at_most(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """The tools act on ``most`` different records."""
    seen: list[Json] = []
    for event in acts(settings, trace):
        if about(settings, event) not in seen:
            seen.append(about(settings, event))
    return [e for e in acts(settings, trace) if about(settings, e) in seen[settings["most"] :]]


def _first(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """No record of ``others`` is acted on before one of ``ids``."""
    rest = acts(settings | {"ids": settings["others"]}, trace)
    place = {id(event): n for n, event in enumerate(trace)}
    last = max((place[id(event)] for event in acts(settings, trace)), default=-1)
    return [event for event in rest if place[id(event)] < last]


def _renewed(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """A call of ``other`` (``other_by`` is ``value``) lets the tools act on ``most`` more records.

    A record counts once, when it is acted on for the first time.
    """
    acting = {id(event) for event in acts(settings, trace)}
    seen: list[Json] = []
    broken: list[Event] = []
    left = 0
    for event in trace:
        gives = event.tool == settings["other"] and not event.error
        if gives and event.arguments.get(settings["other_by"]) == settings["value"]:
            left = settings["most"]
        elif id(event) in acting and about(settings, event) not in seen:
            seen.append(about(settings, event))
            if not left:
                broken.append(event)
            left = max(left - 1, 0)
    return broken


def _others(settings: JsonObject, trace: Sequence[Event], act: Event) -> list[Event]:
    """Return the calls of ``other`` for the record that a call acts on."""
    return [
        event
        for event in trace
        if event.tool == settings["other"]
        and not event.error
        and about(settings, event) == about(settings, act)
    ]


RULES: dict[str, Obeyed] = {
    "never": _never,
    "not_for": _not_for,
    "before": _before,
    "after": _after,
    "confirmed": _confirmed,
    "at_most": _at_most,
    "first": _first,
    "renewed": _renewed,
}
