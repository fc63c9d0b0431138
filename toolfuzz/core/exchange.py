"""Who was asked, and the bytes that went over the wire."""

import base64
import re
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, model_serializer, model_validator

from toolfuzz.core.case import JsonObject

__all__ = ["Attempt", "Exchange", "StreamMode", "Target", "TargetKind", "asked_again"]

TargetKind = Literal["http", "simulated", "engine"]
StreamMode = Literal["plain", "stream", "both"]


@dataclass(frozen=True, slots=True)
class Target:
    """A model as it is asked: where, in which wire format, in which stream mode(s).

    ``name`` is what the user typed and what reports show. ``params`` are extra body fields.
    Journals of before call the format ``dialect``.
    """

    name: str
    endpoint: str
    model: str
    format: Annotated[str, Field(validation_alias=AliasChoices("format", "dialect"))]
    stream: StreamMode = "plain"
    params: JsonObject = field(default_factory=dict)
    kind: TargetKind = "http"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One HTTP attempt as it happened.

    ``started`` is unix time in seconds; ``chunks`` are (milliseconds since start, bytes as read).
    ``status`` is None when no response line came; then ``error`` says why
    (``"ConnectError: …"``). ``error`` beside a status means that the body broke off.
    Headers are an allow-list; secrets are masked before anything is written. ``withheld``: the body
    is masked as a whole, because it spelled a secret in a way that can't be masked by itself.
    """

    started: float
    first_byte_ms: float | None
    total_ms: float
    status: int | None
    headers: dict[str, str]
    chunks: tuple[tuple[float, bytes], ...]
    error: str | None = None
    retry_after: float | None = None
    withheld: bool = False

    @property
    def body(self) -> bytes:
        """All bytes of the response body."""
        return b"".join(chunk for _, chunk in self.chunks)

    @property
    def size(self) -> int:
        """How many bytes the response body has."""
        return sum(len(chunk) for _, chunk in self.chunks)

    @model_serializer
    def _write(self) -> JsonObject:
        return self.flat()

    def flat(self) -> JsonObject:
        """Return it as JSON: the body is text, chunks are [ms, bytes].

        ``body_base64`` when the body is no UTF-8, or so large that JSON's escapes count.
        """
        data: JsonObject = {name: getattr(self, name) for name in _PLAIN}
        body = self.body
        text = None if len(body) > _LARGE and _ESCAPED.search(body) else _text(body)
        if text is None:
            data["body_base64"] = base64.b64encode(body).decode()
        else:
            data["body"] = text
        data["chunks"] = [[round(ms, 3), len(chunk)] for ms, chunk in self.chunks]
        return data

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        """Cut the body into its chunks again."""
        if not isinstance(data, dict) or not data.keys() & {"body", "body_base64"}:
            return data
        text = data.get("body_base64")
        chunks, start = [], 0
        try:
            body = str(data.get("body", "")).encode() if text is None else base64.b64decode(text)
            for ms, size in data.get("chunks", ()):
                chunks.append((ms, body[start : start + size]))
                start += size
        except TypeError:
            raise ValueError("a body is text, chunks are pairs of milliseconds and bytes") from None
        return {**data, "chunks": tuple(chunks)}


_TIMES_AGAIN = 2
_LARGE = 2**20
_ESCAPED = re.compile(rb"[^\t\n\r\x20-\x7e]")
_PLAIN = tuple(f.name for f in fields(Attempt) if f.name != "chunks")


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question put to one target, with every attempt. ``request`` is the JSON body sent.

    A ``repeat`` below 0 is no question of its own and has no verdict: see ``asked_again``.
    """

    case_id: str
    turn: int
    target: str
    repeat: int
    stream: bool
    request: JsonObject
    attempts: Annotated[tuple[Attempt, ...], Field(min_length=1)]

    @property
    def last(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]


def asked_again(repeat: int) -> tuple[int, ...]:
    """Return the repeats under which both modes of a question are asked again.

    That tells a rule from chance where the plain and the streamed reply differ.
    """
    return tuple(-1 - repeat * _TIMES_AGAIN - n for n in range(_TIMES_AGAIN))
