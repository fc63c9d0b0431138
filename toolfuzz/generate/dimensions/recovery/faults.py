"""The algebra of faults: what goes wrong, how clearly it is told, and whether anything helps.

A fault is data: guards of the tools that it befalls. Its code is always right; its message is
clear, vague or misleading. What helps is the same in all three: the descriptions say it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.spec import Guard

__all__ = ["KINDS", "TEXTS", "TRIES", "Fault", "Place", "draw_faults", "guards_of"]

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
TRIES = 5
"""How often a call may be made that is unavailable or has no effect: more than it ever fails."""


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

    ``neighbour`` is the id of another record that it could be taken for.
    """

    kind: str
    id: str
    now: str
    reference: str
    versions: Sequence[str]
    neighbour: str


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
        free = all(fault.item != item for fault in faults)
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
    told, by = _told(fault, at), {"by": "id", "is": at.now}
    again: JsonObject = {"repeats": 2 * TRIES, **({} if fault.final else {"times": fault.times})}
    once: JsonObject = {"repeats": 1 if fault.text == "clear" else 2}
    match fault.kind:
        case "unavailable":
            tool = "get" if fault.first else "update"
            return {tool: [Guard("fails", {"code": "unavailable", **told, **by, **again})]}
        case "no_effect":
            silent: JsonObject = {"code": "no_effect", "silent": True, **told, **by, **again}
            return {"update": [Guard("fails", silent)]}
        case "conflict":
            field: JsonObject = {"kind": at.kind, "field": "version", **by}
            overtaken = Guard("overtaken", {**field, "values": list(at.versions[: fault.times])})
            current = Guard("current", {**field, "code": "conflict", **told, **once})
            return {"update": [overtaken, current]}
        case "invalid":
            wanted: JsonObject = {"path": ["details", "reference"], "value": at.reference}
            return {
                "update": [Guard("demands", {"code": "invalid", **told, **by, **wanted, **once})]
            }
        case "not_found":
            gone: JsonObject = {"code": "not_found", **told, "by": "id", "is": at.id, **once}
            return {"get": [Guard("fails", gone)], "update": [Guard("fails", gone)]}
        case "forbidden":
            granted: JsonObject = {"kind": "access", "field": "granted", "value": True}
            found = {
                "update": [Guard("holds", {"code": "forbidden", **told, **by, **granted, **once})]
            }
            if fault.final:
                never = {"code": "denied", "told": {"message": "access is never given"}, **by}
                found["access"] = [Guard("fails", {**never, "repeats": 1})]
            return found
        case "rate_limited":
            paced: JsonObject = {"calls": 1, "seconds": fault.seconds, **told, "repeats": 2}
            return {"update": [Guard("paced", {"code": "rate_limited", **paced})]}
        case _:
            return {"notify": [Guard("fails", {"code": "unavailable", **told, **by, **again})]}


_VAGUE = "The request could not be completed."


def _told(fault: Fault, at: Place) -> JsonObject:
    """Return what is told of a fault, as the member ``told``."""
    exact, clear, misleading = _messages(fault, at)
    if fault.kind == "no_effect":
        status = "done" if fault.text == "misleading" else "accepted"
        more = {"message": clear} if fault.text == "clear" else {}
        return {"told": {"status": status, "id": at.now, **more}}
    told: dict[str, Json] = {
        "message": {"clear": clear, "vague": _VAGUE}.get(fault.text, misleading)
    }
    return {"told": {**exact, **told}}


def _messages(fault: Fault, at: Place) -> tuple[JsonObject, str, str]:
    """Return the members that are exact, a message that says what helps, and one that is wrong."""
    kind, clear = at.kind, fault.text == "clear"
    seen: JsonObject
    match fault.kind:
        case "unavailable" | "partial":
            return {}, "The service is busy; the same call may work now.", f"No such {kind}."
        case "no_effect":
            return {}, "It is not applied yet and may have to be sent again.", ""
        case "conflict":
            seen = {"current": None} if clear else {}
            wrong = f"You are not allowed to change this {kind}."
            return (
                seen,
                "The record was changed by somebody else; its version is another one.",
                wrong,
            )
        case "invalid":
            right = f"details.reference has to be {at.reference!r}."
            return {"path": "details.reference"}, right, "The service is busy, try again later."
        case "not_found":
            moved = f"It has another id now; find_{kind} tells which."
            seen = (
                {"candidates": sorted((at.now, at.neighbour))} if clear and not fault.final else {}
            )
            right = f"There is no such {kind} any more." if fault.final else moved
            return seen, right, f"Did you mean {at.neighbour!r}?"
        case "forbidden":
            right = f"You have no access to this record; request_{kind}_access asks for it."
            return {}, right, "The service is busy, try the same call again."
        case _:
            seen = {"retry_after": fault.seconds} if clear else {}
            return (
                seen,
                "Too many calls; wait, then go on.",
                "The record is in use by somebody else.",
            )
