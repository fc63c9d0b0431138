"""What a request says of calls besides its tools: which may or must come, and whether several.

Not every server supports them, so they are rare and their cases carry these labels.
https://platform.openai.com/docs/guides/function-calling#additional-configurations
"""

from dataclasses import replace

from toolfuzz.core.case import Turn
from toolfuzz.generate.features.base import Feature


def _required(turn: Turn) -> Turn:
    return replace(turn, tool_choice="required") if turn.expect.calls else turn


def _named(turn: Turn) -> Turn:
    """Demand the tool by name, where that is "exactly one specific function" and no help.

    Only where one call is right, and where the prompt names its tool as well.
    """
    calls = turn.expect.calls
    if len(calls) != 1 or not _names_all(turn):
        return turn
    return replace(turn, tool_choice=f"tool:{calls[0].tool}")


def _among(turn: Turn) -> Turn:
    """Allow the tools that are right and no others, where the prompt names them as well."""
    if not turn.expect.calls or not _names_all(turn):
        return turn
    return replace(turn, allowed=tuple(dict.fromkeys(call.tool for call in turn.expect.calls)))


def _names_all(turn: Turn) -> bool:
    return all(any(c.tool in m.content for m in turn.messages) for c in turn.expect.calls)


def _one_at_a_time(turn: Turn) -> Turn:
    return replace(turn, parallel=False) if len(turn.expect.calls) == 1 else turn


def _parallel(turn: Turn) -> Turn:
    """Switch it on, but not where the probe itself has switched it off."""
    return replace(turn, parallel=True) if turn.expect.calls and turn.parallel is None else turn


FEATURES = (
    Feature(
        "choice-required",
        "tool_choice demands some call",
        "request",
        ask=_required,
        turn=lambda turn: turn.tool_choice == "required",
        excludes=("choice-named",),
    ),
    Feature(
        "choice-named",
        "tool_choice demands this very tool",
        "request",
        ask=_named,
        turn=lambda turn: turn.tool_choice.startswith("tool:"),
    ),
    Feature(
        "choice-allowed",
        "tool_choice allows some of the tools on offer (allowed_tools)",
        "request",
        ask=_among,
        turn=lambda turn: bool(turn.allowed),
        excludes=("choice-named",),
    ),
    Feature(
        "parallel-off",
        "parallel calls switched off where one call is right",
        "request",
        ask=_one_at_a_time,
        turn=lambda turn: turn.parallel is False,
        excludes=("parallel-on",),
    ),
    Feature(
        "parallel-on",
        "parallel calls switched on by name, not by default",
        "request",
        ask=_parallel,
        turn=lambda turn: turn.parallel is True,
    ),
)
