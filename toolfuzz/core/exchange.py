"""Who was asked, and the bytes that went over the wire."""

from dataclasses import dataclass, field
from typing import Literal

from toolfuzz.core.case import JsonObject

__all__ = ["Attempt", "Exchange", "StreamMode", "Target", "TargetKind"]

TargetKind = Literal["http", "simulated", "engine"]
StreamMode = Literal["plain", "stream", "both"]


@dataclass(frozen=True, slots=True)
class Target:
    """A model as it is asked: where, in which wire format, in which stream mode(s).

    ``name`` is what the user typed and what reports show. ``params`` are extra body fields.
    """

    name: str
    endpoint: str
    model: str
    format: str
    stream: StreamMode = "plain"
    params: JsonObject = field(default_factory=dict)
    kind: TargetKind = "http"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One HTTP attempt as it happened.

    ``started`` is unix time in seconds; ``chunks`` are (milliseconds since start, bytes as read).
    ``status`` is None when no response line came; then ``error`` says why
    (``"ConnectError: …"``). ``error`` beside a status means that the body broke off.
    Headers are an allow-list; secrets are dropped at capture.
    """

    started: float
    first_byte_ms: float | None
    total_ms: float
    status: int | None
    headers: dict[str, str]
    chunks: tuple[tuple[float, bytes], ...]
    error: str | None = None
    retry_after: float | None = None

    @property
    def body(self) -> bytes:
        """All bytes of the response body."""
        return b"".join(chunk for _, chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question put to one target, with every attempt. ``request`` is the JSON body sent."""

    case_id: str
    turn: int
    target: str
    repeat: int
    stream: bool
    request: JsonObject
    attempts: tuple[Attempt, ...]

    @property
    def last(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]
