"""How the arguments of a call differ from what they were, value by value."""

from collections.abc import Iterator
from typing import NamedTuple

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import equal, kind_of, same
from toolfuzz.core.reply import ToolCall, arguments_of

__all__ = ["Change", "argument_changes", "value_of"]

_MOST = 20
_GONE: Json = object()
"""Stands for a member that isn't there; null is a value."""


class Change(NamedTuple):
    """A value that became another one; None where there is none on that side.

    ``kind`` tells causes apart; ``spelling`` says that both are the same number.
    """

    where: str
    given: Json
    arrived: Json
    kind: str
    spelling: bool


def argument_changes(given: ToolCall, came: ToolCall, where: str) -> Iterator[Change]:
    """Yield what became of the values in a call's arguments, the first ones of many."""
    left, right = value_of(given), value_of(came)
    if left and right in (None, "", {}, []):
        yield Change(where, left, right, "all lost", False)
        return
    found = list(_leaves(left, right, where))
    for place, one, other in found[:_MOST]:
        yield Change(place, _shown(one), _shown(other), _how(one, other), _same_number(one, other))


def value_of(call: ToolCall) -> Json:
    """Return the arguments of a call, as text where they can't be loaded."""
    return arguments_of(call, broken=call.arguments_raw)


def _how(one: Json, other: Json) -> str:
    left, right = (kind_of(v) if v is not _GONE else "" for v in (one, other))
    if other is _GONE:
        return f"{left} lost"
    if one is _GONE:
        return f"{right} added"
    return left if left == right else f"{left} to {right}"


def _same_number(one: Json, other: Json) -> bool:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
    return numbers and equal(one, other)


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
