"""The interpreter: executes calls on a world's records. Nothing here knows a dimension."""

import json
from copy import deepcopy
from dataclasses import dataclass, field

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.guards import check
from toolfuzz.worlds.operations import OPERATIONS
from toolfuzz.worlds.spec import Records, World
from toolfuzz.worlds.state import RefusedError, State, Write

__all__ = ["Event", "Machine"]

_DEEPEST = 64
"""Levels of arguments: what is nested more deeply means nothing, and Python can't compare it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One executed call. ``round`` counts replies from 0, ``place`` is the call's in its reply.

    ``error`` is the code of a refusal; ``told`` what the caller was told, as JSON text; ``clock``
    the world's time when it was called.
    """

    round: int
    place: int
    tool: str
    arguments: JsonObject
    told: str
    error: str = ""
    writes: tuple[Write, ...] = ()
    clock: int = 0

    @property
    def result(self) -> Json:
        """What the caller was told, as JSON."""
        return json.loads(self.told)


@dataclass(slots=True)
class Machine:
    """A world under way: its records as they are now and all that was done."""

    world: World
    state: State = field(init=False)
    trace: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State(deepcopy(self.world.records), self.world.seed)

    @property
    def records(self) -> Records:
        """The records as they are now."""
        return self.state.records

    def call(self, tool: str, arguments: JsonObject, *, round: int = 0, place: int = 0) -> Event:
        """Execute a call and return what came of it; the caller's mistakes are results, too."""
        state, deed = self.state, self.world.deeds.get(tool)
        clock, error, too_deep = state.clock, "", _deeper_than(_DEEPEST, arguments)
        arguments = {} if too_deep else arguments
        state.begin(tool, arguments)
        try:
            if too_deep:
                raise RefusedError("too_deep", "the arguments are nested too deeply")
            if deed is None:
                raise RefusedError("unknown_tool", f"there is no tool {tool!r}")
            for guard in deed.guards:
                check(guard.kind, state, guard.settings, arguments)
            result = OPERATIONS[deed.operation](state, deed.settings, arguments)
        except RefusedError as refused:
            error, result = refused.code, refused.told
        told = json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
        event = Event(round, place, tool, arguments, told, error, state.written, clock)
        self.trace.append(event)
        return event


def _deeper_than(most: int, value: Json) -> bool:
    """Whether a value is nested more deeply than that; doesn't recurse."""
    layer = [value]
    for _ in range(most):
        layer = [
            item
            for one in layer
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, dict | list) for one in layer)
