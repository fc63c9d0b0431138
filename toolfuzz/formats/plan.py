"""A reply that is to be served: what is meant, the steps of its stream, and how it is encoded."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject

__all__ = [
    "ABSENT",
    "Call",
    "Piece",
    "RawJson",
    "Refusal",
    "ReplyPlan",
    "Wire",
    "WireEvent",
    "present",
]

WireEvent = tuple[str | None, Any]
"""The name of a stream's event (None without one) and its data; a string is sent as it stands."""


@dataclass(frozen=True, slots=True)
class RawJson:
    """JSON text that goes into a body as it is spelled."""

    text: str


class Absent:
    """Stands for a key that is left out of the JSON."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(slots=True, eq=False)
class Call:
    """One call. ``arguments`` is what the model means, ``raw`` the argument string on the wire.

    Faults may put anything into ``id``, ``name`` and ``raw``; ABSENT leaves the key out.
    """

    name: Any
    arguments: JsonObject
    id: Any = ""
    raw: Any = None


@dataclass(slots=True)
class Refusal:
    """An HTTP error instead of a reply. ``headers`` come beside those of its format."""

    status: int
    message: str
    code: str = "invalid_request_error"
    extra: JsonObject = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReplyPlan:
    """A reply to ``ask`` before it is encoded; a simulator's stages work on it.

    ``request`` is the body that asked. ``finish`` is a word of the chat vocabulary (``stop``,
    ``tool_calls``, ``length``) or None. ``inline``: a stream opens a call with all its arguments.
    ``piece_size`` is the length of a stream's pieces in characters.
    """

    ask: Ask
    id: str
    request: JsonObject = field(default_factory=dict)
    text: str = ""
    reasoning: str = ""
    calls: list[Call] = field(default_factory=list)
    finish: str | None = "stop"
    input_tokens: int = 1
    output_tokens: int = 0
    refusal: Refusal | None = None
    inline: bool = False
    piece_size: int = 24


@dataclass(slots=True, eq=False)
class Piece:
    """One step of a stream, in the vocabulary of no format.

    ``slot`` is the index that the wire will show (counted among the calls). ``call`` is the
    position in ``ReplyPlan.calls``. ``text`` is text, a piece of the argument text (RawJson in an
    ``open``: all the arguments at once), or, for ``close``, the whole argument text, which some
    formats send again.
    """

    kind: Literal["text", "reasoning", "open", "args", "close"]
    text: Any = ""
    call: int = 0
    slot: Any = 0
    id: Any = ABSENT
    name: Any = ABSENT


@dataclass(slots=True)
class Wire:
    """The encoded reply: ``body`` when plain, ``events`` in a stream."""

    body: JsonObject = field(default_factory=dict)
    events: list[WireEvent] = field(default_factory=list)


def present(data: JsonObject) -> JsonObject:
    """Drop the keys whose value is ABSENT."""
    return {key: value for key, value in data.items() if value is not ABSENT}
