"""What was made of an object, for when that very object comes again: drawn tools share many.

Equal objects won't do: 1, 1.0 and true are equal in Python, and so are objects in another order.
"""

from collections.abc import Callable
from typing import TypeVar

__all__ = ["by_identity"]

_MOST = 1024

T = TypeVar("T")
R = TypeVar("R")


def by_identity(make: Callable[[T], R]) -> Callable[[T], R]:
    """Remember what a function makes of each of some 1,000 objects, which nobody may change."""
    made: dict[int, tuple[T, R]] = {}

    def remembered(one: T) -> R:
        held = made.get(id(one))
        if held is None:
            if len(made) >= _MOST:
                made.clear()
            held = made[id(one)] = one, make(one)  # while it is held, no other has its id
        return held[1]

    return remembered
