"""JSON Schema validation that hostile values and odd schemas can't break.

Draft 2020-12 unless ``$schema`` says otherwise, https://json-schema.org/draft/2020-12. What can't
be checked (a pattern that can't be tried, a remote ``$ref``, a value nested deeper than Python's
stack) is not blamed on the value.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from toolfuzz.core import patterns
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.metaschema import draft_of, registry

__all__ = ["errors", "fits", "without_dialects"]

MOST_ERRORS = 100
_MOST_CACHED = 1024
_ANNOTATIONS = frozenset({"enum", "const", "default", "examples"})

_cache: dict[tuple[int, int], tuple[Json, Json, Any]] = {}


def errors(root: Json, value: Json, schema: Json = None) -> list[Any]:
    """Return the first jsonschema errors (at most 100) of the value.

    ``root`` is a tool's parameters and resolves references; ``schema``, when given, is the part
    of it to check against. Validators are cached by the identity of both.
    """
    validator = _validator(root, schema)
    found: list[Any] = []
    try:
        found.extend(islice(validator.iter_errors(value), MOST_ERRORS))
    except BaseException as error:
        if not _is_uncheckable(error):
            raise
    return found


def fits(root: Json, value: Json, schema: Json = None) -> bool:
    """Whether the value validates, as far as it can be checked (see errors)."""
    validator = _validator(root, schema)
    try:
        return bool(validator.is_valid(value))
    except BaseException as error:
        if not _is_uncheckable(error):
            raise
        return True


def _validator(root: Json, schema: Json = None) -> Any:
    key = id(root), id(schema)
    held = _cache.get(key)
    if held is not None and held[0] is root and held[1] is schema:
        return held[2]
    if schema is None:
        validator = _whole(root)
    else:
        validator = _validator(root).evolve(schema=_usable(schema))
    if len(_cache) >= _MOST_CACHED:
        _cache.clear()
    _cache[key] = (root, schema, validator)
    return validator


def _whole(root: Json) -> Any:
    import jsonschema

    newest: Any = jsonschema.Draft202012Validator
    default = draft_of(root)[0] if _lists_items(root) else newest
    named = root if isinstance(root, dict) else {}
    wanted = jsonschema.validators.validator_for(named, default=default)
    return _extended(wanted)(_usable(root), registry=registry(), format_checker=_format_checker())


def _usable(schema: Json) -> Json:
    if not isinstance(schema, dict | bool):
        return {}  # no schema: nothing can be held against a value
    prepared = without_dialects(schema)
    if _names(prepared, "patternProperties"):
        prepared = _without(prepared, "unevaluatedProperties")
    return prepared


def without_dialects(schema: Json) -> Json:
    """Copy a schema without any ``$schema``: where jsonschema meets one, it undoes our keywords."""
    if isinstance(schema, list):
        return [without_dialects(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy: JsonObject = {}
    for key, item in schema.items():
        if key == "$schema" and isinstance(item, str):
            continue
        plain = key in _ANNOTATIONS and not isinstance(item, dict)
        copy[key] = item if plain else without_dialects(item)
    return copy


def _names(schema: Json, keyword: str) -> bool:
    if isinstance(schema, list):
        return any(_names(item, keyword) for item in schema)
    return isinstance(schema, dict) and (
        keyword in schema or any(_names(item, keyword) for item in schema.values())
    )


def _lists_items(schema: Json) -> bool:
    """Whether ``items`` is a list somewhere, as in no schema of 2020-12."""
    if isinstance(schema, list):
        return any(map(_lists_items, schema))
    return isinstance(schema, dict) and (
        isinstance(schema.get("items"), list) or any(map(_lists_items, schema.values()))
    )


def _without(schema: Json, keyword: str) -> Json:
    """Copy a schema without a keyword.

    The library tells evaluated properties by Python's ``re``, without a time limit.
    """
    if isinstance(schema, list):
        return [_without(item, keyword) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: _without(v, keyword) for k, v in schema.items() if k != keyword}


@lru_cache(maxsize=8)
def _extended(wanted: Any) -> Any:
    import jsonschema

    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
    }
    extend: Any = jsonschema.validators.extend
    return extend(wanted, keywords)


def _pattern(validator: Any, pattern: Json, value: Json, schema: Json) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not (isinstance(value, str) and isinstance(pattern, str)):
        return
    if patterns.search(pattern, value) is False:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, members: Json, value: Json, schema: Json) -> Iterator[Any]:
    """As the library has it, but in bounded time."""
    if not isinstance(value, dict):
        return
    for pattern, member in members.items():
        for key, item in value.items():
            if patterns.search(pattern, key):
                yield from validator.descend(item, member, path=key, schema_path=pattern)


def _additional_properties(validator: Any, extra: Json, value: Json, schema: Json) -> Iterator[Any]:
    """As the library has it, but in bounded time; a key that could not be tried is let pass."""
    from jsonschema import ValidationError

    if not isinstance(value, dict):
        return
    named, tried = schema.get("properties", {}), schema.get("patternProperties", {})
    extras = [
        key
        for key in value
        if key not in named and all(patterns.search(p, key) is False for p in tried)
    ]
    if isinstance(extra, dict):
        for key in extras:
            yield from validator.descend(value[key], extra, path=key)
    elif not extra and extras:
        shown = ", ".join(map(repr, extras[:10]))
        yield ValidationError(f"additional properties are not allowed: {shown}")


def _unique_items(validator: Any, wanted: Json, value: Json, schema: Json) -> Iterator[Any]:
    """Linear in the array: the library compares objects pair by pair."""
    from jsonschema import ValidationError

    if wanted is True and isinstance(value, list):
        seen = {canonical(item) for item in value}
        if len(seen) < len(value):
            yield ValidationError("an item comes twice")


def _is_uncheckable(error: BaseException) -> bool:
    """Whether the schema (or a value too deep) is to blame.

    A RecursionError within referencing's maps, which are written in Rust, becomes a panic: that
    is no Exception, and its class can't be imported.
    """
    return isinstance(error, _uncheckable()) or type(error).__name__ == "PanicException"


@lru_cache(maxsize=1)
def _uncheckable() -> tuple[type[Exception], ...]:
    from jsonschema.exceptions import UndefinedTypeCheck, UnknownType
    from referencing.exceptions import Unresolvable

    return (
        RecursionError,
        UnknownType,
        UndefinedTypeCheck,
        Unresolvable,
        re.error,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    )


@lru_cache(maxsize=1)
def _format_checker() -> Any:
    """Return jsonschema's own formats and those for which it would need further packages."""
    from jsonschema import FormatChecker

    checker = FormatChecker()
    for name, regex in _FORMATS.items():
        checker.checks(name)(_format(regex))
    checker.checks("date-time", raises=ValueError)(_is_date_time)
    return checker


_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_FORMATS = {
    "time": re.compile(_TIME, re.ASCII),
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-\[\]_a-z~]*", re.ASCII),
    "duration": re.compile(
        r"P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)",
        re.ASCII,
    ),
    "hostname": re.compile(
        r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
        re.ASCII,
    ),
}
_DATE_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\d)[Tt ]{_TIME}", re.ASCII)


def _format(regex: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or regex.fullmatch(value) is not None


def _is_date_time(value: object) -> bool:
    """RFC 3339, https://www.rfc-editor.org/rfc/rfc3339#section-5.6."""
    if not isinstance(value, str):
        return True
    match = _DATE_TIME.fullmatch(value)
    return match is not None and datetime.fromisoformat(match[1]) is not None
