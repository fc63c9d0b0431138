"""What must hold before a tool does its work. Each guard raises RefusedError when it doesn't.

Faults are guards, too. Their settings are data: ``code`` and ``told`` (beside the code) say what
the caller is told; a guard with ``is`` concerns only calls whose argument ``by`` has that value.
"""

from collections.abc import Callable

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["GUARDS", "HoldsBefore", "check", "concerns"]

HoldsBefore = Callable[[State, JsonObject, JsonObject], None]


def concerns(settings: JsonObject, arguments: JsonObject) -> bool:
    """Return whether a guard has anything to do with a call of its tool."""
    return "is" not in settings or arguments.get(settings["by"]) == settings["is"]


def _after(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """Another tool must have been called before."""
    if not state.calls[settings["tool"]]:
        raise RefusedError("too_early", f"call {settings['tool']} first")


def _fails(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """The first ``times`` calls fail; without ``times`` all of them do.

    ``silent``: the caller is told nothing of it.
    """
    times = settings.get("times")
    if times is None or _count(state, settings) < times:
        raise _refusal(settings)


def _paced(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """After so many ``calls`` none is taken for so many ``seconds``; ``until`` is remembered."""
    key = _key(state, settings)
    if key not in state.memory and state.calls[state.tool] > settings["calls"]:
        state.memory[key] = state.memory["until"] = state.clock + settings["seconds"]
    left = int(state.memory.get(key) or 0) - state.clock
    if left > 0:
        raise _refusal(settings, retry_after=left)


def _overtaken(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """Refuses nothing: somebody else gives a ``field`` its next value just before the call."""
    record = state.records.get(settings["kind"], {}).get(settings["is"])
    n = _count(state, settings)
    if record is not None and n < len(settings["values"]):
        record[settings["field"]] = settings["values"][n]


def _current(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """The argument of a field's name must be what the record's ``field`` holds now."""
    record = _record(state, settings, arguments)
    field = settings["field"]
    if record is not None and arguments.get(field) != record[field]:
        raise _refusal(settings, current=record[field])


def _demands(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """The argument at a ``path`` must be ``value``."""
    given: Json = arguments
    for key in settings["path"]:
        given = given.get(key) if isinstance(given, dict) else None
    if canonical(given) != canonical(settings["value"]):
        raise _refusal(settings)


def _holds(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """A ``field`` of the record of a ``kind`` must be ``value``."""
    record = _record(state, settings, arguments)
    if record is not None and canonical(record[settings["field"]]) != canonical(settings["value"]):
        raise _refusal(settings)


def _record(state: State, settings: JsonObject, arguments: JsonObject) -> JsonObject | None:
    id = arguments.get(settings["by"])
    return state.records.get(settings["kind"], {}).get(id) if isinstance(id, str) else None


def _key(state: State, settings: JsonObject) -> str:
    return f"{state.tool} {settings}"


def _count(state: State, settings: JsonObject) -> int:
    """Return how often this was asked before."""
    key = _key(state, settings)
    n = int(state.memory.get(key) or 0)
    state.memory[key] = n + 1
    return n


def _refusal(settings: JsonObject, **known: Json) -> RefusedError:
    """Return the refusal; what is known now goes where ``told`` has a member of that name."""
    told: JsonObject = settings["told"]
    told = {**told, **{name: value for name, value in known.items() if name in told}}
    silent = settings.get("silent", False)
    return RefusedError(
        settings["code"], told if silent else {"code": settings["code"], **told}, silent=silent
    )


GUARDS: dict[str, HoldsBefore] = {
    "after": _after,
    "fails": _fails,
    "paced": _paced,
    "overtaken": _overtaken,
    "current": _current,
    "demands": _demands,
    "holds": _holds,
}


def check(kind: str, state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """Raise RefusedError when a guard concerns a call and doesn't hold."""
    if concerns(settings, arguments):
        GUARDS[kind](state, settings, arguments)
