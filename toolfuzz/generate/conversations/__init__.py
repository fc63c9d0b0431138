"""Conversations of several turns, one file each. A file that defines ``PROBE`` is found."""

from collections.abc import Sequence

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import ExpectedCall
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.probes import probes_in
from toolfuzz.generate.probes.base import Probe

__all__ = ["all_conversations", "find", "read"]


def all_conversations() -> dict[str, Probe]:
    """Return every probe of several turns by name."""
    return probes_in(__name__)


def find(name: str) -> Probe:
    """Return the conversation of that name; raise UsageError with the nearest names otherwise."""
    known = all_conversations()
    if name not in known:
        near = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise UsageError(f"there is no conversation {name!r}", near)
    return known[name]


def read(ask: Ask) -> Sequence[ExpectedCall] | None:
    """Return the calls that are right now; None when what was said is no conversation of ours.

    It knows the request alone: the last user message says what to do, the results what with. Never
    raises, whatever stands in them.
    """
    for conversation in all_conversations().values():
        if conversation.read is None:
            continue
        try:
            calls = conversation.read(ask)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            continue
        if calls is not None:
            return calls
    return None
