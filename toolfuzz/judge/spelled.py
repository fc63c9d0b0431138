"""What a string or an odd container spells: JSON, a Python literal, wrapped items, markup."""

import re
from collections import Counter
from collections.abc import Sequence

from toolfuzz.core.case import Json
from toolfuzz.core.json import JsonError, parse
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.repair import is_unread, python_literal
from toolfuzz.judge.schema import Fault
from toolfuzz.judge.step import UNKNOWN, Step

__all__ = [
    "CLOSING_TAGS",
    "NATIVE_MARKUP",
    "NATIVE_TAGS",
    "NULLS",
    "SEPARATORS",
    "foreign",
    "json_text",
    "loaded_text",
    "markup_in",
    "python_container",
    "retyped",
    "same_number",
    "unwrapped_items",
]

NATIVE_TAGS = (
    r"</?arg_(?:key|value)\b|</?tool_calls?>|</?invoke\b|</?(?:parameter|function)(?=[ =>])"
)
CLOSING_TAGS = (
    r"</arg_(?:key|value)|</tool_calls?|</(?:[\w.-]{1,40}:)?(?:invoke|parameter|function)"
    r"|</[^\w\s<>]{1,4}\s?DSML[^\w\s<>]{1,4}\s?\w*"
)
NATIVE_MARKUP = re.compile(
    rf"{NATIVE_TAGS}|<[|｜][^|｜<>\n]{{1,40}}[|｜]>|DSML|\bparameter name=", re.ASCII
)
NULLS = frozenset({"null", "none", "nil", "undefined"})
SEPARATORS = re.compile(r"\s*[,;\n|]\s*")
_WRAPPERS = frozenset({"item", "items", "value", "values", "element", "elements"})
_MOST_LAYERS = 6


def json_text(text: str, opening: str = "[{") -> Json:
    """Return the array or object that the text spells in JSON, else None."""
    if text.lstrip()[:1] not in tuple(opening):
        return None
    try:
        return parse(text).value
    except JsonError:
        return None


def python_container(text: str) -> Json:
    """Return the array or object that the text spells as a Python literal, else None."""
    if text.lstrip()[:1] not in ("{", "[", "("):
        return None
    literal = python_literal(text)
    return literal if not is_unread(literal) and isinstance(literal, dict | list) else None


def loaded_text(text: str) -> tuple[Json, str, int] | None:
    """Return the container that a text spells, ``JSON`` or ``Python``, and how often encoded."""
    loaded, layers = json_text(text, '[{"'), 1
    while isinstance(loaded, str) and layers < _MOST_LAYERS:
        loaded, layers = json_text(loaded, '[{"'), layers + 1
    if isinstance(loaded, dict | list):
        return loaded, "JSON", layers
    loaded = python_container(text)
    return None if loaded is None else (loaded, "Python", 1)


def retyped(
    step: Step, right: Json, came: Json, wanted: Sequence[str], fault: Fault | None = None
) -> Retyped:
    """Return the fact that a value has another type, with the container that its text spells."""
    text = None
    if isinstance(came, str) and {"object", "array"}.intersection(wanted):
        text = loaded_text(came)
    loaded, syntax, layers = text or (UNKNOWN, "", 0)
    return Retyped(step, right, came, fault, wanted, loaded, syntax, layers)


def unwrapped_items(came: Json) -> Json:
    """Return the items inside ``{"item": …}`` or a list of such objects, else UNKNOWN."""
    if isinstance(came, dict) and len(came) == 1 and next(iter(came)) in _WRAPPERS:
        return next(iter(came.values()))
    if isinstance(came, list) and came:
        inner = [unwrapped_items(item) if isinstance(item, dict) else UNKNOWN for item in came]
        return UNKNOWN if any(item is UNKNOWN for item in inner) else inner
    return UNKNOWN


def markup_in(text: str, expected: str = "") -> str | None:
    """Return a piece of native tool markup that the expected text does not hold, else None."""
    return foreign(NATIVE_MARKUP, expected, text)


def foreign(regex: re.Pattern[str], expected: str, came: str) -> str | None:
    """Return a match that came more often than it should have, else None."""
    if regex.search(came) is None:
        return None
    known = Counter(match[0] for match in regex.finditer(expected))
    more = Counter(match[0] for match in regex.finditer(came)) - known
    return next(iter(more), None)


def same_number(one: Json, other: Json) -> bool:
    """Whether both are numbers (no booleans) and equal."""
    numbers = (int, float)
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    return isinstance(one, numbers) and isinstance(other, numbers) and one == other
