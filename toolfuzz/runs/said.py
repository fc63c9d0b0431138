"""What is said of a judged exchange: all that is printed of it, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolfuzz.analyze.tools import told_of
from toolfuzz.core.case import JsonObject, of_own_tools
from toolfuzz.core.verdict import gravest
from toolfuzz.judge.whose import tools_of
from toolfuzz.runs.offline import Judged

__all__ = ["Said", "say"]


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as JSON, and what is counted beside it.

    ``number``, ``note`` and ``rebuilt_from`` are as in ``Recorded``; ``undeclared`` is how many
    calls were of tools whose schema isn't known. ``tools`` are those of the user's that it tells
    of, each with the defects that failed its calls.
    """

    number: int
    verdict: JsonObject
    note: str
    rebuilt_from: str
    undeclared: int
    tools: Mapping[str, Sequence[str]]


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
        _tools(item),
    )


def _tools(item: Judged) -> dict[str, list[str]]:
    case, judgement = item.recorded.case, item.judgement
    if not (case.is_recorded or of_own_tools(case.origin)):
        return {}
    causes = gravest(judgement.findings) if judgement.status == "fail" else ()
    return {
        tool: sorted({found.slug for found in causes if found.tool in ("", tool)})
        for tool in told_of(causes, tools_of(case, judgement.reply.calls))
    }


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
