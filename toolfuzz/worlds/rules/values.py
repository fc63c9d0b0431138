"""What stands in an argument, ``parameter``. For ``tools`` and ``by`` see base.py."""

from collections import defaultdict
from collections.abc import Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.worlds.machine import Event
from toolfuzz.worlds.rules.base import Obeyed, about, acts

__all__ = ["RULES"]

_DIGITS = 6
"""Parts like 0.1 and 0.2 don't add up to 0.3 exactly."""


def _argument(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """It is what ``want`` says, which is id → value."""
    want: dict[str, Json] = settings["want"]
    return [
        event
        for event in acts(settings | {"ids": want}, trace)
        if not equal(event.arguments.get(settings["parameter"]), want[about(settings, event)])
    ]


def _limit(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """It is no more than ``most`` says, which is id → number."""
    most: dict[str, float] = settings["most"]
    return [
        event
        for event in acts(settings | {"ids": most}, trace)
        if _number(settings, event) > most[about(settings, event)]
    ]


def _total(settings: JsonObject, trace: Sequence[Event]) -> Sequence[Event]:
    """What all calls for a record say adds up to ``want``, which is id → number."""
    want: dict[str, float] = settings["want"]
    by_id: defaultdict[str, list[Event]] = defaultdict(list)
    for event in acts(settings | {"ids": want}, trace):
        by_id[about(settings, event)].append(event)
    sums = {id: sum(_number(settings, e) for e in all) for id, all in by_id.items()}
    wrong = {id for id, said in sums.items() if round(abs(said - want[id]), _DIGITS)}
    return [e for e in acts(settings | {"ids": wrong}, trace) if e is by_id[about(settings, e)][-1]]


def _number(settings: JsonObject, event: Event) -> float:
    value = event.arguments.get(settings["parameter"])
    return value if isinstance(value, int | float) else 0


RULES: dict[str, Obeyed] = {"argument": _argument, "limit": _limit, "total": _total}
