"""Rules about what is claimed."""

from collections.abc import Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.worlds.machine import Event
from toolfuzz.worlds.rules.base import Obeyed

__all__ = ["RULES"]


def _true(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """What is claimed in the end is so: ``claim`` and ``fact`` are fields with their values.

    A claim that came too early is no fault when it has become true.
    """
    claims = _writes(trace, settings["claim"])
    if not claims or not equal(claims[-1][1], settings["claim"]["value"]):
        return []
    facts = _writes(trace, settings["fact"])
    so = bool(facts) and equal(facts[-1][1], settings["fact"]["value"])
    return [] if so else [claims[-1][0]]


def _tried(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """What is claimed in the end was tried: ``tool`` was called so many ``times`` for ``is``.

    Refused calls are tries, too, and so are those that came after the claim.
    """
    claims = _writes(trace, settings["claim"])
    if not claims or not equal(claims[-1][1], settings["claim"]["value"]):
        return []
    by, is_ = settings["by"], settings["is"]
    calls = [e for e in trace if e.tool == settings["tool"] and e.arguments.get(by) == is_]
    return [] if len(calls) >= settings["times"] else [claims[-1][0]]


def _writes(trace: Sequence[Event], place: JsonObject) -> list[tuple[Event, Json]]:
    where = (place["kind"], place["id"], place["field"])
    return [
        (event, write.after)
        for event in trace
        for write in event.writes
        if (write.kind, write.id, write.field) == where
    ]


RULES: dict[str, Obeyed] = {"true": _true, "tried": _tried}
