"""The lines of a journal. One JSON object a line, told apart by ``event``; names are past tense.

Order in a file: ``run-started``, then per case ``case-drawn`` once and for every question an
``exchange-recorded`` per turn and one ``verdict-reached``, then ``run-finished`` (missing when
the run was cut off). ``target-given-up`` and ``target-seen`` stand where it happened.

``Event`` is one pydantic union; it reads them all. A line is flat: what an event carries (a case,
an exchange, a verdict) stands beside ``event``, not below it.
"""

import json
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Annotated, Any, Literal, Self

from msgspec import Raw
from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticSerializationError

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION, first_error, without_none
from toolfuzz.core.compact import ascii_only, compact
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.verdict import Finding, Verdict

__all__ = [
    "CaseDrawn",
    "CaseSkipped",
    "Event",
    "ExchangeRecorded",
    "RunFinished",
    "RunStarted",
    "TargetGivenUp",
    "TargetSeen",
    "UpstreamAnswered",
    "VerdictReached",
    "event_from_json",
    "event_to_line",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """What was asked for. ``settings`` are the run's options, whole, without secrets."""

    event: Literal["run-started"] = field(default="run-started", kw_only=True)
    format_version: Literal[1] = field(default=FORMAT_VERSION, kw_only=True)
    started: float
    version: str
    targets: tuple[Target, ...]
    settings: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseDrawn:
    """A case, before it is sent anywhere."""

    event: Literal["case-drawn"] = field(default="case-drawn", kw_only=True)
    case: Case

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> JsonObject:
        case = without_none(write(self)["case"], "world")
        return {"event": self.event, "format_version": FORMAT_VERSION, **case}

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, line: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Ids stay as written: other lines refer to them, earlier versions hashed otherwise."""
        if isinstance(line, cls):
            return line
        ids = {name: line[name] for name in ("id", "schema_id") if name in line}
        drawn = read(
            {"event": line["event"], "case": {k: v for k, v in line.items() if k not in ids}}
        )
        for name, value in ids.items():
            object.__setattr__(drawn.case, name, str(value))
        return drawn


@dataclass(frozen=True, slots=True)
class CaseSkipped:
    """Something that could not be asked: which tool, where in its schema, why.

    When one ``target`` alone can't be asked a case, ``tool`` is the case's id. ``source`` is where
    the tool came from, as in a case's ``origin``.
    """

    event: Literal["case-skipped"] = field(default="case-skipped", kw_only=True)
    tool: str
    pointer: str
    reason: str
    target: str = ""
    source: str = ""

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> JsonObject:
        line: JsonObject = write(self)
        return line if self.source else {n: v for n, v in line.items() if n != "source"}


@dataclass(frozen=True, slots=True)
class ExchangeRecorded:
    """The bytes of one question and its answer.

    ``sent`` is the request as JSON, where whoever has just sent it still has it: it needn't be
    written again.
    """

    event: Literal["exchange-recorded"] = field(default="exchange-recorded", kw_only=True)
    exchange: Exchange
    sent: bytes | None = field(default=None, compare=False, repr=False)

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> JsonObject:
        return {"event": self.event, **write(self)["exchange"]}

    @model_validator(mode="before")
    @classmethod
    def _read(cls, line: Any) -> Any:
        return line if isinstance(line, cls) else {"event": line["event"], "exchange": line}


@dataclass(frozen=True, slots=True)
class UpstreamAnswered:
    """The other side of an exchange with a gateway: what it asked its upstream, and the answer.

    ``format`` is that side's wire format, ``exchange`` bears the case and turn of the client's.
    """

    event: Literal["upstream-answered"] = field(default="upstream-answered", kw_only=True)
    format: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """What the judge says of them."""

    event: Literal["verdict-reached"] = field(default="verdict-reached", kw_only=True)
    verdict: Verdict

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> JsonObject:
        verdict = _verdict(write(self)["verdict"])
        for finding in verdict["findings"]:
            if not finding["tool"]:
                del finding["tool"]
        return {"event": self.event, **verdict}

    @model_validator(mode="before")
    @classmethod
    def _read(cls, line: Any) -> Any:
        return line if isinstance(line, cls) else {"event": line["event"], "verdict": line}


@dataclass(frozen=True, slots=True)
class TargetGivenUp:
    """A target that gave no judgeable answer ``after`` so many questions in a row, the last time
    for this ``reason``, or that hung (``hung``) at so many in all. It is asked nothing more in this
    run; a resumed run tries it again."""

    event: Literal["target-given-up"] = field(default="target-given-up", kw_only=True)
    target: str
    reason: str
    after: int
    hung: bool = False


@dataclass(frozen=True, slots=True)
class TargetSeen:
    """A model that others ask through a recorder: which ones is known only as they are asked."""

    event: Literal["target-seen"] = field(default="target-seen", kw_only=True)
    target: Target


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The end. ``reason``: ``done``, ``interrupted``, ``budget``, ``decided`` or ``endpoint``
    (every target was given up)."""

    event: Literal["run-finished"] = field(default="run-finished", kw_only=True)
    finished: float
    reason: str = "done"


Event = Annotated[
    RunStarted
    | CaseDrawn
    | CaseSkipped
    | ExchangeRecorded
    | VerdictReached
    | TargetGivenUp
    | TargetSeen
    | UpstreamAnswered
    | RunFinished,
    Field(discriminator="event"),
]


def event_to_line(event: Event) -> bytes:
    """Return the event as one journal line, ASCII only, without the line break."""
    if (flat := _flat(event)) and (line := compact(flat)):
        return ascii_only(line)
    # By its own class, because the union as a whole takes half as long again to find it.
    kind: Any = type(event)
    writer = _adapter(kind)
    try:
        written: bytes = writer.dump_json(event, ensure_ascii=True)
        return written
    except PydanticSerializationError:
        # A model may send lone surrogates and any depth; only Python's own encoder takes them.
        return json.dumps(writer.dump_python(event)).encode()


def _flat(event: Event) -> JsonObject | None:
    """Return what pydantic would write of the events that make up nearly all of a journal."""
    match event:
        case CaseDrawn(case=case):
            head = {"event": event.event, "format_version": FORMAT_VERSION}
            return {**head, **without_none(_members(case), "world")}
        case ExchangeRecorded(exchange=exchange):
            flat = {"event": event.event, **_members(exchange)}
            if event.sent is not None:
                flat["request"] = Raw(event.sent)
            return {**flat, "attempts": [attempt.flat() for attempt in exchange.attempts]}
        case VerdictReached(verdict=verdict):
            flat = {"event": event.event, **_verdict(_members(verdict))}
            return {**flat, "findings": [_finding(found) for found in verdict.findings]}
    return None


def _verdict(members: JsonObject) -> JsonObject:
    """Few are of a world, or name tools."""
    said = without_none(members, "scenario")
    return said if said["tools"] else {n: v for n, v in said.items() if n != "tools"}


def _finding(found: Finding) -> JsonObject:
    """Few of them tell of one tool among several."""
    members = _members(found)
    return members if found.tool else {n: v for n, v in members.items() if n != "tool"}


def _members(one: Case | Exchange | Verdict | Finding) -> JsonObject:
    kind: Any = type(one)
    return {name: getattr(one, name) for name in _names(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def event_from_json(data: JsonObject) -> Event:
    """Read one journal line's object; raises UsageError for what no version has written."""
    try:
        event: Event = _adapter(Event).validate_python(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        if errors[0]["type"] == "union_tag_invalid":
            raise UsageError(f"unknown journal event {errors[0]['ctx']['tag']!r}") from None
        if any(e["loc"][1:] == ("format_version",) for e in errors):
            raise UsageError(
                "this journal was written by another version of toolfuzz",
                f"expected format_version {FORMAT_VERSION}",
            ) from None
        kind = data.get("event") if isinstance(data, dict) else None
        if kind is None:
            raise UsageError("not an event of a journal") from None
        raise UsageError(f"a broken {kind} line: {first_error(error, below=1)}") from None
    return event


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
