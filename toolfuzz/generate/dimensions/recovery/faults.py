"""The algebra of faults: what goes wrong, how clearly it is told, and whether anything helps.

A fault is data: guards of the tools that it befalls. Its code is always right; its message is
clear, vague or misleading. What helps is the same in all three: the descriptions say it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.spec import Guard

__all__ = ["KINDS", "TEXTS", "Fault", "Place", "draw_faults", "guards_of", "tries_at"]

Text = Literal["clear", "vague", "misleading"]
TEXTS: tuple[Text, ...] = ("clear", "vague", "misleading")

KINDS: Mapping[str, tuple[str, ...]] = {
    "unavailable": ("transient", "impossible"),
    "conflict": ("permanent",),
    "no_effect": ("transient", "impossible"),
    "forbidden": ("permanent", "impossible"),
    "invalid": ("permanent",),
    "not_found": ("permanent", "impossible"),
    "rate_limited": ("transient",),
    "partial": ("transient",),
}
"""Each fault and how long it lasts: it goes by itself, until a repair, or whatever is done."""

_OF_ALL = ("rate_limited",)
_COUNTED = ("unavailable", "no_effect")
_MOST_EACH = 2


def tries_at(level: int) -> int:
    """Return how often a call may be made that is unavailable or has no effect.

    There are always two more than a fault that goes by itself ever takes.
    """
    return 8 - 3 * level // 8


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``item`` is the record that it befalls, -1 for one of the service itself.

    ``times`` is how often in a row; ``seconds`` how long a pause lasts; ``first``: reading a record
    is befallen, not changing it.
    """

    kind: str
    item: int
    text: Text
    lasts: str
    times: int
    seconds: int
    first: bool

    @property
    def final(self) -> bool:
        """Whether nothing helps."""
        return self.lasts == "impossible"


@dataclass(frozen=True, slots=True)
class Place:
    """A record that a fault befalls: the id in the task, its id now, and what it holds.

    ``neighbour`` is the id of another record that it could be taken for; ``tries`` is how often a
    call may be made.
    """

    kind: str
    id: str
    now: str
    reference: str
    versions: Sequence[str]
    neighbour: str
    tries: int


