"""Tools that read and change records of a ``kind``; a record's id stands in the argument ``by``."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.state import State

__all__ = ["OPERATIONS"]


def _get(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Read a record."""
    id = arguments.get(settings["by"])
    return {"id": id, **state.record(settings["kind"], id)}


def _list(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Read all records."""
    found = state.records.get(settings["kind"], {})
    return {"records": [{"id": id, **record} for id, record in found.items()]}


def _set(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Set fields of a record: ``fields`` is parameter → field; those not given stay.

    ``adds`` is told beside the result.
    """
    kind, id = settings["kind"], arguments.get(settings["by"])
    state.record(kind, id)
    for parameter, field in settings["fields"].items():
        if parameter in arguments:
            state.set(kind, str(id), field, arguments[parameter])
    return {"status": "done", "id": id, **settings.get("adds", {})}


OPERATIONS: dict[str, Operation] = {"get": _get, "list": _list, "set": _set}
