"""Records: read one by one or in pages, changed one by one or in batches, made and removed.

All of these take the ``kind`` of the records; ``by`` names the parameter that holds an id.
"""

import json

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.spec import nonce
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["OPERATIONS"]

_MOST_AT_ONCE = 10**12
"""What may be added by one call."""


def _get(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Read one record."""
    id = arguments.get(settings["by"])
    return {"id": id, **state.record(settings["kind"], id)}


def _list(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Read records, ``limit`` at once (all without one); the argument ``cursor`` asks for more.

    ``where`` is parameter → field: only records whose field holds the argument. ``shows`` names the
    fields that are shown (all without it). The pages are those of the moment when the first was
    asked for, so that no record is skipped when others go.
    """
    kind, limit = settings["kind"], settings.get("limit")
    records = state.records.get(kind, {})
    cursor = arguments.get("cursor")
    if cursor:
        left = state.memory.get(f"cursor {cursor}")
        if not isinstance(left, list):
            raise RefusedError("invalid_cursor", f"there is no page {cursor!r}")
    else:
        asked = {f: arguments[p] for p, f in settings.get("where", {}).items() if p in arguments}
        left = [id for id, r in records.items() if all(r.get(f) == v for f, v in asked.items())]
    page, left = left[:limit], left[limit:] if limit else []
    following = nonce(state.seed, kind, left) if left else None
    if following:
        state.memory[f"cursor {following}"] = left
    shows = settings.get("shows")
    shown = [
        {"id": id, **{f: v for f, v in records[id].items() if shows is None or f in shows}}
        for id in page
        if id in records
    ]
    if limit is None:
        return {"records": shown}
    return {"records": shown, "next_cursor": following}


def _find(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Read the one record of a ``kind`` whose ``field`` is the argument named ``by``."""
    wanted = arguments.get(settings["by"])
    for id, record in state.records.get(settings["kind"], {}).items():
        if record.get(settings["field"]) == wanted:
            return {"id": id, **record}
    told = f"there is no {settings['kind']} whose {settings['field']} is {wanted!r}"
    raise RefusedError("not_found", told)


def _set(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Change a record: ``fields`` is parameter → field; what isn't given stays.

    ``inside`` names an argument that holds the parameters. ``sums`` is parameter → field, too, of
    numbers that are added to what is there; ``constants`` is field → value. What the fields in
    ``json`` hold is JSON as text, kept in one spelling; those in ``sorted`` keep lists in order.
    ``adds`` is told beside the result.
    """
    kind, id = settings["kind"], arguments.get(settings["by"])
    changes = _changes(state, settings, arguments)
    for field, value in changes.items():
        state.set(kind, str(id), field, value)
    return {"status": "done", "id": id, **settings.get("adds", {})}


def _set_many(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Change records as ``set`` does, those that the argument ``items`` lists: all or none.

    ``most`` is how many may be changed by one call.
    """
    items = arguments.get(settings["items"])
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    most = settings.get("most")
    if most is not None and len(items) > most:
        told = f"{len(items)} records in one call: at most {most} are allowed; nothing was changed"
        raise RefusedError("too_many", told)
    changes = [(item, _changes(state, settings, item)) for item in items]
    for item, fields in changes:
        for field, value in fields.items():
            state.set(settings["kind"], item[settings["by"]], field, value)
    return {"status": "done", "ids": [item[settings["by"]] for item in items]}


def _create(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Add a record of ``fields`` (see ``set``); without ``by`` it gets an id of its own."""
    kind = settings["kind"]
    there = state.records.get(kind, {})
    id = arguments.get(settings["by"]) if "by" in settings else nonce(state.seed, kind, len(there))
    if not isinstance(id, str) or not id:
        raise RefusedError("invalid_id", f"{id!r} is no id")
    if id in there:
        raise RefusedError("already_exists", f"there is a {kind} {id!r} already")
    state.add(kind, id, _given(settings, arguments))
    return {"status": "created", "id": id}


def _delete(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Remove a record."""
    id = arguments.get(settings["by"])
    state.record(settings["kind"], id)
    state.remove(settings["kind"], str(id))
    return {"status": "deleted", "id": id}


def _rekey(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Give a record another id, which stands in the argument ``to``; what refers to it stays."""
    kind, id, new = settings["kind"], arguments.get(settings["by"]), arguments.get(settings["to"])
    record = state.record(kind, id)
    if not isinstance(new, str) or not new:
        raise RefusedError("invalid_id", f"{new!r} is no id")
    if new in state.records[kind]:
        raise RefusedError("already_exists", f"there is a {kind} {new!r} already")
    state.remove(kind, str(id))
    state.add(kind, new, record)
    return {"status": "done", "id": new}


def _changes(state: State, settings: JsonObject, arguments: JsonObject) -> JsonObject:
    """Return field → value of what a call changes in a record that must be there."""
    record = state.record(settings["kind"], arguments.get(settings["by"]))
    changes = _given(settings, arguments)
    for parameter, field in settings.get("sums", {}).items():
        if parameter in arguments:
            changes[field] = round((record.get(field) or 0) + _amount(parameter, arguments), 6)
    changes.update(settings.get("constants", {}))
    return changes


def _amount(parameter: str, arguments: JsonObject) -> float:
    amount = arguments[parameter]
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise RefusedError("invalid_amount", f"{parameter} must be a number")
    if not 0 < amount <= _MOST_AT_ONCE:
        told = f"{parameter} must be more than 0 and at most {_MOST_AT_ONCE}"
        raise RefusedError("invalid_amount", told)
    return amount


def _given(settings: JsonObject, arguments: JsonObject) -> JsonObject:
    inside = settings.get("inside")
    given = arguments.get(inside) if inside else arguments
    given = given if isinstance(given, dict) else {}
    named = settings.get("fields", {}).items()
    return {f: _stored(settings, f, given[p]) for p, f in named if p in given}


def _stored(settings: JsonObject, field: str, value: Json) -> Json:
    if field in settings.get("json", ()):
        try:
            return canonical(json.loads(str(value)))
        except (ValueError, RecursionError):
            raise RefusedError("invalid_json", f"{field} must be valid JSON") from None
    if field in settings.get("sorted", ()) and isinstance(value, list):
        return sorted(value, key=str)
    return value


OPERATIONS: dict[str, Operation] = {
    "get": _get,
    "find": _find,
    "list": _list,
    "set": _set,
    "set_many": _set_many,
    "create": _create,
    "delete": _delete,
    "rekey": _rekey,
}
