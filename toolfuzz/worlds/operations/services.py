"""What services have beside records: time that passes, notices that are sent, many at once."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.guards import check
from toolfuzz.worlds.operations import records
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["OPERATIONS"]

_LONGEST = 86_400


def _wait(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Let ``seconds`` pass: nothing else does."""
    seconds = arguments.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise RefusedError("invalid", "seconds must be a number")
    if not 0 < seconds <= _LONGEST:
        raise RefusedError("invalid", f"seconds must be more than 0 and at most {_LONGEST}")
    state.clock += int(-(-seconds // 1))
    return {"status": "done", "clock": state.clock}


def _quota(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Tell how long no call is taken yet (see the guard ``paced``)."""
    return {"wait_seconds": max(0, int(state.memory.get("until") or 0) - state.clock)}


def _send(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Count up a ``field`` of a record: sending again is sending twice."""
    kind, id, field = settings["kind"], arguments.get(settings["by"]), settings["field"]
    record = state.record(kind, id)
    state.set(kind, str(id), field, record[field] + 1)
    return {"status": "sent", "id": id}


def _renamed(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Do an ``operation``; an id in ``same`` stands for another one."""
    by, deed = settings["by"], settings["deed"]
    id = arguments.get(by)
    known = settings["same"].get(id, id) if isinstance(id, str) else id
    return _SINGLE[deed["operation"]](state, deed["settings"], {**arguments, by: known})


def _each(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Do a ``deed`` for each of a ``list``; those that are refused don't hinder the others."""
    name, by, deed = settings["list"], settings["by"], settings["deed"]
    given = arguments.get(name)
    done, failed = [], []
    for item in given if isinstance(given, list) else [given]:
        try:
            for guard in deed.get("guards", ()):
                check(guard["kind"], state, guard["settings"], {by: item})
            _SINGLE[deed["operation"]](state, deed["settings"], {by: item})
            done.append(item)
        except RefusedError as refused:
            failed.append({"id": item, **refused.told})
    return {"done": done, "failed": failed}


_SINGLE: dict[str, Operation] = {**records.OPERATIONS, "send": _send, "renamed": _renamed}

OPERATIONS: dict[str, Operation] = {
    "wait": _wait,
    "quota": _quota,
    "send": _send,
    "renamed": _renamed,
    "each": _each,
}
