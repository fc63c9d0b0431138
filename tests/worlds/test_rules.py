"""Rules over traces that a person can read: ``A1`` is act on record 1, and so on."""

import json

import pytest

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.machine import Event
from toolfuzz.worlds.rules import RULES, claims

TOOLS = {"A": "act", "B": "bring", "C": "check", "G": "gate"}
ACTS: JsonObject = {"tools": ["act", "bring"], "by": "id", "ids": ["1", "2", "3"]}


def trace(text: str) -> list[Event]:
    """``A1 C2 / B3``: a slash begins the next reply; ``!`` behind a call: it was refused.

    ``=no`` behind it is its answer, ``+5`` its amount.
    """
    events: list[Event] = []
    for round, reply in enumerate(text.split("/")):
        for place, word in enumerate(reply.split()):
            call, _, answer = word.rstrip("!").partition("=")
            call, _, amount = call.partition("+")
            told: Json = {"answer": answer or "yes"}
            given: JsonObject = {"id": call[1]} | ({"n": json.loads(amount)} if amount else {})
            refused = "not_found" if word.endswith("!") else ""
            events.append(Event(round, place, TOOLS[call[0]], given, json.dumps(told), refused))
    return events


def broken(kind: str, settings: JsonObject, text: str) -> list[int]:
    events = trace(text)
    found = RULES[kind](ACTS | settings, events)
    return [n for n, event in enumerate(events) if any(event is one for one in found)]


NEVER: JsonObject = {"tool": "act"}
CHECK: JsonObject = {"other": "check"}
ASKED: JsonObject = {"other": "check", "member": "answer", "answer": "yes"}
TWO: JsonObject = {"tools": ["act"], "most": 2}
RUSH: JsonObject = {"ids": ["2"], "others": ["1", "3"]}
GATE: JsonObject = {"other": "gate", "other_by": "id", "value": "g", "most": 2}
WANT: JsonObject = {"parameter": "n", "want": {"1": 5, "2": "five"}}
MOST: JsonObject = {"parameter": "n", "most": {"1": 10}}
SUM: JsonObject = {"parameter": "n", "want": {"1": 12.5}}

ROWS: list[tuple[str, JsonObject, str, list[int]]] = [
    ("never", NEVER, "B1 C1", []),
    ("never", NEVER, "B1 / A1!", [1]),
    ("not_for", {}, "C1 A4 A2! B9", []),
    ("not_for", {}, "A4 B2 A1", [1, 2]),
    ("before", CHECK, "C1 A1 / C2 C3 / B3 A2", []),
    ("before", CHECK, "C1 A1 A1 A4", []),
    ("before", CHECK, "A1 C1 / A1", [0]),
    ("before", CHECK, "C1! A1 / C2 A3", [1, 3]),
    ("after", CHECK, "A1 C1 A2 / B3 / C3 C2", []),
    ("after", CHECK, "A1 A1 C1 A4 A2!", []),
    ("after", CHECK, "C1 A1 / A2 C2!", [1, 2]),
    ("after", CHECK, "A1 C1 / A1", [2]),
    ("confirmed", ASKED, "C1 C2=no / A1", []),
    ("confirmed", ASKED, "C1=no / C1 / A1", []),
    ("confirmed", ASKED, "C1 A1 / C2=no / A2 A3", [1, 3, 4]),
    ("at_most", TWO, "A1 A1 A2 / B3 A4 A3!", []),
    ("at_most", TWO, "A1 B2 A2 A3 A1", [3]),
    ("first", RUSH, "A2 / A1 B3", []),
    ("first", RUSH, "A1 A3", []),
    ("first", RUSH, "A1! A2 A3 A2!", []),
    ("first", RUSH, "A4 A2 A1 A2 A3", [2]),
    ("renewed", GATE, "Gg A1 A2 / Gg A3 A1", []),
    ("renewed", GATE, "Gg A1 A1 / A1 A2 A4", []),
    ("renewed", GATE, "A1 Gg A2 A3", [0]),
    ("renewed", GATE, "Gx A1 / Gg Gg A2 Gg! A3", [1]),
    ("renewed", GATE, "Gg A1 A2 A3", [3]),
    ("argument", WANT, "A1+5 A1+5.0 A2+\"five\" A3+7 A1+6!", []),
    ("argument", WANT, "A1+6 A2+5 A2", [0, 1, 2]),
    ("limit", MOST, "A1+10 A1+10 A2+11 C1+99", []),
    ("limit", MOST, "A1+10.5 B1+11", [0, 1]),
    ("total", SUM, "A1+12.5 A2+1", []),
    ("total", SUM, "A1+6 B1+6.5 A1+1!", []),
    ("total", SUM, "A1+4.1 A1+4.1 A1+4.3", []),
    ("total", SUM, "A1+2.1 A1+4.2 A1+6.2", []),
    ("total", SUM, "A2+1", []),
    ("total", SUM, "A1+12.5 A1+12.5", [1]),
    ("total", SUM, "A1+6 C1 A1+6", [2]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "text", "wrong"), ROWS)
def test_a_rule_is_broken_by_these_calls(
    kind: str, settings: JsonObject, text: str, wrong: list[int]
) -> None:
    assert broken(kind, settings, text) == wrong


def test_every_rule_is_tried_above() -> None:
    assert {kind for kind, *_ in ROWS} == set(RULES) - set(claims.RULES)
