"""The tools of a world in which faults are repaired: the same with and without the faults."""

from collections.abc import Collection, Mapping, Sequence

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.generate.dimensions.base import tool_of
from toolfuzz.generate.dimensions.recovery.wordings import meanings
from toolfuzz.generate.features.base import Parameter
from toolfuzz.worlds.spec import Deed, Guard

__all__ = ["OUTCOMES", "tools_of"]

OUTCOMES = ("done", "impossible")

_ID = Parameter("id", {"type": "string", "description": "Its id."}, lambda pick: "")


def tools_of(
    task: JsonObject,
    value: Parameter,
    kinds: Collection[str],
    guards: Mapping[str, Sequence[Guard]],
    same: Mapping[str, str],
) -> list[tuple[Tool, Deed]]:
    """Return the tools for these kinds of faults, with the guards of each.

    ``same`` is id → the id by which the task names that record.
    """
    kind: str = task["kind"]
    record: JsonObject = {"kind": kind, "by": "id"}
    told = meanings(kinds, kind)
    current: JsonObject = {**record, "field": "version", "code": "conflict"}
    current["told"] = {"message": f"version is not the current one, which get_{kind} shows"}
    named = {value.name: value.name}
    made = [
        (
            tool_of(task["get"], f"Shows one {kind} record as it is now.{told}", [_ID]),
            Deed("get", record, tuple(guards.get("get", ()))),
        ),
        (
            _update(task, value, kinds, told),
            Deed(
                "set",
                {**record, "fields": named},
                (*guards.get("update", ()), Guard("current", current)),
            ),
        ),
        (_report(task), _same(same, "set", {"kind": "report", "fields": {"outcome": "outcome"}})),
    ]
    if "partial" in kinds:
        made.append(_notify(task, guards.get("notify", ()), same))
    if "not_found" in kinds:
        former = Parameter("formerly", {"type": "string"}, lambda pick: "")
        found = {"kind": kind, "where": {"formerly": "formerly"}, "shows": ["formerly"]}
        described = f"Finds the {kind} record that formerly had this id."
        made.append((tool_of(f"find_{kind}", described, [former]), Deed("list", found)))
    if "forbidden" in kinds:
        described = f"Asks for access to one {kind} record. Error codes: denied: that is final."
        granted = {"kind": "access", "by": "id", "constants": {"granted": True}}
        deed = Deed("set", granted, tuple(guards.get("access", ())))
        made.append((tool_of(f"request_{kind}_access", described, [_ID]), deed))
    if "rate_limited" in kinds:
        made += _clock()
    return made


def _update(task: JsonObject, value: Parameter, kinds: Collection[str], told: str) -> Tool:
    described = (
        f"Sets {value.name} of one {task['kind']} record. Its answer does not tell whether it took "
        f"effect: {task['get']} does.{told}"
    )
    version = {"type": "string", "description": "The record's current version."}
    parameters = [_ID, Parameter("version", version, lambda pick: ""), value]
    tool = tool_of(task["update"], described, parameters)
    if "invalid" in kinds:
        texts: JsonObject = {"reference": {"type": "string"}, "comment": {"type": "string"}}
        details: JsonObject = {"type": "object", "properties": texts}
        details["description"] = "Only where it is asked for."
        tool.parameters["properties"]["details"] = details
    return tool


def _report(task: JsonObject) -> Tool:
    outcome = {"type": "string", "enum": list(OUTCOMES)}
    described = f"Reports what became of one {task['kind']} record."
    return tool_of(task["report"], described, [_ID, Parameter("outcome", outcome, lambda pick: "")])


def _notify(
    task: JsonObject, guards: Sequence[Guard], same: Mapping[str, str]
) -> tuple[Tool, Deed]:
    ids = Parameter("ids", {"type": "array", "items": {"type": "string"}}, lambda pick: "")
    described = (
        "Sends one notice for each of these records, anew with every call. `done` are those that "
        "were sent; those in `failed` were not. Error codes: unavailable: only that one was not "
        "sent; send it again."
    )
    send = _same(same, "send", {"kind": "notice", "field": "sent"})
    each: JsonObject = {"operation": send.operation, "settings": send.settings}
    each["guards"] = [{"kind": guard.kind, "settings": guard.settings} for guard in guards]
    return (
        tool_of(task["notify"], described, [ids]),
        Deed("each", {"list": "ids", "by": "id", "deed": each}),
    )


def _same(same: Mapping[str, str], operation: str, settings: JsonObject) -> Deed:
    deed: JsonObject = {"operation": operation, "settings": {**settings, "by": "id"}}
    return Deed("renamed", {"by": "id", "same": dict(same), "deed": deed})


def _clock() -> list[tuple[Tool, Deed]]:
    seconds = Parameter("seconds", {"type": "integer", "minimum": 1}, lambda pick: 1)
    return [
        (tool_of("quota", "Tells how many seconds no call is taken yet.", []), Deed("quota")),
        (tool_of("wait", "Waits. No other tool lets time pass.", [seconds]), Deed("wait")),
    ]
