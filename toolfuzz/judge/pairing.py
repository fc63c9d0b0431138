"""Calls beside the calls that were asked for: merged ones split, repeated ones dropped, paired."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import canonical, equal, same
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.validation import fits
from toolfuzz.judge.names import split_glued
from toolfuzz.judge.reading import listed, load, objects

__all__ = ["Pair", "named_apart", "nearest", "pair_up", "split_merged", "without_repeats"]


@dataclass(slots=True)
class Pair:
    """A call, the tool it means, the call that was asked for, and whether to read on.

    ``misnamed`` is what is wrong with the call's name, as ``names.resolve`` says it.
    ``judged`` is False when the call as a whole was already blamed: its arguments answer
    another question. ``right``: what its text holds is, to the letter, what was asked for.
    """

    index: int
    call: ToolCall
    tool: Tool | None = None
    expected: ExpectedCall | None = None
    judged: bool = True
    misnamed: str | None = None
    right: bool = False


def split_merged(call: ToolCall, offered: Sequence[str]) -> list[ToolCall]:
    """Return the calls whose argument objects stand in one, back to back or as a list.

    [call] if it is one.
    """
    raw = call.arguments_raw
    texts = objects(raw) or listed(raw) if raw and load(raw) is None else []
    if len(texts) < 2:
        return [call]
    names: Sequence[str | None] = split_glued(call.name or "", offered)
    if len(names) != len(texts):
        names = [call.name] * len(texts)
    return [
        replace(call, name=name, arguments_raw=text)
        for name, text in zip(names, texts, strict=True)
    ]


def named_apart(
    parts: Sequence[ToolCall], expected: Sequence[ExpectedCall], tools: Sequence[Tool]
) -> list[ToolCall]:
    """Give each part of a merged call the name that its arguments mean.

    The one name that came is the first part's. The others have those of the expected calls that
    they are most like, or of the only tool that takes them; else they keep the first's.
    """
    if len({part.name for part in parts}) > 1:
        return list(parts)
    left = list(expected)
    named: list[ToolCall] = []
    for part in parts:
        value = _value(part)
        best = max(left, key=lambda call: _agreement(value, call.arguments), default=None)
        if best is not None and _agreement(value, best.arguments) > 0:
            left = [call for call in left if call is not best]
            part = replace(part, name=best.tool) if named else part
        elif named and not expected:
            part = replace(part, name=_taker(part.name, value, tools))
        named.append(part)
    return named


def _taker(name: str | None, value: JsonObject | None, tools: Sequence[Tool]) -> str | None:
    fitting = [tool.name for tool in tools if fits(tool.parameters, value)]
    return name if name in fitting or len(fitting) != 1 else fitting[0]


def without_repeats(
    pairs: Sequence[Pair], expected: Sequence[ExpectedCall]
) -> tuple[list[Pair], list[Pair]]:
    """Divide into calls to keep and calls that repeat one more often than was asked for."""
    if len(pairs) <= len(expected):
        return list(pairs), []
    wanted = Counter(f"{c.tool} {canonical(c.arguments)}" for c in expected)
    seen: Counter[str] = Counter()
    kept: list[Pair] = []
    repeated: list[Pair] = []
    for pair in pairs:
        value = _value(pair.call)
        name = pair.tool.name if pair.tool else pair.call.name
        arguments = canonical(value) if value is not None else pair.call.arguments_raw
        key = f"{name} {arguments}"
        seen[key] += 1
        (kept if seen[key] <= max(1, wanted[key]) else repeated).append(pair)
    return kept, repeated


def pair_up(
    pairs: Sequence[Pair], expected: Sequence[ExpectedCall]
) -> tuple[list[Pair], list[ExpectedCall]]:
    """Pair calls with what was asked for: equal ones first, then the best match within a tool,
    then whatever is left. Returns the calls of another tool than asked for, and what is missing.
    """
    left = list(expected)
    free = [pair for pair in pairs if pair.judged]
    values = {pair.index: _value(pair.call) for pair in free}

    def take(pair: Pair, call: ExpectedCall) -> None:
        pair.expected = call
        left[:] = [other for other in left if other is not call]

    for pair in free:
        value = values[pair.index]
        if pair.tool is None or value is None or not left:
            continue
        for call in left:
            if call.tool != pair.tool.name:
                continue
            pair.right = same(call.arguments, value)
            if pair.right or equal(call.arguments, value):
                take(pair, call)
                break
    for pair in free:
        fitting = [c for c in left if pair.tool is not None and c.tool == pair.tool.name]
        if fitting and pair.expected is None:
            take(pair, _likest(values[pair.index], fitting))
    strays = [pair for pair in free if pair.expected is None][: len(left)]
    for pair in strays:
        take(pair, _likest(values[pair.index], left))
    return strays, left


def nearest(call: ToolCall, expected: Sequence[ExpectedCall]) -> list[ExpectedCall]:
    """Return the one expected call that this one is most like ([] when none is expected)."""
    value = _value(call)
    ranked = sorted(expected, key=lambda c: -_agreement(value, c.arguments))
    return sorted(ranked, key=lambda c: c.tool != call.name)[:1]


def _value(call: ToolCall) -> JsonObject | None:
    if call.arguments_raw is not None:
        return load(call.arguments_raw)
    return call.arguments if isinstance(call.arguments, dict) else None


def _likest(value: JsonObject | None, calls: Sequence[ExpectedCall]) -> ExpectedCall:
    """Return the call whose arguments agree most with these; an only one without a look."""
    if len(calls) == 1:
        return calls[0]
    return max(calls, key=lambda call: _agreement(value, call.arguments))


def _agreement(value: JsonObject | None, wanted: JsonObject) -> float:
    """Return how much of the wanted arguments is there: equal members count 1, present ones 0.1."""
    if value is None:
        return -1.0
    there = [key for key in wanted if key in value]
    alike = sum(equal(value[key], wanted[key]) for key in there)
    return alike + 0.1 * len(there)
