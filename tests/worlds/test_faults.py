"""Faults are guards: each refuses what it is about, and for as long as it says."""

from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.rules import RULES
from toolfuzz.worlds.spec import Deed, Guard, World

RECORDS: dict[str, dict[str, JsonObject]] = {
    "lamp": {"a": {"on": False, "version": "1"}, "b": {"on": False, "version": "1"}},
    "notice": {"a": {"sent": 0}, "b": {"sent": 0}},
}
SET = Deed("set", {"kind": "lamp", "by": "id", "fields": {"on": "on"}})


def machine(*guards: tuple[str, JsonObject], **deeds: Deed) -> Machine:
    made = tuple(Guard(kind, {"code": kind, "told": {}, **settings}) for kind, settings in guards)
    switch = Deed(SET.operation, SET.settings, made)
    clock = {"wait": Deed("wait"), "quota": Deed("quota")}
    return Machine(
        World(
            dimension="any",
            level=1,
            pair="",
            twin=False,
            wording=0,
            seed="",
            task={},
            deeds={"switch": switch, **clock, **deeds},
            records=RECORDS,
        )
    )


def errors(on: Machine, count: int, tool: str = "switch", **arguments: Any) -> list[str]:
    return [on.call(tool, {"id": "a", "on": True, **arguments}).error for _ in range(count)]


def test_a_fault_goes_by_itself_or_never_and_befalls_its_record_alone() -> None:
    on = machine(("fails", {"times": 2, "by": "id", "is": "a"}))
    assert errors(on, 1, id="b") == [""]
    assert errors(on, 3) == ["fails", "fails", ""]
    assert errors(machine(("fails", {})), 3) == ["fails"] * 3


def test_what_silently_has_no_effect_looks_like_a_result() -> None:
    on = machine(("fails", {"times": 1, "silent": True, "told": {"status": "done"}}))
    first = on.call("switch", {"id": "a", "on": True})
    assert (first.result, first.writes, first.error) == ({"status": "done"}, (), "fails")
    assert on.call("switch", {"id": "a", "on": True}).writes


def test_calls_that_come_too_fast_are_taken_when_the_time_is_over() -> None:
    on = machine(("paced", {"calls": 1, "seconds": 30, "told": {"retry_after": None}}))
    assert errors(on, 2) == ["", "paced"]
    assert on.trace[-1].result["error"]["retry_after"] == 30
    assert on.call("quota", {}).result == {"wait_seconds": 30}
    on.call("wait", {"seconds": 20})
    assert errors(on, 1) == ["paced"]
    assert on.trace[-1].result["error"]["retry_after"] == 10
    on.call("wait", {"seconds": 9.5})
    assert on.call("quota", {}).result == {"wait_seconds": 0}
    assert errors(on, 3) == ["", "", ""]


def test_a_pause_must_be_one() -> None:
    on = machine()
    for seconds in (0, -1, True, "10", None, 10**9):
        assert on.call("wait", {"seconds": seconds}).error == "invalid"
    assert on.state.clock == 0


def test_a_version_must_be_the_current_one_also_when_somebody_else_was_faster() -> None:
    version: JsonObject = {"kind": "lamp", "by": "id", "field": "version"}
    told = {"told": {"current": None}}
    on = machine(
        ("overtaken", {**version, "is": "a", "values": ["2", "3"]}), ("current", version | told)
    )
    assert errors(on, 1, version="1") == ["current"]
    assert on.trace[-1].result["error"]["current"] == "2"
    assert errors(on, 1, version="2") == ["current"]
    assert errors(on, 2, version="3") == ["", ""]
    assert errors(on, 1, id="b", version="1") == [""]
    # Nobody is blamed for what somebody else wrote.
    assert {write.field for event in on.trace for write in event.writes} == {"on"}
    assert errors(on, 1, id="nobody") == ["not_found"]


def test_an_argument_may_be_demanded_at_any_depth() -> None:
    on = machine(("demands", {"path": ["details", "n"], "value": 1}))
    for details in (None, "n", {}, {"n": 2}, {"n": True}, [1]):
        assert errors(on, 1, details=details) == ["demands"]
    assert errors(on, 1, details={"n": 1.0, "more": "x"}) == [""]


def test_a_field_may_have_to_hold_something_first() -> None:
    held: JsonObject = {"kind": "lamp", "by": "id", "field": "version", "value": "2"}
    on = machine(("holds", held))
    assert errors(on, 1) == ["holds"]
    on.records["lamp"]["a"]["version"] = "2"
    assert errors(on, 1) == [""]


def test_of_many_those_that_are_refused_do_not_hinder_the_others() -> None:
    send = {"operation": "send", "settings": {"kind": "notice", "by": "id", "field": "sent"}}
    fails = {"code": "busy", "told": {}, "times": 1, "by": "id", "is": "a"}
    named = {"operation": "renamed", "settings": {"by": "id", "same": {"b2": "b"}, "deed": send}}
    each = {
        "list": "ids",
        "by": "id",
        "deed": named | {"guards": [{"kind": "fails", "settings": fails}]},
    }
    on = machine(notify=Deed("each", each))
    told = on.call("notify", {"ids": ["a", "b2", "c"]}).result
    assert told["done"] == ["b2"]
    assert [one["id"] for one in told["failed"]] == ["a", "c"]
    assert on.call("notify", {"ids": "a"}).result["done"] == ["a"]
    on.call("notify", {"ids": ["a"]})
    assert {id: record["sent"] for id, record in on.records["notice"].items()} == {"a": 2, "b": 1}


def test_what_is_claimed_in_the_end_has_to_be_so() -> None:
    claim = {"kind": "notice", "id": "a", "field": "sent", "value": 1}
    fact = {"kind": "lamp", "id": "a", "field": "on", "value": True}
    send = Deed("send", {"kind": "notice", "by": "id", "field": "sent"})

    def broken(*calls: tuple[str, JsonObject]) -> list[int]:
        on = machine(say=send)
        for tool, given in calls:
            on.call(tool, {"id": "a", **given})
        found = RULES["true"]({"claim": claim, "fact": fact}, on.trace)
        return [on.trace.index(event) for event in found]

    say, light, dark = ("say", {}), ("switch", {"on": True}), ("switch", {"on": False})
    assert broken() == broken(light) == broken(light, say) == broken(say, light) == []
    assert broken(say) == [0]
    assert broken(light, dark, say) == [2]
    assert broken(say, say) == []
