"""Whose call is wrong, where a case asks for calls of several tools."""

from collections.abc import Sequence
from dataclasses import replace

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.facts import Facts

__all__ = ["named"]


def named(facts: Facts) -> Sequence[Finding]:
    """Return the findings with the ``tool`` that each tells of; "" where it tells of them all.

    Where only one tool is asked for, nothing needs to be said.
    """
    wanted = {call.tool for call in facts.case.calls}
    if len(wanted) < 2 or not facts.findings:
        return facts.findings
    return [replace(found, tool=_tool(facts, found, wanted)) for found in facts.findings]


def _tool(facts: Facts, found: Finding, wanted: set[str]) -> str:
    if found.call is None:
        # A call that is missing, or something about the reply as a whole.
        meant = {c.tool for c in facts.missing} or {c.tool for c in facts.turn.expect.calls}
        return next(iter(meant)) if len(meant) == 1 else ""
    called: list[str | None] = [
        pair.expected.tool if pair.expected else pair.tool.name if pair.tool else None
        for pair in facts.pairs
        if pair.index == found.call
    ]
    called += [call.name for call in facts.sent[found.call : found.call + 1]]
    return next((name for name in called if name in wanted), "") or ""
