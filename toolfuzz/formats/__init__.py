"""The wire formats. Each folder here is one; its ``format.py`` holds what ``WireFormat`` lists.

A newcomer adds a folder ``my_format``; it is found as ``my-format``. Single modules are shared
parts.
"""

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from toolfuzz.core.case import Case, JsonObject, Message, Tool, Turn
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.reply import Reply

__all__ = ["Asked", "WireFormat", "format", "format_names"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request body asks, read back in the vocabulary of a Turn.

    ``messages`` are the system and user messages; assistant and tool messages are left out.
    """

    tools: tuple[Tool, ...] = ()
    messages: tuple[Message, ...] = ()
    tool_choice: str = "auto"
    parallel: bool | None = None
    max_tokens: int | None = None
    model: str | None = None
    stream: bool = False


class WireFormat(Protocol):
    """One wire format: a question to a request body, the bytes that came back to a Reply."""

    @property
    def name(self) -> str:
        """What it is called: ``openai-chat``."""

    @property
    def path(self) -> str:
        """Where it is served, relative to the base URL: ``/chat/completions``."""

    def headers(self, key: str | None) -> dict[str, str]:
        """Return the request headers that carry the key and the version."""

    def encode(
        self,
        case: Case,
        turn: int,
        target: Target,
        *,
        stream: bool,
        history: Sequence[tuple[Turn, Reply]] = (),
    ) -> JsonObject:
        """Return the request body of the case's turn; ``target.params`` go in last.

        ``history`` are the turns before it with the replies that really came, each with its
        ``calls`` (those of a streamed reply must have been assembled). Turn.results answer the
        calls in order; a call beyond them gets an empty result, so that none stays unanswered.
        """

    def decode(self, attempt: Attempt, *, stream: bool) -> Reply:
        """Say what the bytes say, unrepaired; never raises, whatever they are."""

    def read_request(self, body: JsonObject) -> Asked:
        """Read a recorded request body; the inverse of encode, lenient about what it lacks."""


def wire_format(name: str) -> WireFormat:
    """Return the wire format of that name; raises UsageError with the nearest names."""
    if name not in format_names():
        near = did_you_mean(name, format_names())
        raise UsageError(f"unknown wire format {name!r}", near or f"one of {_listed()}")
    return cast(WireFormat, import_module(f"{__name__}.{name.replace('-', '_')}.format"))


@cache
def format_names() -> tuple[str, ...]:
    """Return the names of all wire formats, sorted."""
    found = (m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if m.ispkg)
    return tuple(sorted(found))


def _listed() -> str:
    return ", ".join(format_names())
