"""The reply as it passes through the stages: first what a perfect model means, then bytes."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.ask import Ask

__all__ = ["ABSENT", "Call", "Piece", "RawJson", "Refusal", "Reply", "Wire", "present"]


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
    """An HTTP error instead of a reply."""

    status: int
    message: str
    code: str = "invalid_request_error"
    extra: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class Reply:
    """The state that the stages work on. ``finish`` is a word of the chat vocabulary or None."""

    ask: Ask
    id: str
    text: str = ""
    reasoning: str = ""
    calls: list[Call] = field(default_factory=list)
    finish: str | None = "stop"
    output_tokens: int = 0
    refusal: Refusal | None = None
    piece_size: int = 24

    @property
    def input_tokens(self) -> int:
        """About one token for four bytes."""
        return max(1, self.ask.size // 4)


@dataclass(slots=True, eq=False)
class Piece:
    """One step of a stream, before it gets the clothes of a wire format.

    ``slot`` is the index that the wire will show (counted among the calls). ``call`` is the
    position in ``Reply.calls``. ``text`` is text, an argument fragment, or, for ``close``, the
    whole argument string (which only Responses repeats).
    """

    kind: Literal["text", "reasoning", "open", "args", "close"]
    text: Any = ""
    call: int = 0
    slot: Any = 0
    id: Any = ABSENT
    name: Any = ABSENT


@dataclass(slots=True)
class Wire:
    """The encoded reply: ``body`` when plain, ``events`` (SSE name or None, data) in a stream.

    Data that is a string is sent as it stands (``[DONE]``).
    """

    body: JsonObject = field(default_factory=dict)
    events: list[tuple[str | None, Any]] = field(default_factory=list)


def present(data: JsonObject) -> JsonObject:
    """Drop the keys whose value is ABSENT."""
    return {key: value for key, value in data.items() if value is not ABSENT}