def draw_faults(pick: Pick, level: int, items: int) -> list[Fault]:
    """Draw as many faults as the level says: clear ones first, then all, and some for good."""
    faults: list[Fault] = []
    texts = TEXTS[: 1 if level < 3 else 2 if level < 5 else 3]
    for _ in range(level):
        places = [
            (kind, n) for kind in KINDS for n in (-1, *range(items)) if _fits(kind, n, faults)
        ]
        kind = pick.of(list(dict.fromkeys(kind for kind, _ in places)))
        item = pick.of([n for name, n in places if name == kind])
        # One record at least can be brought to its value, or to say no to all would be right.
        free = all(fault.item != item for fault in faults)
        free = free and sum(fault.final for fault in faults) < items - 1
        lasts = KINDS[kind][-1 if free and level >= 3 and pick.chance(30) else 0]
        times, seconds = pick.within(1, 1 + min(2, level // 3)), 5 * pick.within(1, 24)
        text = pick.of(texts)
        first = kind == "unavailable" and pick.chance(40)
        faults.append(Fault(kind, item, text, lasts, times, seconds, first))
    return faults


def _fits(kind: str, item: int, faults: Sequence[Fault]) -> bool:
    if (kind in _OF_ALL) != (item < 0):
        return False
    there = [fault for fault in faults if fault.item == item]
    if item < 0:
        return all(fault.kind != kind for fault in there)
    alike = _COUNTED if kind in _COUNTED else (kind,)
    clash = any(fault.final or fault.kind in alike for fault in there)
    return not clash and len(there) < _MOST_EACH


def guards_of(fault: Fault, at: Place) -> dict[str, list[Guard]]:
    """Return the guards by which a fault befalls the tools ``get``, ``update``, ``access``, …"""
    told = _told(fault, at)
    again: JsonObject = {"repeats": 2 * at.tries, **({} if fault.final else {"times": fault.times})}
    once: JsonObject = {"repeats": 1 if fault.text == "clear" else 2}
    version: JsonObject = {"kind": at.kind, "field": "version"}

    def guard(kind: str, code: str, settings: JsonObject) -> list[Guard]:
        return [Guard(kind, {"code": code, "told": told, "by": "id", "is": at.now, **settings})]

    match fault.kind:
        case "unavailable":
            return {"get" if fault.first else "update": guard("fails", "unavailable", again)}
        case "no_effect":
            return {"update": guard("fails", "no_effect", {"silent": True, **again})}
        case "conflict":
            values = {"values": list(at.versions[: fault.times])}
            overtaken = guard("overtaken", "", {**version, **values})
            return {"update": overtaken + guard("current", "conflict", {**version, **once})}
        case "invalid":
            wanted = {"path": ["details", "reference"], "value": at.reference}
            return {"update": guard("demands", "invalid", {**wanted, **once})}
        case "not_found":
            gone = guard("fails", "not_found", {"is": at.id, **once})
            return {"get": gone, "update": gone}
        case "forbidden":
            granted = {"kind": "access", "field": "granted", "value": True}
            never = {"told": {"message": "Access to this record is never given."}, "repeats": 1}
            access = guard("fails", "denied", never) if fault.final else []
            return {"update": guard("holds", "forbidden", {**granted, **once}), "access": access}
        case "rate_limited":
            paced = {"code": "rate_limited", "told": told, "repeats": 2}
            return {"update": [Guard("paced", {"calls": 1, "seconds": fault.seconds, **paced})]}
        case _:
            return {"notify": guard("fails", "unavailable", again)}


def _told(fault: Fault, at: Place) -> JsonObject:
    """Return what the caller is told of a fault, beside its code."""
    clear, misleading = (text.format(at=at) for text in _MESSAGES[fault.kind])
    told: JsonObject = {"message": {"clear": clear, "vague": _VAGUE}.get(fault.text, misleading)}
    if fault.kind == "no_effect":
        done: JsonObject = {"status": "accepted", "id": at.now}
        more = {"clear": told, "misleading": {"status": "done"}}.get(fault.text, {})
        return {**done, **more}
    if fault.kind == "not_found" and fault.final:
        return told | ({"candidates": []} if fault.text == "clear" else {})
    exact: JsonObject = {"path": "details.reference"} if fault.kind == "invalid" else {}
    if fault.text == "clear":
        # What is None here is filled in when the call is refused.
        known: dict[str, JsonObject] = {
            "conflict": {"current": None},
            "not_found": {"candidates": sorted((at.now, at.neighbour))},
            "rate_limited": {"retry_after": None},
        }
        exact |= known.get(fault.kind, {})
    return {**told, **exact}


_VAGUE = "The request could not be completed."
_BUSY = "The service is busy; the same call may work now."
_MESSAGES: Mapping[str, tuple[str, str]] = {
    "unavailable": (_BUSY, "No such {at.kind}."),
    "partial": (_BUSY, "No such {at.kind}."),
    "conflict": (
        "Somebody else changed the record, so it has another version now.",
        "You are not allowed to change this {at.kind}.",
    ),
    "no_effect": ("It is not applied yet and may have to be sent again.", ""),
    "forbidden": (
        "You have no access to this record; request_{at.kind}_access asks for it.",
        "The service is busy, try the same call again.",
    ),
    "invalid": (
        "details.reference has to be {at.reference}.",
        "The service is busy, try again later.",
    ),
    "not_found": (
        "No {at.kind} has this id now; find_{at.kind} tells what became of it.",
        "Did you mean {at.neighbour}?",
    ),
    "rate_limited": ("Too many calls; wait, then go on.", "Somebody else is using the record."),
}
"""Each fault as it is told clearly, with what helps, and as it is told misleadingly."""
