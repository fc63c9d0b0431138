"""Of which tools a reply tells, and whose call is wrong where they are several."""

from collections.abc import Sequence
from dataclasses import replace

from toolfuzz.core.case import Case
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.facts import Facts

__all__ = ["named", "tools_of"]


def named(facts: Facts) -> Sequence[Finding]:
    """Return the findings with the ``tool`` that each tells of; "" where it tells of them all.

    Where only one tool is asked for (or called, where nobody knows what is right), nothing needs to
    be said.
    """
    calls = facts.calls or facts.sent or facts.reply.calls
    wanted = set(tools_of(facts.case, calls))
    if len(wanted) < 2 or not facts.findings:
        return facts.findings
    return [replace(found, tool=_tool(facts, found, wanted)) for found in facts.findings]


def tools_of(case: Case, calls: Sequence[ToolCall]) -> tuple[str, ...]:
    """Return the tools that are asked for.

    Of a recorded case without a known answer they are those on offer that are called.
    """
    wanted = tuple(dict.fromkeys(call.tool for call in case.calls))
    if wanted or not case.is_recorded:
        return wanted
    offered = {tool.name for tool in case.tools_at(-1)}
    return tuple(dict.fromkeys(c.name for c in calls if c.name is not None and c.name in offered))


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
