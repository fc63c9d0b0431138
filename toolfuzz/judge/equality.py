"""Whether two JSON values are the same, types and number spellings included."""

import json

from toolfuzz.core.case import Json

__all__ = ["same", "token"]


def same(one: Json, other: Json) -> bool:
    """Compare without recursion; key order doesn't count, ``1``, ``1.0`` and ``true`` differ."""
    stack = [(one, other)]
    while stack:
        left, right = stack.pop()
        if isinstance(left, str):
            if left != right:
                return False
        elif isinstance(left, dict):
            if not isinstance(right, dict) or len(left) != len(right):
                return False
            for key, value in left.items():
                if key not in right:
                    return False
                stack.append((value, right[key]))
        elif isinstance(left, list | tuple):
            if not isinstance(right, list | tuple) or len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif left is not right and (left != right or token(left) != token(right)):
            return False
    return True


def token(value: Json) -> str:
    """Return how a number, boolean or null is spelled: as it came, or as Python writes it."""
    spelled = getattr(value, "token", None)
    return spelled if isinstance(spelled, str) else json.dumps(value)
