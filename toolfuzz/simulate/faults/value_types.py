"""Values that arrive as another JSON type (group B of the catalogue)."""

import ast
import json
from math import isinf
from random import Random
from typing import Any

from toolfuzz.simulate.faults.mutate import KEEP, changes
from toolfuzz.simulate.schema import Place

_EXACT = 2**53


@changes("object-as-json-string")
def object_as_json_string(place: Place, rng: Random) -> Any:
    """An object parameter becomes a string that holds its JSON."""
    return _json(place.value) if isinstance(place.value, dict) and place.depth == 1 else KEEP


@changes("array-as-json-string")
def array_as_json_string(place: Place, rng: Random) -> Any:
    """An array parameter becomes a string that holds its JSON."""
    return _json(place.value) if isinstance(place.value, list) and place.depth == 1 else KEEP


@changes("nested-stringified")
def nested_stringified(place: Place, rng: Random) -> Any:
    """A container further in becomes a string that holds its JSON."""
    return _json(place.value) if isinstance(place.value, dict | list) and place.depth > 1 else KEEP


@changes("container-as-python-repr")
def container_as_python_repr(place: Place, rng: Random) -> Any:
    """A container becomes a string that holds its Python literal."""
    if not isinstance(place.value, dict | list):
        return KEEP
    text = repr(place.value)
    return KEEP if _is_json(text) else text


@changes("container-as-opaque-string")
def container_as_opaque_string(place: Place, rng: Random) -> Any:
    """An object becomes text in a form of its own."""
    if not isinstance(place.value, dict) or not place.value:
        return KEEP
    return "; ".join(f"{n} := see above" for n, _ in enumerate(place.value, 1))


@changes("number-as-string")
def number_as_string(place: Place, rng: Random) -> Any:
    """A number becomes a string that holds its digits."""
    fits = _is_number(place.value) and "string" not in place.types and not _fixed(place)
    return _json(place.value) if fits else KEEP


@changes("boolean-as-string")
def boolean_as_string(place: Place, rng: Random) -> Any:
    """A boolean becomes "true" or "True"."""
    if not isinstance(place.value, bool) or _fixed(place) or "string" in place.types:
        return KEEP
    return rng.choice([str(place.value), str(place.value).lower()])


@changes("boolean-as-alias")
def boolean_as_alias(place: Place, rng: Random) -> Any:
    """A boolean becomes 1, "yes" or "on" (or their opposites)."""
    if not isinstance(place.value, bool) or _fixed(place) or len(place.types) != 1:
        return KEEP
    return rng.choice([1, "yes", "on"] if place.value else [0, "no", "off"])


@changes("null-as-string")
def null_as_string(place: Place, rng: Random) -> Any:
    """A null becomes "null" or "None"."""
    return rng.choice(["null", "None"]) if place.value is None else KEEP


@changes("value-nulled")
def value_nulled(place: Place, rng: Random) -> Any:
    """A value is lost because its schema also admits null."""
    return None if place.value is not None and "null" in place.types else KEEP


@changes("string-as-scalar")
def string_as_scalar(place: Place, rng: Random) -> Any:
    """A string that looks like a number, boolean or null becomes one."""
    value = _loaded(place.value)
    nulled = value is None and "null" in place.types
    return KEEP if isinstance(value, dict | list | str) or value is KEEP or nulled else value


@changes("string-normalised")
def string_normalised(place: Place, rng: Random) -> Any:
    """A string of digits goes through a number and comes back spelled otherwise."""
    if not isinstance(place.value, str) or _fixed(place):
        return KEEP
    text = place.value.strip()
    try:
        number: Any = int(text, 10) if text.lstrip("+-").isdigit() else ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return KEEP
    return str(number) if _is_number(number) and str(number) != place.value.strip() else KEEP


@changes("string-as-container")
def string_as_container(place: Place, rng: Random) -> Any:
    """A string that holds JSON becomes the object or array itself."""
    value = _loaded(place.value)
    return value if isinstance(value, dict | list) else KEEP


@changes("string-array-wrapped")
def string_array_wrapped(place: Place, rng: Random) -> Any:
    """A string comes in the brackets of a list, as text or as a real list."""
    if not isinstance(place.value, str) or _fixed(place) or "array" in place.types:
        return KEEP
    return rng.choice([_json([place.value]), [place.value]])


@changes("scalar-for-array")
def scalar_for_array(place: Place, rng: Random) -> Any:
    """A list of one scalar becomes the scalar."""
    match place.value:
        case [str(text)] if "," in text or ";" in text or "\n" in text or _is_json(text):
            return KEEP
        case [item] if not isinstance(item, dict | list) and item is not None:
            return item
    return KEEP


@changes("array-as-delimited-string")
def array_as_delimited_string(place: Place, rng: Random) -> Any:
    """A list of words becomes one string with commas."""
    items = place.value
    if not isinstance(items, list) or len(items) < 2:
        return KEEP
    words = all(isinstance(w, str) and w.replace("_", "").replace("-", "").isalpha() for w in items)
    return ", ".join(items) if words else KEEP


@changes("array-item-wrapped")
def array_item_wrapped(place: Place, rng: Random) -> Any:
    """The items of a list are wrapped in ``{"item": …}``."""
    items = place.value
    if not isinstance(items, list) or not items or any(isinstance(i, dict | list) for i in items):
        return KEEP
    return {"item": items[0]} if len(items) == 1 else [{"item": item} for item in items]


@changes("integer-as-float")
def integer_as_float(place: Place, rng: Random) -> Any:
    """An integer is written as 3.0."""
    fits = _is_int(place.value) and abs(place.value) < _EXACT and "number" not in place.types
    return float(place.value) if fits and not _fixed(place) else KEEP


@changes("integer-precision-loss")
def integer_precision_loss(place: Place, rng: Random) -> Any:
    """An integer beyond 2^53 goes through a double."""
    if not _is_int(place.value) or abs(place.value) > 10**300:
        return KEEP
    rounded = int(float(place.value))
    return rounded if rounded != place.value else KEEP


def _fixed(place: Place) -> bool:
    return "enum" in place.schema or "const" in place.schema


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _loaded(text: Any) -> Any:
    """The JSON value that the string holds; KEEP when it holds none."""
    try:
        value = json.loads(text, parse_constant=_not_json) if isinstance(text, str) else KEEP
    except (ValueError, RecursionError):
        return KEEP
    return KEEP if isinstance(value, float) and isinf(value) else value


def _not_json(token: str) -> None:
    raise ValueError(token)


def _is_json(text: str) -> bool:
    return _loaded(text) is not KEEP
