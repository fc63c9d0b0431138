"""One agent that remembers, and one that doesn't."""

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.generate.dimensions.retention.timeline import in_force
from toolfuzz.generate.dimensions.retention.world import calls_for, desk_of
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.view import View

__all__ = ["ignore", "solve"]

_REMEMBERED = 2
"""Messages of the user's that the agent without a memory still knows."""
_NO_CODE = "0" * 16


def solve(view: View, task: JsonObject) -> Move:
    """Do what the user asks last, by all that was said."""
    return _answer(view, task["turns"])


def ignore(view: View, task: JsonObject) -> Move:
    """Do what the user asks last, by the last two messages alone."""
    first, turns = task["turns"][0], task["turns"][-_REMEMBERED:]
    if len(task["turns"]) <= _REMEMBERED:
        return _answer(view, task["turns"])
    return _answer(view, [{**first, "notes": [], "standard": _NO_CODE}, *turns])


def _answer(view: View, turns: list[JsonObject]) -> Move:
    desk, asks, since = desk_of(view.tools), turns[-1]["asks"], view.since
    if asks["asks"] != "ship":
        return () if since else calls_for(desk, asks)
    look = ExpectedCall(desk["look"], {desk["order"]: asks["order"]})
    read = [step for step in since if (step.tool, step.arguments) == (look.tool, look.arguments)]
    if not read:
        return (look,)
    if any(step.tool == desk["ship"] for step in since):
        return ()
    code = in_force(turns, read[0].result["depot"])
    return calls_for(desk, {**asks, "asks": "once", "code": code})
