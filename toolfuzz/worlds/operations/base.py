"""What an operation is."""

from collections.abc import Callable

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.state import State

__all__ = ["Operation"]

Operation = Callable[[State, JsonObject, JsonObject], Json]
"""Takes the state, its settings and the call's arguments, and returns the result.

It raises RefusedError before it has changed anything.
"""
