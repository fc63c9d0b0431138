"""What a conversation says besides its tools and calls, and in which form."""

from dataclasses import replace

from toolfuzz.core.case import Message, Turn
from toolfuzz.generate.features.base import Feature

_SYSTEM = Message(
    "system", "You work with the tools that you are given. Values are copied, never corrected."
)


def _with_system(turn: Turn) -> Turn:
    return replace(turn, messages=(_SYSTEM, *turn.messages))


def _in_parts(turn: Turn) -> Turn:
    return replace(turn, messages=tuple(replace(m, parts=True) for m in turn.messages))


def _results_in_parts(turn: Turn) -> Turn:
    return replace(turn, results_as="parts") if _has_text_results(turn) else turn


def _has_text_results(turn: Turn) -> bool:
    return bool(turn.results) and turn.results_as == "text"


FEATURES = (
    Feature(
        "system-message",
        "a system message before the first one",
        "conversation",
        opening=_with_system,
        turn=lambda turn: any(m.role == "system" for m in turn.messages),
    ),
    Feature(
        "content-parts",
        "messages as lists of text parts",
        "conversation",
        ask=_in_parts,
        turn=lambda turn: any(m.parts for m in turn.messages),
    ),
    Feature(
        "result-parts",
        "results as lists of text parts",
        "conversation",
        ask=_results_in_parts,
        turn=lambda turn: turn.results_as == "parts",
    ),
)
