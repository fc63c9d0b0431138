"""Frozen dataclasses as they go to other processes: by their values alone, in their order.

What the dataclass decorator gives those with slots looks all fields up again, for each object and
in Python: a case takes four times as long with it.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

__all__ = ["by_values", "restored", "values_of"]


def by_values(*kinds: type[Any]) -> None:
    """Pickle (and copy) these classes by calling them; those with computed fields as they are."""
    for kind in kinds:
        reduce = _as_it_is if any(not f.init for f in fields(kind)) else _anew
        setattr(kind, "__reduce__", reduce)  # noqa: B010 - no method of this class alone


def values_of(one: Any) -> tuple[Any, ...]:
    """Return the values of all fields."""
    kind: Any = type(one)
    return _getter(kind)(one)


def restored(kind: Any, *values: Any) -> Any:
    """Return an object with these values, computed ones among them."""
    one = object.__new__(kind)
    for name, value in zip(_names(kind), values, strict=True):
        object.__setattr__(one, name, value)
    return one


def _anew(one: Any) -> tuple[Any, ...]:
    return type(one), values_of(one)


def _as_it_is(one: Any) -> tuple[Any, ...]:
    return restored, (type(one), *values_of(one))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _getter(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    names = _names(kind)
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda one: (get(one),)
