"""Tools that act on every record of a kind at once."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.state import State

__all__ = ["OPERATIONS"]


def _set_all(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Change all records: ``fields`` is parameter → field, ``constants`` field → value."""
    named = settings.get("fields", {}).items()
    changes = {field: arguments[p] for p, field in named if p in arguments}
    changes.update(settings.get("constants", {}))
    ids = list(state.records.get(settings["kind"], {}))
    for id in ids:
        for field, value in changes.items():
            state.set(settings["kind"], id, field, value)
    return {"status": "done", "ids": ids}


def _delete_all(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Remove all records that hold what ``where`` says (field → value)."""
    kind, where = settings["kind"], settings["where"].items()
    records = state.records.get(kind, {})
    ids = [id for id, r in records.items() if all(equal(r.get(f), v) for f, v in where)]
    for id in ids:
        state.remove(kind, id)
    return {"status": "done", "ids": ids}


OPERATIONS: dict[str, Operation] = {"set_all": _set_all, "delete_all": _delete_all}
