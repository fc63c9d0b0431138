"""What is said of a judged exchange: all that is printed of it, as data."""

from dataclasses import dataclass

from toolfuzz.core.case import JsonObject
from toolfuzz.runs.offline import Judged

__all__ = ["Said", "say"]


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as JSON, and what is counted beside it.

    ``number``, ``note`` and ``rebuilt_from`` are as in ``Recorded``; ``undeclared`` is how many
    calls were of tools whose schema isn't known.
    """

    number: int
    verdict: JsonObject
    note: str
    rebuilt_from: str
    undeclared: int


def say(item: Judged) -> Said:
    """Return what is said of an exchange."""
    recorded = item.recorded
    undeclared = {tool.name for tool in recorded.case.tools if not tool.declared}
    return Said(
        recorded.number,
        _verdict(item),
        recorded.note,
        recorded.rebuilt_from,
        sum(call.name in undeclared for call in item.judgement.reply.calls),
    )


def _verdict(item: Judged) -> JsonObject:
    recorded, judgement = item.recorded, item.judgement
    verdict: JsonObject = {"id": recorded.id}
    if recorded.source:
        verdict["target"] = recorded.source
        verdict["stream"] = judgement.reply.stream
    verdict["status"] = judgement.status
    if judgement.reason:
        verdict["reason"] = item.redaction.text(judgement.reason)
    if recorded.note:
        verdict["note"] = recorded.note
    if recorded.rebuilt_from:
        verdict["rebuilt_from"] = recorded.rebuilt_from
    verdict["findings"] = [
        {
            "slug": f.slug,
            "severity": f.severity,
            "call": f.call,
            "pointer": f.pointer,
            "message": f.message,
            "expected": f.expected,
            "actual": f.actual,
        }
        for f in item.findings
    ]
    return verdict
