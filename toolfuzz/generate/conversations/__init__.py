"""Conversations of several turns, one file each. A file that defines ``CONVERSATION`` is found."""

import importlib
import pkgutil
from functools import cache

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.conversations.base import Conversation

__all__ = ["all_conversations", "find"]


@cache
def all_conversations() -> dict[str, Conversation]:
    """Return every conversation by name, in the order of their names."""
    found: dict[str, Conversation] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        conversation = getattr(loaded, "CONVERSATION", None)
        if isinstance(conversation, Conversation):
            found[conversation.name] = conversation
    return found


def find(name: str) -> Conversation:
    """Return the conversation of that name; raise UsageError with the nearest names otherwise."""
    known = all_conversations()
    if name not in known:
        near = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise UsageError(f"there is no conversation {name!r}", near)
    return known[name]
