"""What a conversation is: several turns, in which a later call needs an earlier call's result."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.generate.features.base import Draft
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer

__all__ = ["Conversation", "called", "nonce", "said", "spelled"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A script with a known right answer in each turn.

    ``ask`` returns the turns; those after the first have no messages of their own, as the results
    of the turn before are what the model goes on from. None where the offer doesn't suit it.
    ``helpers`` are tools that it needs besides; ``prepare`` may change the drawn tool first.
    """

    name: str
    summary: str
    ask: Callable[[Pick, Offer], tuple[Turn, ...] | None]
    helpers: tuple[Tool, ...] = ()
    prepare: Callable[[Draft], None] | None = None


_UNLIKE = 0x9E3779B97F


def nonce(pick: Pick) -> str:
    """Return a text that nobody can guess: whoever says it has read the result it stood in.

    Also the simplest one looks like nothing that stands in a prompt.
    """
    return f"{pick.below(2**40) ^ _UNLIKE:010x}"


def said(text: str) -> tuple[Message, ...]:
    """Return a user's message."""
    return (Message("user", text),)


def called(call: ExpectedCall) -> str:
    """Put a call into words."""
    return f"{spelled(call.tool)} with exactly these arguments: {spelled(call.arguments)}"


def spelled(value: str | JsonObject) -> str:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False)
