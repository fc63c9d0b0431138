"""Frozen dataclasses as they go to other processes: by their values alone, in their order.

What the dataclass decorator gives those with slots looks all fields up again, for each object and
in Python: a case takes four times as long with it.
"""

from collections.abc import Callable
from dataclasses import Field, fields
from operator import attrgetter
from typing import Any

__all__ = ["by_values"]


def by_values(*kinds: type[Any]) -> None:
    """Pickle (and copy) these classes by calling them, and those with computed fields as they are.

    Keyword-only fields are those that never differ.
    """
    for kind in kinds:
        own: tuple[Field[Any], ...] = fields(kind)
        given = [f.name for f in own if f.init and not f.kw_only]
        whole = [f.name for f in own]
        computed = any(not f.init for f in own)
        values = _values(whole if computed else given)
        reduce = _as_it_is(kind, values) if computed else _anew(kind, values)
        setattr(kind, "__reduce__", reduce)  # noqa: B010 - no method of this class alone


def _anew(kind: type[Any], values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], Any]:
    return lambda one: (kind, values(one))


def _as_it_is(kind: type[Any], values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], Any]:
    return lambda one: (_restored, (kind, *values(one)))


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda one: (get(one),)


def _restored(kind: type[Any], *values: Any) -> Any:
    one = object.__new__(kind)
    for field, value in zip(fields(kind), values, strict=True):
        object.__setattr__(one, field.name, value)
    return one
