"""Tools that make tokens out of tokens, and hand one over.

A tool's ``needs`` are parameter → the thing that its token must be; a parameter inside an object
is spelled ``object/parameter``.
"""

from collections.abc import Sequence

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.spec import nonce
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["OPERATIONS", "tokens_at"]

_NOISE = ("batch_id", "station", "trace_id", "grade", "checked_by")
_CODES = ("batch_id", "trace_id")


def tokens_at(arguments: JsonObject, parameter: str) -> list[Json]:
    """Return what stands at a parameter: the members of a list, or what is there itself."""
    given: Json = arguments
    for name in parameter.split("/"):
        given = given.get(name) if isinstance(given, dict) else None
    return given if isinstance(given, list) else [given]


def _make(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Make the token of what the arguments hold; the same again makes the same.

    ``count``: so many at once, in pages of ``page`` where that is given, each of which is an item
    of the list. A parameter of ``whole`` takes tokens of all items; with fewer a token is made, but
    of less. ``given`` are the other arguments that are right. What was left out of a token, and
    whether it was made as asked, is kept in the record ``of``; ``noise`` are so many members of the
    result that mean nothing.
    """
    used = {p: _tokens(state, thing, arguments, p) for p, thing in settings["needs"].items()}
    inputs = [state.records["token"][token] for tokens in used.values() for token in tokens]
    given = {name: arguments.get(name) for name in settings["given"]}
    left_out = max((_left_out(state, used[p]) for p in settings.get("whole", ())), default=0)
    as_asked = canonical(given) == canonical(settings["given"])
    _spoil(state, settings, left_out, as_asked)
    key = (state.seed, settings["makes"], sorted(used.items()), canonical(given))
    record: JsonObject = {
        "is": settings["makes"],
        "left_out": max([left_out, *(one["left_out"] for one in inputs)]),
        "as_asked": as_asked and all(one["as_asked"] for one in inputs),
    }
    noise = {
        name: nonce(key, name) if name in _CODES else int(nonce(key, name), 16) % 90 + 10
        for name in _NOISE[: settings["noise"]]
    }
    if "count" in settings:
        return {**noise, **_several(state, settings, arguments, key, record)}
    items = [one["item"] for one in inputs if "item" in one]
    if items and not settings.get("whole"):
        record["item"] = items[0]
    token = nonce(key)
    state.add("token", token, record)
    return {**noise, "token": token}


def _spoil(state: State, settings: JsonObject, left_out: int, as_asked: bool) -> None:
    """Note in the record ``of`` what went wrong with a token, until one is handed over."""
    kind, id = settings["of"]
    order = state.record(kind, id)
    if order["delivered"] is None:
        state.set(kind, id, "left_out", max(order["left_out"], left_out))
        state.set(kind, id, "settings_as_asked", order["settings_as_asked"] and as_asked)


def _several(
    state: State, settings: JsonObject, arguments: JsonObject, key: object, record: JsonObject
) -> JsonObject:
    """Make tokens that are the items of a list, and tell those of one page."""
    count = int(settings["count"])
    page = int(settings.get("page", count))
    starts = {nonce(key, "cursor", start): start for start in range(page, count, page)}
    cursor = arguments.get("cursor")
    start = starts.get(cursor) if isinstance(cursor, str) else None
    if cursor and start is None:
        raise RefusedError("unknown_cursor", f"cursor: there is no page {cursor!r}")
    start = start or 0
    tokens = [nonce(key, n) for n in range(start, min(start + page, count))]
    for n, token in enumerate(tokens, start):
        state.add("token", token, {**record, "item": [n, count]})
    following = next((c for c, at in starts.items() if at == start + page), None)
    return {"tokens": tokens, **({"next_cursor": following} if "page" in settings else {})}


def _tokens(state: State, thing: str, arguments: JsonObject, parameter: str) -> list[str]:
    """Return the tokens at a parameter, each once; RefusedError when one isn't of that thing."""
    found = tokens_at(arguments, parameter)
    for token in found:
        record = state.records.get("token", {}).get(token) if isinstance(token, str) else None
        if record is None or record["is"] != thing:
            raise RefusedError("unknown_token", f"{parameter}: {token!r} is no {thing} token")
    if not found:
        raise RefusedError("unknown_token", f"{parameter}: there is no {thing} token in the list")
    return sorted(set(found))


def _left_out(state: State, tokens: Sequence[str]) -> int:
    """Return how many items of the list there are no tokens of."""
    items = [state.records["token"][token]["item"] for token in tokens]
    return int(items[0][1]) - len({item for item, _ in items})


def _deliver(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Hand a token over: the record ``of`` keeps what it is, and how it was made.

    What was handed over can't be taken back: of several the worst counts.
    """
    ((parameter, thing),) = settings["needs"].items()
    (token,) = _tokens(state, thing, arguments, parameter)
    made = state.records["token"][token]
    kind, id = settings["of"]
    order = state.record(kind, id)
    left_out, as_asked = made["left_out"], made["as_asked"]
    if order["delivered"] is not None:
        left_out = max(left_out, order["left_out"])
        as_asked = as_asked and order["settings_as_asked"]
    fields = {"delivered": thing, "left_out": left_out, "settings_as_asked": as_asked}
    for field, value in fields.items():
        state.set(kind, id, field, value)
    return {"status": "delivered"}


def _submit(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Take a plan: the names of tools, all of which there must be."""
    steps = arguments.get(settings["parameter"])
    steps = steps if isinstance(steps, list) else []
    for step in steps:
        if step not in settings["tools"]:
            raise RefusedError("unknown_tool", f"there is no tool {step!r}")
    if not steps:
        raise RefusedError("empty_plan", "the plan has no steps")
    return {"status": "accepted", "steps": len(steps)}


OPERATIONS: dict[str, Operation] = {"make": _make, "deliver": _deliver, "submit": _submit}
