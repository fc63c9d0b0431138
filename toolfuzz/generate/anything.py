"""Any JSON value: what a schema that says little or nothing allows, canaries included."""

from collections.abc import Callable, Sequence
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.values import AMOUNTS, BIG_INTEGERS, CANARIES, COUNTS, ODD_NUMBERS, WORDS

__all__ = ["a_text", "an_array", "an_object", "any_value", "of_type"]

_KEYS = (
    "color",
    "tags",
    "a",
    "labels",
    "x-trace",
    "list",
    "parts",
    "on",
    "größe",
    "two words",
    "0",
    "__proto__",
    "constructor",
)
_CANARIES = tuple(text for kind, texts in CANARIES.items() if kind != "long" for text in texts)
_INTEGERS = (*COUNTS, *BIG_INTEGERS)
_NUMBERS = (*AMOUNTS, *ODD_NUMBERS)
_LEVELS = 2
_LENGTHS = 400
_SHORT = 40


def a_text(
    pick: Pick, texts: Sequence[str], fits: Callable[[str], bool] = lambda text: True
) -> str:
    """Return one of the texts or, now and then, the start, the end or the middle of one.

    How much of it stays is a choice, so that a text shrinks to what matters in it: not below the
    shortest part that fits.
    """
    text = pick.of(texts)
    start, end = pick.below(_LENGTHS) + 1, pick.below(_LENGTHS) + 1
    if start < _SHORT:
        text = next((text[:n] for n in range(start, len(text)) if fits(text[:n])), text)
    if end < _SHORT:
        text = next((text[-n:] for n in range(end, len(text)) if fits(text[-n:])), text)
    return text


def any_value(pick: Pick, levels: int = _LEVELS) -> Json:
    """Return a value of any type, of at most ``levels`` containers inside each other."""
    kinds = ("string", "integer", "string", "number", "boolean", "null", "object", "array")
    return of_type(pick, pick.of(kinds if levels else kinds[:6]), levels)


def an_object(pick: Pick, levels: int = _LEVELS) -> dict[str, Any]:
    """Return an object of one to three members."""
    return {key: any_value(pick, levels - 1) for key in pick.some(_KEYS, 1, 3)}


def an_array(pick: Pick, levels: int = _LEVELS) -> list[Any]:
    """Return an array of one to three items, whose types need not agree."""
    return pick.several(lambda p: any_value(p, levels - 1), 1, 3)


def of_type(pick: Pick, kind: str, levels: int = _LEVELS) -> Json:
    """Return a value of that JSON Schema type; half of the texts are canaries."""
    match kind:
        case "string":
            return a_text(pick, _CANARIES if pick.chance(50) else WORDS)
        case "integer":
            return pick.of(_INTEGERS)
        case "number":
            return pick.of(_NUMBERS)
        case "boolean":
            return pick.chance(50)
        case "object":
            return an_object(pick, levels)
        case "array":
            return an_array(pick, levels)
        case _:
            return None
