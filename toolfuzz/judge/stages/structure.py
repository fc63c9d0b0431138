"""Structure: what the stream did to the arguments, and calls that stand where none belong."""

from collections.abc import Sequence

from msgspec.structs import replace

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.counterpart import comparable
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.leaks import arguments_alone, leaked, leaked_for_sure, parameters_alone
from toolfuzz.judge.loss import Known, damage, unswap
from toolfuzz.judge.names import resolve
from toolfuzz.judge.reading import load
from toolfuzz.judge.streamed import Damage, StreamedCall

__all__ = ["advance"]


def advance(facts: Facts) -> None:
    """Set ``calls``, ``legacy``, ``in_text`` and ``in_reasoning``."""
    facts.calls = _mended(facts) if facts.streamed else list(facts.sent)
    legacy = facts.reply.legacy
    if legacy is not None and not facts.calls:
        facts.calls = [legacy]
    facts.legacy = bool(facts.calls) and all(c.where.endswith("function_call") for c in facts.calls)
    if facts.calls:
        return
    text, reasoning = facts.reply.text, facts.reply.reasoning
    if facts.sought:
        facts.in_text = (
            leaked(facts, text) or arguments_alone(facts, text) or parameters_alone(facts, text)
        )
        if facts.in_text is None:
            facts.in_reasoning = leaked(facts, reasoning)
        if not text.strip() and facts.in_reasoning is None:
            facts.in_reasoning = arguments_alone(facts, reasoning)
    elif facts.forbidden:
        facts.in_text = leaked(facts, text, native=True)
    else:
        # Where text is right it may explain a call.
        facts.in_text = leaked_for_sure(facts)


def _mended(facts: Facts) -> list[ToolCall]:
    """Undo what the stream did to the arguments, as far as an oracle or the syntax shows it."""
    known = _known(facts)
    swapped = unswap(facts.streamed, known)
    calls = []
    unread = any(problem.kind == "not-json" for problem in facts.problems)
    for call, right in zip(facts.streamed, known, strict=True):
        call.damage = damage(call, right, unread=unread)
        mended = call.tool_call()
        if call.damage is not None and call.damage.repaired is not None:
            mended = replace(mended, arguments_raw=call.damage.repaired)
        calls.append(mended)
    if swapped is not None:
        first, second = swapped
        message = f"the argument deltas of calls {first} and {second} are swapped"
        facts.streamed[first].damage = Damage("swapped", message)
    return calls


def _known(facts: Facts) -> list[Known]:
    """Collect what the arguments of each streamed call should have been.

    What one call already is, no other call was meant to be (unless it was asked for twice).
    """
    expect = facts.turn.expect
    asked = expect.calls if expect.kind == "calls" and expect.compare == "exact" else ()
    names = {tool.name for tool in facts.case.tools}
    left = [(call.tool, canonical(call.arguments), call.arguments) for call in asked]
    right: dict[int, JsonObject] = {}
    for call in facts.streamed:
        value = load("".join(call.pieces))
        name, _ = resolve(call.name, names)
        key = (name, canonical(value)) if value is not None and asked else None
        for candidate in left:
            if candidate[:2] == key:
                right[call.position] = candidate[2]
                left.remove(candidate)
                break
    known = []
    for call in facts.streamed:
        if call.position in right:
            values = [right[call.position]]
        else:
            name, _ = resolve(call.name, names)
            values = [v for tool, _, v in left if tool == name] or [v for _, _, v in left]
        known.append(_with_counterpart(facts.counterpart, call, values))
    return known


def _with_counterpart(
    counterpart: Reply | None, call: StreamedCall, values: Sequence[JsonObject]
) -> Known:
    texts: list[str] = []
    if counterpart is not None and comparable(counterpart):
        for other in counterpart.calls:
            value = load(other.arguments_raw) if other.arguments_raw else None
            if value is not None and other.arguments_raw and other.name == call.name:
                texts.append(other.arguments_raw)
                values = values or [value]
    return Known(tuple(values), tuple(texts))
