"""Lines of a journal as far as statistics need them, read many times faster than the events.

What is asked and what was answered makes up nearly all of a journal, and figures need none of it:
schemas, arguments, requests and bodies are skipped. All else is held to what the events hold it to.
"""

import json
from typing import Annotated, Any, Literal

from msgspec import Meta, MsgspecError, Raw, Struct
from msgspec.json import Decoder

from toolfuzz.core.case import Case, ResultKind, cluster_of, of_own_tools
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    UpstreamAnswered,
    VerdictReached,
)
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.verdict import Finding, Layer, Metrics, Scenario, Severity, Status, Verdict

__all__ = [
    "CaseGlance",
    "ExchangeGlance",
    "Glance",
    "UpstreamGlance",
    "VerdictGlance",
    "glance_at",
    "known",
]


class _Tool(Struct, gc=False):
    name: str
    description: str | None
    parameters: Raw
    strict: bool = False
    declared: bool = True


class _Message(Struct, gc=False):
    role: Literal["system", "user"]
    content: str
    parts: bool = False


class _Call(Struct, gc=False):
    tool: str
    arguments: Raw


class _Expectation(Struct, gc=False):
    kind: Literal["calls", "no_call", "unknown"]
    calls: list[_Call] = []
    order: Literal["any", "given"] = "any"
    compare: Literal["exact", "schema"] = "exact"


class _Turn(Struct, gc=False):
    messages: list[_Message]
    expect: _Expectation
    tool_choice: str = "auto"
    parallel: bool | None = None
    results: list[str] = []
    tools: list[_Tool] | None = None
    results_as: ResultKind = "text"
    order: list[int] = []
    continues: bool = False
    allowed: list[str] = []
    answer: str = ""


class _DrawnLine(Struct, gc=False, tag_field="event", tag="case-drawn"):
    id: str
    schema_id: str
    origin: str
    probe: str
    features: tuple[str, ...]
    tools: list[_Tool]
    turns: list[_Turn]
    world: dict[str, Any] | None = None


class _Attempt(Struct, gc=False):
    started: float
    first_byte_ms: float | None
    total_ms: float
    status: int | None
    headers: dict[str, str]
    error: str | None = None
    retry_after: float | None = None
    withheld: bool = False
    body_base64: str | None = None
    chunks: list[tuple[float, int]] = []


class _Exchange(Struct, gc=False):
    case_id: str
    turn: int
    target: str
    repeat: int
    stream: bool
    request: Raw
    attempts: Annotated[list[_Attempt], Meta(min_length=1)]


class _RecordedLine(_Exchange, gc=False, tag_field="event", tag="exchange-recorded"):
    pass


class _UpstreamLine(Struct, gc=False, tag_field="event", tag="upstream-answered"):
    format: str
    exchange: _Exchange


class _Finding(Struct, gc=False):
    slug: str
    severity: Severity
    layer: Layer
    message: str
    call: int | None = None
    pointer: str = ""
    schema_pointer: str = ""
    shape: str = ""
    turn: int = 0
    tool: str = ""


class _ReachedLine(Struct, gc=False, tag_field="event", tag="verdict-reached"):
    case_id: str
    target: str
    repeat: int
    stream: bool
    status: Status
    findings: list[_Finding] = []
    reason: str | None = None
    cluster: str = ""
    metrics: Metrics = Metrics()
    scenario: Scenario | None = None
    tools: tuple[str, ...] = ()


_Line = _DrawnLine | _RecordedLine | _UpstreamLine | _ReachedLine
_decode = Decoder(_Line).decode
_OBJECT = ord("{")
"""By its first byte."""


class CaseGlance(Struct, gc=False, tag=True):
    """A case without what is asked.

    ``called`` are the tools that it asks for, where they are the user's own. ``size`` is how many
    characters its schemas and its right arguments have as JSON, ``turns`` and
    ``tools`` are how many it has, ``patience`` how often the user of its world corrects at most.
    """

    id: str
    schema_id: str
    origin: str
    probe: str
    features: tuple[str, ...]
    size: int
    turns: int
    tools: int
    cluster: str
    patience: int
    called: tuple[str, ...] = ()


