"""Pairing: the calls that were made beside those that were asked for."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall
from toolfuzz.core.reply import ToolCall
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.leaks import leaked, marker_left, remains, traces
from toolfuzz.judge.names import resolve
from toolfuzz.judge.pairing import (
    Pair,
    named_apart,
    nearest,
    pair_up,
    split_merged,
    without_repeats,
)

__all__ = ["advance"]


def advance(facts: Facts) -> None:
    """Set ``pairs`` and everything that doesn't fit in them. Unwanted calls are in no pairs."""
    if facts.forbidden or facts.unwanted or not facts.calls:
        return
    expect = facts.turn.expect
    expected: Sequence[ExpectedCall] = expect.calls if expect.kind == "calls" else ()
    wanted = {call.tool for call in expected}
    names = [tool.name for tool in facts.case.tools]
    offered = [name for name in names if name in wanted] + [n for n in names if n not in wanted]
    if facts.legacy:
        # The old field holds one call: what it can't hold is no second fault.
        facts.calls = split_merged(facts.calls[0], offered)[:1]
        expected = nearest(facts.calls[0], expected)
    elif len(facts.calls) < len(expected):
        _split(facts, offered)
    for index, call in enumerate(facts.calls):
        name, misnamed = resolve(call.name, offered)
        tool = facts.case.tool(name) if name else None
        facts.pairs.append(Pair(index, call, tool, misnamed=misnamed))
    _demanded(facts)
    if expect.kind == "calls":
        _match(facts, expected)
    for pair in facts.pairs:
        # Free text has no values to read; text for an object, or the other way round, is blamed
        # as the wrong kind of call.
        if pair.call.free or (pair.tool is not None and pair.tool.takes_text):
            pair.judged = False
    called = {pair.tool.name for pair in facts.pairs if pair.tool}
    facts.trace = traces(facts, called)
    if facts.trace is None:
        facts.marker = marker_left(facts)
        facts.remains = remains(facts) if facts.marker is None else None


def _split(facts: Facts, offered: Sequence[str]) -> None:
    calls: list[ToolCall] = []
    merged = []
    for call in facts.calls:
        parts = split_merged(call, offered)
        if len(parts) > 1:
            merged.append((len(calls), len(parts)))
            parts = named_apart(parts, facts.turn.expect.calls, facts.case.tools)
        calls += parts
    facts.calls, facts.merged = calls, merged


def _demanded(facts: Facts) -> None:
    may = facts.turn.may_call
    if not may:
        return
    facts.unforced = [p for p in facts.pairs if p.tool is not None and p.tool.name not in may]
    for pair in facts.unforced:
        pair.judged = False


def _match(facts: Facts, expected: Sequence[ExpectedCall]) -> None:
    """Pair calls with what was asked for and keep what doesn't fit."""
    facts.pairs, facts.repeated = without_repeats(facts.pairs, expected)
    facts.strays, missing = pair_up(facts.pairs, expected)
    for pair in facts.strays:
        # An empty name leaves the arguments meaningful; an invented or another tool does not.
        pair.judged = pair.tool is None and not (pair.call.name or "").strip()
    blamed = sum(not pair.judged and pair.expected is None for pair in facts.pairs)
    if len(missing) > blamed:
        facts.missing = missing
        found = leaked(facts, facts.reply.text)
        if found and found.tool in {call.tool for call in missing}:
            facts.in_text = found
    facts.extra = [pair for pair in facts.pairs if pair.judged and pair.expected is None]
    for pair in facts.extra:
        pair.judged = False
    place = {id(call): n for n, call in enumerate(facts.turn.expect.calls)}
    facts.order = [place[id(pair.expected)] for pair in facts.pairs if pair.expected is not None]
