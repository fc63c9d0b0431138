"""The lines of a journal. One JSON object a line, told apart by ``event``; names are past tense.

Order in a file: ``run-started``, then per case ``case-drawn`` once and for every question an
``exchange-recorded`` per turn and one ``verdict-reached``, then ``run-finished`` (missing when
the run was cut off).
"""

from dataclasses import dataclass, field
from typing import Any

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import (
    FORMAT_VERSION,
    case_from_json,
    case_to_json,
    exchange_from_json,
    exchange_to_json,
    verdict_from_json,
    verdict_to_json,
)
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.verdict import Verdict

__all__ = [
    "CaseDrawn",
    "CaseSkipped",
    "Event",
    "ExchangeRecorded",
    "RunFinished",
    "RunStarted",
    "VerdictReached",
    "event_from_json",
    "event_to_json",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """What was asked for. ``settings`` are the run's options as a person would give them."""

    started: float
    version: str
    targets: tuple[Target, ...]
    settings: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseDrawn:
    """A case, before it is sent anywhere."""

    case: Case


@dataclass(frozen=True, slots=True)
class CaseSkipped:
    """Something that could not be asked: which tool, where in its schema, why.

    When one ``target`` alone can't be asked a case, ``tool`` is the case's id.
    """

    tool: str
    pointer: str
    reason: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeRecorded:
    """The bytes of one question and its answer."""

    exchange: Exchange


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """What the judge says of them."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The end. ``reason``: ``done``, ``interrupted``, ``budget`` or ``endpoint``."""

    finished: float
    reason: str = "done"


Event = RunStarted | CaseDrawn | CaseSkipped | ExchangeRecorded | VerdictReached | RunFinished


def event_to_json(event: Event) -> JsonObject:
    """Return the event as one journal line's object."""
    match event:
        case RunStarted():
            return {
                "event": "run-started",
                "format_version": FORMAT_VERSION,
                "started": event.started,
                "version": event.version,
                "targets": [_fields(t) for t in event.targets],
                "settings": event.settings,
            }
        case CaseDrawn():
            return {"event": "case-drawn", **case_to_json(event.case)}
        case CaseSkipped():
            return {"event": "case-skipped", **_fields(event)}
        case ExchangeRecorded():
            return {"event": "exchange-recorded", **exchange_to_json(event.exchange)}
        case VerdictReached():
            return {"event": "verdict-reached", **verdict_to_json(event.verdict)}
        case RunFinished():
            return {"event": "run-finished", **_fields(event)}


def event_from_json(data: JsonObject) -> Event:
    """Read one journal line's object; raises UsageError for what no version has written."""
    rest = {k: v for k, v in data.items() if k != "event"}
    try:
        match data.get("event"):
            case "run-started":
                if rest.pop("format_version", None) != FORMAT_VERSION:
                    raise UsageError(
                        "this journal was written by another version of toolfuzz",
                        f"expected format_version {FORMAT_VERSION}",
                    )
                targets = tuple(_target(t) for t in rest.pop("targets"))
                return RunStarted(targets=targets, **rest)
            case "case-drawn":
                return CaseDrawn(case_from_json(rest, keep_ids=True))
            case "case-skipped":
                return CaseSkipped(**rest)
            case "exchange-recorded":
                return ExchangeRecorded(exchange_from_json(rest))
            case "verdict-reached":
                return VerdictReached(verdict_from_json(rest))
            case "run-finished":
                return RunFinished(**rest)
            case other:
                raise UsageError(f"unknown journal event {other!r}")
    except (TypeError, KeyError) as error:
        raise UsageError(f"a broken {data.get('event')} line: {error}") from None


def _fields(noun: Any) -> JsonObject:
    return {name: getattr(noun, name) for name in noun.__dataclass_fields__}


def _target(data: JsonObject) -> Target:
    """Read a target; journals of before called its wire format ``dialect``."""
    return Target(
        **{"format" if name == "dialect" else name: value for name, value in data.items()}
    )
