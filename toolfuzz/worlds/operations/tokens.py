"""Tools that make tokens out of tokens, and hand one over."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.spec import nonce
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["OPERATIONS"]


def _make(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Make a token of things that were made before: ``needs`` is parameter → what it must be.

    A parameter in ``lists`` takes all of its kind. ``count`` makes a list of so many.
    """
    made = settings["makes"]
    used: list[Json] = []
    for parameter, thing in settings.get("needs", {}).items():
        given = arguments.get(parameter)
        tokens = given if isinstance(given, list) else [given]
        for token in tokens:
            record = state.records.get("token", {}).get(token) if isinstance(token, str) else None
            if record is None or record["is"] != thing:
                raise RefusedError("unknown_token", f"{parameter}: {token!r} is no {thing} token")
        whole = settings.get("lists", {}).get(parameter)
        if whole is not None and len(set(map(str, tokens))) != whole:
            told = f"{parameter}: {len(tokens)} tokens are given, not all that there are"
            raise RefusedError("incomplete", told)
        used.append([parameter, tokens])
    count = settings.get("count")
    new = [nonce(state.seed, made, used, n) for n in range(count or 1)]
    for token in new:
        state.add("token", token, {"is": made})
    return {"tokens": new} if count else {"token": new[0]}


def _deliver(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Set a field of one fixed record to an argument, when that is a token of the right kind."""
    token = arguments.get(settings["parameter"])
    record = state.records.get("token", {}).get(token) if isinstance(token, str) else None
    if record is None or record["is"] != settings["is"]:
        raise RefusedError("unknown_token", f"{token!r} is no {settings['is']} token")
    state.set(settings["kind"], settings["id"], settings["field"], token)
    return {"status": "accepted"}


OPERATIONS: dict[str, Operation] = {"make": _make, "deliver": _deliver}
