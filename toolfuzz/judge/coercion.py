"""A value of the wrong JSON type: what turned the one into the other.

Decided by the schema and the right value, never by looks: a string that holds JSON is right where
a string was asked for.
"""

import re
from dataclasses import dataclass

from toolfuzz.core.case import Json
from toolfuzz.core.json import JsonError, is_prefix, parse
from toolfuzz.core.jsonvalue import a_kind, equal, kind_of, token
from toolfuzz.judge.repair import is_unread, python_literal
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.strings import json_text, markup_in

__all__ = ["UNKNOWN", "Cause", "explain_type", "same_number"]


class _Unknown:
    """Stands for a value that nobody knows; None is a value."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = _Unknown()


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened at a path. ``mended`` is the value to go on with, when there is one."""

    slug: str
    message: str
    mended: Json = UNKNOWN
    severity: str | None = None


_NUMBER = re.compile(r"\s*-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\s*", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_ALIASES = {"1": True, "yes": True, "on": True, "y": True, "t": True} | {
    "0": False, "no": False, "off": False, "n": False, "f": False
}  # fmt: skip
_NULLS = frozenset({"null", "none", "nil", "undefined"})
_WRAPPERS = frozenset({"item", "items", "value", "values", "element", "elements"})
_SEPARATORS = re.compile(r"\s*[,;\n|]\s*")
_MOST_LAYERS = 6


def explain_type(wanted: str, expected: Json, got: Json, place: Place, depth: int) -> Cause | None:
    """Explain how a ``wanted`` value became ``got``; None when nothing finer than "changed" fits.

    ``wanted`` is the JSON type that belongs here, ``expected`` the right value or UNKNOWN.
    ``depth`` counts the steps from the arguments object: a parameter's value is at 1.
    """
    if got is None:
        return _nulled(expected)
    match wanted:
        case "object" | "array":
            return _container(wanted, expected, got, place, depth)
        case "integer" | "number":
            return _number(wanted, expected, got, place)
        case "boolean":
            return _boolean(got, place)
        case "null":
            if isinstance(got, str) and got.strip().casefold() in _NULLS:
                return Cause("null-as-string", f"the text {got!r} instead of null")
            return None
        case _:
            return _string(expected, got)


def same_number(one: Json, other: Json) -> bool:
    """Whether both are numbers (no booleans) and equal."""
    numbers = (int, float)
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    return isinstance(one, numbers) and isinstance(other, numbers) and one == other


def _nulled(expected: Json) -> Cause | None:
    if isinstance(expected, str) and expected.strip().casefold() in _NULLS:
        return Cause("string-as-scalar", f"the text {expected!r} became null")
    return Cause("value-nulled", "null instead of the value")


def _container(wanted: str, expected: Json, got: Json, place: Place, depth: int) -> Cause | None:
    known = expected is not UNKNOWN
    if isinstance(got, str):
        found = _container_text(wanted, expected, got, place, depth)
        if found:
            return found
    if wanted == "array":
        wrapped = _unwrapped(got)
        if wrapped is not UNKNOWN and (
            not known or equal(wrapped, expected) or equal([wrapped], expected)
        ):
            return Cause("array-item-wrapped", "an object around the array's items")
        if not isinstance(got, list) and _is_single(expected, got, place):
            return Cause("scalar-for-array", "a single item where an array belongs")
        if isinstance(got, str) and _is_joined(expected, got, place):
            return Cause("array-as-delimited-string", "the items joined into one string")
    if not isinstance(got, str):
        return None
    text = repr(got[:20])
    if got.strip() and is_prefix(got) and got.lstrip()[0] in "[{":
        text = "JSON that stops early"
    elif not got.strip():
        text = "nothing but whitespace"
    return Cause("container-as-opaque-string", f"a string ({text}) where an {wanted} belongs")


def _container_text(
    wanted: str, expected: Json, got: str, place: Place, depth: int
) -> Cause | None:
    loaded, layers = json_text(got, '[{"'), 1
    while isinstance(loaded, str) and layers < _MOST_LAYERS:
        loaded, layers = json_text(loaded, '[{"'), layers + 1
    if isinstance(loaded, dict | list):
        slug = "nested-stringified" if depth > 1 else f"{wanted}-as-json-string"
        times = f", encoded {layers} times" if layers > 1 else ""
        inside = "" if place.admits(loaded) else ", not valid inside"
        said = f"the {wanted} came as a string that holds its JSON{times}{inside}"
        return Cause(slug, said, loaded)
    markup = markup_in(got, str(expected) if expected is not UNKNOWN else "")
    if markup:
        return Cause("args-native-markup", f"the model's own markup ({markup!r}) in a string")
    literal = python_literal(got) if got.lstrip()[:1] in ("{", "[", "(") else None
    if not is_unread(literal) and isinstance(literal, dict | list):
        return Cause(
            "container-as-python-repr", f"the {wanted} came as a string in Python syntax", literal
        )
    return None


def _unwrapped(got: Json) -> Json:
    """Return the items inside ``{"item": …}`` or a list of such objects, else UNKNOWN."""
    if isinstance(got, dict) and len(got) == 1 and next(iter(got)) in _WRAPPERS:
        return next(iter(got.values()))
    if isinstance(got, list) and got:
        inner = [_unwrapped(item) if isinstance(item, dict) else UNKNOWN for item in got]
        return UNKNOWN if UNKNOWN in inner else inner
    return UNKNOWN


def _is_single(expected: Json, got: Json, place: Place) -> bool:
    if expected is not UNKNOWN:
        return isinstance(expected, list) and len(expected) == 1 and equal(expected[0], got)
    return (
        not isinstance(got, str) or not _SEPARATORS.search(got) if _fits_item(got, place) else False
    )


def _is_joined(expected: Json, got: str, place: Place) -> bool:
    items = _SEPARATORS.split(got.strip())
    if expected is not UNKNOWN:
        spelled = [item if isinstance(item, str) else str(item) for item in expected]
        return bool(spelled) and (items == spelled or _joined(got) == _joined("".join(spelled)))
    return len(items) > 1 and all(_fits_item(item, place) for item in items)


def _joined(text: str) -> str:
    return re.sub(r"[\s,;|]+", "", text)


def _fits_item(item: Json, place: Place) -> bool:
    inner = place.child(0, item)
    return bool(inner.parts[0].schema) and inner.admits(item)


def _number(wanted: str, expected: Json, got: Json, place: Place) -> Cause | None:
    if wanted == "integer" and isinstance(got, float) and got.is_integer():
        said = f"the integer is spelled {token(got)[:40]}, which its draft of JSON Schema refuses"
        return Cause("integer-as-float", said, severity="error")
    if not isinstance(got, str):
        return None
    if _enumerates_other_than_text(place, got):
        return Cause("enum-type-mismatch", "the enum's member came as a string")
    if not _NUMBER.fullmatch(got):
        return None
    try:
        value = parse(got).value
    except JsonError:
        value = UNKNOWN
    other = "" if expected is UNKNOWN or same_number(expected, value) else " and changed"
    return Cause("number-as-string", f"the number came as a string{other}")


def _boolean(got: Json, place: Place) -> Cause | None:
    if isinstance(got, str):
        if _enumerates_other_than_text(place, got):
            return Cause("enum-type-mismatch", "the enum's member came as a string")
        word = got.strip().casefold()
        if word in _BOOLEANS:
            python = " in Python's spelling" if got.strip() in ("True", "False") else ""
            return Cause("boolean-as-string", f"the boolean came as a string{python}")
        if word in _ALIASES:
            return Cause("boolean-as-alias", f"{got!r} instead of a boolean")
    elif isinstance(got, int | float) and got in (0, 1):
        return Cause("boolean-as-alias", f"{got!r} instead of a boolean")
    return None


def _enumerates_other_than_text(place: Place, got: str) -> bool:
    return any(
        not isinstance(member, str) and _spelled(member) == got.strip().casefold()
        for members in place.gather("enum")
        if isinstance(members, list)
        for member in members
    )


def _spelled(member: Json) -> str:
    return "null" if member is None else str(member).casefold()


def _string(expected: Json, got: Json) -> Cause | None:
    if expected is UNKNOWN:
        if isinstance(got, list) and len(got) == 1 and isinstance(got[0], str):
            return Cause("string-array-wrapped", "an array around the string")
        if isinstance(got, dict | list):
            return Cause("string-as-container", f"{a_kind(got)} where a string belongs")
        return Cause("string-as-scalar", f"{a_kind(got)} where a string belongs")
    if got == [expected]:
        return Cause("string-array-wrapped", "an array around the string")
    if isinstance(got, dict | list):
        return _string_loaded(expected, got)
    if isinstance(got, bool):
        word = expected.strip().casefold()
        alias = _BOOLEANS.get(word, _ALIASES.get(word))
        if alias is not got:
            return None
        return Cause("string-as-scalar", f"the text {expected!r} became a boolean")
    if not _reads_as(expected, got):
        return None
    lost = ", and its spelling is lost" if token(got) != expected else ""
    return Cause("string-as-scalar", f"the text {expected[:40]!r} became a number{lost}")


def _string_loaded(expected: str, got: Json) -> Cause | None:
    loaded = json_text(expected)
    if loaded is None:
        literal = python_literal(expected) if expected.lstrip()[:1] in ("{", "[", "(") else None
        loaded = None if is_unread(literal) else literal
    if loaded is not None and equal(loaded, got):
        return Cause("string-as-container", f"the text was parsed into {a_kind(got)}")
    if kind_of(loaded) == kind_of(got):
        return Cause("string-as-container", f"the text was parsed into {a_kind(got)} and changed")
    opening = "{" if isinstance(got, dict) else "["
    if expected.lstrip().startswith(opening):
        return Cause(
            "string-as-container", f"the beginning of the text was parsed into {a_kind(got)}"
        )
    return None


def _reads_as(text: str, number: int | float) -> bool:
    """Whether a text, read as a number in any usual way, is this number."""
    plain = text.strip()
    if len(plain) > 400:
        return False
    readers = (
        lambda t: parse(t).value, lambda t: int(t, 10), float, lambda t: int(t, 0),
    )  # fmt: skip
    for reader in readers:
        try:
            if reader(plain) == number:
                return True
        except (ValueError, JsonError, OverflowError):
            continue
    return False