class ExchangeGlance(Struct, gc=False, tag=True):
    """An exchange without its bytes: how many attempts it took, and the last one's headers."""

    case_id: str
    target: str
    repeat: int
    stream: bool
    attempts: int
    headers: dict[str, str]


class UpstreamGlance(Struct, gc=False, tag=True):
    """That a gateway asked the upstream of a target, and in which wire format."""

    format: str
    target: str


class VerdictGlance(Struct, gc=False, tag=True):
    """A verdict whose findings lack messages, places and values."""

    case_id: str
    target: str
    repeat: int
    stream: bool
    status: Status
    findings: tuple[Finding, ...]
    reason: str | None
    cluster: str
    metrics: Metrics
    scenario: Scenario | None
    tools: tuple[str, ...] = ()


Glance = CaseGlance | ExchangeGlance | UpstreamGlance | VerdictGlance


def glance_at(line: bytes) -> Glance | None:
    """Read one line; None where the event must be read to say what it is, or what is wrong."""
    try:
        found = _decode(line)
        # Skipped text isn't decoded. We write ASCII only.
        if not line.isascii():
            line.decode()
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(found, _DrawnLine):
        offered = [tool.parameters for tool in found.tools]
        asked = [call.arguments for turn in found.turns for call in turn.expect.calls]
        later = [tool.parameters for turn in found.turns for tool in turn.tools or ()]
        for part in (*offered, *asked, *later):
            if memoryview(part)[0] != _OBJECT:
                return None
        return _case(found, sum(map(len, offered)) + sum(map(len, asked)))
    if isinstance(found, _RecordedLine):
        # Whether that is base64 only shows where it is decoded.
        coded = any(attempt.body_base64 is not None for attempt in found.attempts)
        return None if coded or memoryview(found.request)[0] != _OBJECT else _exchange(found)
    if isinstance(found, _UpstreamLine):
        return UpstreamGlance(found.format, found.exchange.target)
    return _verdict(found)


def known(event: Event) -> Glance | Event:
    """Return what statistics need of an event: of the small ones all."""
    match event:
        case CaseDrawn(case):
            parts = [t.parameters for t in case.tools] + [c.arguments for c in case.calls]
            size = sum(len(json.dumps(part, separators=(",", ":"))) for part in parts)
            return _case(case, size)
        case ExchangeRecorded(exchange):
            return _exchange(exchange)
        case UpstreamAnswered(format, exchange):
            return UpstreamGlance(format, exchange.target)
        case VerdictReached(verdict):
            return _verdict(verdict)
        case _:
            return event


def _case(of: Case | _DrawnLine, size: int) -> CaseGlance:
    user = (of.world or {}).get("user")
    patience = user.get("patience") if isinstance(user, dict) else None
    own = of_own_tools(of.origin)
    return CaseGlance(
        of.id,
        of.schema_id,
        of.origin,
        of.probe,
        of.features,
        size,
        len(of.turns),
        len(of.tools),
        cluster_of(of),
        patience if isinstance(patience, int) else 0,
        tuple(dict.fromkeys(c.tool for t in of.turns for c in t.expect.calls)) if own else (),
    )


def _exchange(of: Exchange | _RecordedLine) -> ExchangeGlance:
    attempts = len(of.attempts)
    return ExchangeGlance(
        of.case_id, of.target, of.repeat, of.stream, attempts, of.attempts[-1].headers
    )


def _verdict(of: Verdict | _ReachedLine) -> VerdictGlance:
    return VerdictGlance(
        of.case_id,
        of.target,
        of.repeat,
        of.stream,
        of.status,
        tuple(map(_light, of.findings)) if of.findings else (),
        of.reason,
        of.cluster,
        of.metrics,
        of.scenario,
        of.tools,
    )


def _light(found: Finding | _Finding) -> Finding:
    """Leave out what differs from one reply to the next."""
    return Finding(
        found.slug,
        found.severity,
        found.layer,
        "",
        shape=found.shape,
        turn=found.turn,
        tool=found.tool,
    )
