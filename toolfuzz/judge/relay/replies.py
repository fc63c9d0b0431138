"""What a gateway made of a reply: its calls in their order, arguments, end and text."""

from collections.abc import Iterator, Sequence

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import canonical, equal, kind_of, same
from toolfuzz.core.reply import Reply, ToolCall, arguments_of
from toolfuzz.judge.relay.difference import Difference

__all__ = ["reply_changes"]

_OK = 200
_MOST = 20


def reply_changes(given: Reply, came: Reply) -> Iterator[Difference]:
    """Yield what is different for the client of what upstream replied; calls are assembled."""
    if given.status != came.status:
        yield Difference(
            "relay-status-changed", "status", given.status, came.status, "is another",
            kind=f"{given.status} to {came.status}",
        )  # fmt: skip
        return
    if given.status != _OK:
        return
    yield from _calls(given.calls, came.calls)
    if given.finish != came.finish and not (given.calls and not came.calls):
        kind = f"{given.finish} to {came.finish}"
        yield Difference(
            "relay-finish-changed", "finish reason", given.finish, came.finish, "is another",
            kind=kind,
        )  # fmt: skip
    if given.text != came.text:
        severity = "warn" if given.text.strip() == came.text.strip() else "error"
        yield Difference(
            "relay-text-changed", "text", given.text, came.text, "is another",
            "warn" if severity == "warn" else "error",
        )  # fmt: skip
    if given.usage and given.usage.output_tokens and not (came.usage and came.usage.output_tokens):
        yield Difference("relay-usage-lost", "usage", "counted", None, "is lost", "warn")


def _calls(given: Sequence[ToolCall], came: Sequence[ToolCall]) -> Iterator[Difference]:
    names, others = [call.name for call in given], [call.name for call in came]
    if len(given) != len(came):
        slug = "relay-call-lost" if len(came) < len(given) else "relay-call-added"
        yield Difference(slug, "calls", names, others, f"{len(came)} of {len(given)}")
        return
    meant, came_so = ([f"{c.name} {_spelled(c)}" for c in calls] for calls in (given, came))
    if meant != came_so and sorted(meant) == sorted(came_so):
        yield Difference("relay-calls-reordered", "calls", names, others, "stand in another order")
        return
    for n, (one, other) in enumerate(zip(given, came, strict=True)):
        if one.name != other.name:
            yield Difference(
                "relay-call-renamed", f"calls/{n}/name", one.name, other.name, "is another", call=n
            )
        yield from _arguments(one, other, n)


def _spelled(call: ToolCall) -> str:
    return canonical(_value(call))


def _arguments(given: ToolCall, came: ToolCall, n: int) -> Iterator[Difference]:
    left, right = _value(given), _value(came)
    found = list(_leaves(left, right, f"calls/{n}/arguments"))
    for where, one, other in found[:_MOST]:
        spelled = _same_number(one, other)
        yield Difference(
            "relay-arguments-changed", where, _shown(one), _shown(other),
            "is spelled otherwise" if spelled else "is another",
            "info" if spelled else "error", _how(one, other), n,
        )  # fmt: skip


def _how(one: Json, other: Json) -> str:
    """Say what became of a value, for telling causes apart."""
    left, right = (kind_of(v) if v is not _GONE else "" for v in (one, other))
    if other is _GONE:
        return f"{left} lost"
    if one is _GONE:
        return f"{right} added"
    return left if left == right else f"{left} to {right}"


def _same_number(one: Json, other: Json) -> bool:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
    return numbers and equal(one, other)


_GONE: Json = object()
"""Stands for a member that isn't there; null is a value."""


def _shown(value: Json) -> Json:
    return None if value is _GONE else value


def _leaves(one: Json, other: Json, where: str) -> Iterator[tuple[str, Json, Json]]:
    if one is not _GONE and other is not _GONE and same(one, other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(k for k in other if k not in one)]:
            yield from _leaves(one.get(key, _GONE), other.get(key, _GONE), f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for n, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _leaves(left, right, f"{where}/{n}")
    else:
        yield where, one, other


def _value(call: ToolCall) -> Json:
    return arguments_of(call, broken=call.arguments_raw)
