"""What must hold before a tool does its work. Each guard raises RefusedError when it doesn't."""

from collections.abc import Callable

from toolfuzz.core.case import JsonObject
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["GUARDS", "HoldsBefore"]

HoldsBefore = Callable[[State, JsonObject, JsonObject], None]


def _after(state: State, settings: JsonObject, arguments: JsonObject) -> None:
    """Another tool must have been called before."""
    if not state.calls[settings["tool"]]:
        raise RefusedError("too_early", f"call {settings['tool']} first")


GUARDS: dict[str, HoldsBefore] = {"after": _after}
